// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Where things stand in the bytes of a PDF (ISO 32000-2, 7.2 and 7.3). QPDF tells what an object
/// says; signatures also depend on which bytes say it. Every function is linear in the bytes it
/// passes.
namespace congvan::pdf {

enum class TokenKind {
  End,
  Number,
  Name,
  String,
  HexString,
  ArrayOpen,
  ArrayClose,
  DictionaryOpen,
  DictionaryClose,
  Word,  ///< obj, R, stream, true, …
};

struct Token {
  TokenKind kind = TokenKind::End;
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Tokens of `bytes` from `at` on. Strings that do not end run to the end of the bytes.
class Scanner {
 public:
  Scanner(BytesView bytes, std::size_t at) : bytes_(bytes), at_(at) {}

  Token next();
  std::string_view text(const Token& token) const;
  std::size_t at() const { return at_; }

 private:
  void skipBlanks();
  std::size_t endOfString(std::size_t from) const;
  std::size_t endOfRun(std::size_t from) const;

  BytesView bytes_;
  std::size_t at_;
};

bool isBlank(std::uint8_t byte);

/// A non-negative integer without sign or fraction; nullopt: anything else, or over 2^63.
std::optional<std::size_t> wholeNumber(std::string_view text);

struct Entry {
  std::string key;  ///< with its slash, #xx decoded
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// The entries of the dictionary whose `<<` is the first token at `at`, in file order, duplicates
/// included. nullopt: no dictionary stands there, or it does not end.
std::optional<std::vector<Entry>> dictionaryAt(BytesView bytes, std::size_t at);

struct Reference {
  int object = 0;
  int generation = 0;
  bool operator==(const Reference&) const = default;
  auto operator<=>(const Reference&) const = default;
};

struct ReferenceScan {
  std::vector<Reference> references;
  /// Something stands there that one reader takes for a reference and another does not: numbers
  /// with a sign, `12 0R`, blanks that only some know, an `endobj` inside a value.
  bool doubtful = false;
};

/// The references `n g R` from `at` up to the keyword `stream` or `endobj`. Returns the bytes
/// passed.
std::size_t collectReferences(BytesView bytes, std::size_t at, ReferenceScan& into);

/// What the members of an object stream (7.5.7) hold. Each is read from its own offset, as readers
/// do: what stands between two members may look like anything.
class ObjectStreamScan {
 public:
  /// `data` is the decoded stream; it outlives this.
  ObjectStreamScan(BytesView data, std::size_t members, std::size_t first);

  /// One number twice, or a header that is none: what a number stands for is up to the reader.
  bool doubtful() const { return doubtful_; }
  bool holds(int number, std::size_t index) const;
  void collect(ReferenceScan& into) const;

 private:
  struct Member {
    std::size_t number;
    std::size_t offset;
  };
  bool readHeader(std::size_t members, std::size_t first);

  BytesView data_;
  std::vector<Member> members_;
  bool doubtful_;
};

}  // namespace congvan::pdf
