// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "trust/crypto/digest.h"
#include "trust/pdf/signatures.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

/// The bytes that a signature in a PDF speaks for.
namespace congvan::pades {

struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct Coverage {
  std::vector<Span> spans;  ///< empty: the byte range makes no sense
  std::size_t end = 0;      ///< of the last span
  /// Everything from the first byte to `end` but the signature's own /Contents, `<` and `>`
  /// included.
  bool exact = false;
  std::vector<std::string> breaches;  ///< each `stable-word: detail`
};

Coverage coverageOf(BytesView file, const pdf::SignatureDictionary& signature);

/// Digests of many signatures in one pass: each hashes the file from its first byte to its own
/// hole, so the running digest is shared and forked there. Ask in ascending order of the first
/// span's end; another order is answered too, but reads again.
class ByteRangeDigests {
 public:
  explicit ByteRangeDigests(BytesView file);

  /// Empty: no spans, an algorithm that the library does not offer, or the budget is spent
  /// (signatures that make us hash the same bytes again and again; no honest file comes near it).
  Bytes digest(crypto::DigestAlgorithm algorithm, const Coverage& coverage);

  /// SHA-256 of the whole file when a running digest only has to be carried to its end; else empty.
  Bytes wholeFile();

 private:
  struct Running {
    crypto::Digest digest;
    std::size_t at = 0;
  };
  bool spend(std::size_t bytes);

  BytesView file_;
  std::size_t budget_;
  std::map<crypto::DigestAlgorithm, Running> running_;
};

}  // namespace congvan::pades
