// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/tlog/check.h"
#include "trust/tlog/leaf.h"

#include <map>
#include <string>
#include <vector>

/// A register of certificates as it was exported, held against an issuance log.
namespace congvan::app {

struct RegisterRow {
  Bytes serial;          ///< as in leaves: unsigned, no zero byte in front
  tlog::Hash sha256{};   ///< of the DER certificate
  std::size_t line = 0;  ///< in the file, from 1
};

/// Reads a CSV (RFC 4180; commas, semicolons or tabs) in UTF-8. Its first line names the columns;
/// `serial` and `sha256` must be among them, both in hex, colons and spaces inside passed over.
/// Other columns are not looked at.
///
/// Malformed `register_malformed` with `line`; `register_columns_missing`.
Result<std::vector<RegisterRow>> readRegister(std::string_view text);

/// Collects what a log says was issued and compares it with a register.
class RegisterCheck {
 public:
  void take(std::uint64_t index, const tlog::IssuedLeaf& leaf);

  /// `certificate_not_logged`, `certificate_differs` (`row 17 (serial)`): a row without an entry,
  /// or with one for other bytes. `serial_twice_in_register`. `entry_without_certificate` (`entry
  /// 17 (serial)`): issued and not in the register. Entries after the last one that the register
  /// has may be younger than it: `entry_after_register` (Open).
  std::vector<tlog::Finding> compare(const std::vector<RegisterRow>& rows) const;

 private:
  struct Issued {
    std::uint64_t index = 0;
    tlog::Hash certificate{};
  };
  std::map<Bytes, Issued> issued_;
};

}  // namespace congvan::app
