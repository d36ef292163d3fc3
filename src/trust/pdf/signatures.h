// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// The signature dictionaries of a file (ISO 32000-2, 12.8), found through its form fields, and the
/// store of validation data (/DSS).
namespace congvan::pdf {

/// Which fields a signature locks (12.8.2.4 FieldMDP and 12.7.5.5 /Lock).
struct FieldLock {
  enum class Action { All, Include, Exclude };
  Action action = Action::Include;
  std::set<std::string> fields;
  /// Whether the field of that full name is locked. Names are compared whole; a field below a named
  /// one is locked with it.
  bool covers(const std::string& field) const;
};

/// What stands between the `<` and `>` of the hole, and where.
struct SignatureDictionary {
  std::string field;  ///< full name of the first field that has it as its value
  int object = 0;     ///< 0: direct in its field
  int generation = 0;
  bool is_timestamp = false;  ///< /Type /DocTimeStamp
  std::string filter;         ///< without slash
  std::string subfilter;
  std::vector<std::int64_t> byte_range;
  /// Where its own /Contents stands in the file, `<` and `>` included; both 0: could not be found.
  std::size_t contents_at = 0;
  std::size_t contents_end = 0;
  Bytes contents;
  std::string certificate;  ///< /Cert: the first, for adbe.x509.rsa_sha1
  std::string name;
  std::string reason;
  std::string location;
  std::string time;            ///< /M as written
  std::optional<int> doc_mdp;  ///< 1..3
  /// The /P of a /Lock (PDF 2.0): no later change beyond this level.
  std::optional<int> lock_level;
  std::vector<FieldLock> locks;
  /// Breaches of ISO 32000 in the dictionary itself, each `stable-word: detail`.
  std::vector<std::string> breaches;
};

struct ValidationData {
  std::vector<Bytes> certificates;
  std::vector<Bytes> crls;
  std::vector<Bytes> ocsp_responses;
};

struct FoundSignatures {
  std::vector<SignatureDictionary>
      signatures;  ///< in field order; the order of signing is by revision
  ValidationData validation_data;
  std::vector<std::string> problems;
  bool damaged =
      false;  ///< a strict reader refuses the file, or warned while its signatures were read
};

/// Malformed `pdf_malformed`, `pdf_encrypted`; TooLarge `pdf_too_complex`: more than `most`
/// signatures, or a bound against bombs.
Result<FoundSignatures> findSignatures(BytesView file, std::size_t most);

}  // namespace congvan::pdf
