// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

/// Writing one incremental revision (ISO 32000-2 7.5.6): new and changed objects, a cross-reference
/// section of the same kind as the file's last one, a trailer. The file itself is never touched or
/// copied.
namespace congvan::pdf {

/// An object's number and generation.
struct ObjectId {
  int number = 0;
  int generation = 0;
  bool operator<(const ObjectId& other) const {
    return number != other.number ? number < other.number : generation < other.generation;
  }
  bool operator==(const ObjectId&) const = default;
};

/// `12 0 R`
std::string reference(ObjectId id);

enum class CrossReferenceKind { Table, Stream };

/// What an update has to know of the file it will be appended to.
struct BaseFile {
  std::uint64_t size = 0;
  bool ends_with_line_end = false;
  std::uint64_t last_cross_reference = 0;  ///< the number after the last `startxref`
  CrossReferenceKind kind = CrossReferenceKind::Table;
  int next_number = 1;          ///< the first object number that is free
  std::string trailer_entries;  ///< `/Root 1 0 R /Info 2 0 R /ID [...]`
};

/// Reads the end of `file`: size, line end, `startxref`, and what stands there. The two fields that
/// need a parser (`next_number`, `trailer_entries`) are left to the caller.
///
/// Malformed `pdf_damaged`: no `startxref` near the end, or it points outside of the file.
Result<BaseFile> readEnd(BytesView file);

/// Collects objects; `finish` lays them out. Same calls, same bytes. Not for two threads at once.
class Update {
 public:
  explicit Update(BaseFile base) : base_(std::move(base)), next_number_(base_.next_number) {}

  const BaseFile& base() const { return base_; }
  ObjectId create() { return {next_number_++, 0}; }

  /// `body` is what stands between `obj` and `endobj`. A second `put` for the same object replaces
  /// it.
  void put(ObjectId id, std::string body) { bodies_[id] = std::move(body); }
  /// `entries` are those of the stream's dictionary without /Length.
  void putStream(ObjectId id, std::string_view entries, std::string_view data);

  struct Written {
    Bytes bytes;
    std::map<ObjectId, std::size_t> body_at;  ///< where each body begins in `bytes`
  };

  /// TooLarge `pdf_too_large`: an offset does not fit a classic table (10 digits), or 5 bytes of a
  /// stream.
  Result<Written> finish() const;

 private:
  BaseFile base_;
  int next_number_;
  std::map<ObjectId, std::string> bodies_;
};

/// A text string (7.9.2.2): PDFDocEncoding when ASCII will do, else UTF-16BE.
std::string textString(std::string_view utf8);
/// A name with everything but letters, digits and a few marks written as #xx. `name` has no slash.
std::string nameObject(std::string_view name);
/// Up to four decimals, no exponent, independent of the locale.
std::string number(double value);

}  // namespace congvan::pdf
