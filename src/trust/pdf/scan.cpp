// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/scan.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace congvan::pdf {
namespace {

constexpr std::size_t kNestingMost = 256;

bool isDelimiter(std::uint8_t byte) {
  return std::string_view("()<>[]{}/%").find(static_cast<char>(byte)) != std::string_view::npos;
}

bool isRegular(std::uint8_t byte) {
  return !isBlank(byte) && !isDelimiter(byte);
}

bool isNumber(std::string_view word) {
  return !word.empty() && word.find_first_not_of("+-.0123456789") == std::string_view::npos;
}

int hexValue(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

std::string decodedName(std::string_view written) {
  std::string name;
  for (std::size_t i = 0; i < written.size(); ++i) {
    const bool escaped = written[i] == '#' && i + 2 < written.size() &&
                         hexValue(written[i + 1]) >= 0 && hexValue(written[i + 2]) >= 0;
    if (!escaped) {
      name += written[i];
      continue;
    }
    name += static_cast<char>(hexValue(written[i + 1]) * 16 + hexValue(written[i + 2]));
    i += 2;
  }
  return name;
}

/// Passes one value; nullopt: there is none, or it does not end.
std::optional<std::size_t> endOfValue(Scanner& scanner, const Token& first) {
  std::size_t depth = 0;
  Token token = first;
  while (true) {
    const bool opens =
        token.kind == TokenKind::ArrayOpen || token.kind == TokenKind::DictionaryOpen;
    const bool closes =
        token.kind == TokenKind::ArrayClose || token.kind == TokenKind::DictionaryClose;
    if (token.kind == TokenKind::End || depth > kNestingMost) return std::nullopt;
    if (opens) ++depth;
    if (closes && depth == 0) return std::nullopt;
    if (closes) --depth;
    if (depth == 0) break;
    token = scanner.next();
  }
  if (token.kind != TokenKind::Number) return token.end;
  auto ahead = scanner;
  const auto generation = ahead.next();
  const auto word = ahead.next();
  if (generation.kind != TokenKind::Number || ahead.text(word) != "R") return token.end;
  scanner = ahead;
  return word.end;
}

}  // namespace

bool isBlank(std::uint8_t byte) {
  // The vertical tab is blank for QPDF, though not for ISO 32000-2, table 1.
  return byte == ' ' || (byte >= '\t' && byte <= '\r') || byte == 0;
}

std::optional<std::size_t> wholeNumber(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size() || value >> 63U != 0) {
    return std::nullopt;
  }
  return value;
}

std::string_view Scanner::text(const Token& token) const {
  return asText(bytes_.subspan(token.begin, token.end - token.begin));
}

void Scanner::skipBlanks() {
  while (at_ < bytes_.size()) {
    if (bytes_[at_] == '%') {
      while (at_ < bytes_.size() && bytes_[at_] != '\n' && bytes_[at_] != '\r') ++at_;
    } else if (isBlank(bytes_[at_])) {
      ++at_;
    } else {
      return;
    }
  }
}

std::size_t Scanner::endOfString(std::size_t from) const {
  std::size_t depth = 0;
  for (auto at = from; at < bytes_.size(); ++at) {
    if (bytes_[at] == '\\') {
      ++at;
    } else if (bytes_[at] == '(') {
      ++depth;
    } else if (bytes_[at] == ')' && --depth == 0) {
      return at + 1;
    }
  }
  return bytes_.size();
}

std::size_t Scanner::endOfRun(std::size_t from) const {
  auto at = from;
  while (at < bytes_.size() && isRegular(bytes_[at])) ++at;
  return at;
}

Token Scanner::next() {
  skipBlanks();
  if (at_ >= bytes_.size()) return {TokenKind::End, bytes_.size(), bytes_.size()};
  Token token{TokenKind::Word, at_, at_ + 1};
  const auto byte = bytes_[at_];
  const bool doubled = at_ + 1 < bytes_.size() && bytes_[at_ + 1] == byte;
  if (byte == '/') {
    token.kind = TokenKind::Name;
    token.end = endOfRun(at_ + 1);
  } else if (byte == '(') {
    token.kind = TokenKind::String;
    token.end = endOfString(at_);
  } else if (byte == '<' && doubled) {
    token.kind = TokenKind::DictionaryOpen;
    token.end = at_ + 2;
  } else if (byte == '<') {
    const auto close = asText(bytes_).find('>', at_);
    token.kind = TokenKind::HexString;
    token.end = close == std::string_view::npos ? bytes_.size() : close + 1;
  } else if (byte == '>' && doubled) {
    token.kind = TokenKind::DictionaryClose;
    token.end = at_ + 2;
  } else if (byte == '[' || byte == ']') {
    token.kind = byte == '[' ? TokenKind::ArrayOpen : TokenKind::ArrayClose;
  } else if (isRegular(byte)) {
    token.end = endOfRun(at_);
    if (isNumber(text(token))) token.kind = TokenKind::Number;
  }
  at_ = token.end;
  return token;
}

std::optional<std::vector<Entry>> dictionaryAt(BytesView bytes, std::size_t at) {
  Scanner scanner(bytes, at);
  if (scanner.next().kind != TokenKind::DictionaryOpen) return std::nullopt;
  std::vector<Entry> entries;
  while (true) {
    const auto key = scanner.next();
    if (key.kind == TokenKind::DictionaryClose) return entries;
    if (key.kind != TokenKind::Name) return std::nullopt;
    const auto first = scanner.next();
    const auto end = endOfValue(scanner, first);
    if (!end) return std::nullopt;
    entries.push_back({decodedName(scanner.text(key)), first.begin, *end});
  }
}

namespace {

/// The reference that the two numbers before an `R` make; nullopt: not as ISO 32000-2, 7.3.10
/// wants it.
std::optional<Reference> referenceOf(const std::optional<std::size_t>& object,
                                     const std::optional<std::size_t>& generation) {
  if (!object || !generation || *object > INT32_MAX || *generation > UINT16_MAX) {
    return std::nullopt;
  }
  return Reference{static_cast<int>(*object), static_cast<int>(*generation)};
}

class ReferenceCollector {
 public:
  explicit ReferenceCollector(ReferenceScan& into) : into_(into) {}

  /// False: the object ends here.
  bool take(TokenKind kind, std::string_view text) {
    if (kind == TokenKind::Number) {
      before_ = std::exchange(last_, wholeNumber(text));
      return true;
    }
    const auto object = std::exchange(before_, std::nullopt);
    const auto generation = std::exchange(last_, std::nullopt);
    if (kind == TokenKind::ArrayOpen || kind == TokenKind::DictionaryOpen) ++depth_;
    if (kind == TokenKind::ArrayClose || kind == TokenKind::DictionaryClose) --depth_;
    if (kind != TokenKind::Word) return true;
    if (text == "stream" || text == "endobj") {
      if (depth_ != 0) into_.doubtful = true;
      return false;
    }
    if (text.find('R') == std::string_view::npos) return true;
    const auto reference = referenceOf(object, generation);
    if (text == "R" && reference) {
      into_.references.push_back(*reference);
    } else {
      into_.doubtful = true;
    }
    return true;
  }

 private:
  ReferenceScan& into_;
  std::optional<std::size_t> before_;
  std::optional<std::size_t> last_;
  long depth_ = 0;
};

}  // namespace

std::size_t collectReferences(BytesView bytes, std::size_t at, ReferenceScan& into) {
  Scanner scanner(bytes, at);
  ReferenceCollector collector(into);
  auto token = scanner.next();
  while (token.kind != TokenKind::End && collector.take(token.kind, scanner.text(token))) {
    token = scanner.next();
  }
  return scanner.at() - std::min(at, scanner.at());
}

ObjectStreamScan::ObjectStreamScan(BytesView data, std::size_t members, std::size_t first)
    : data_(data), doubtful_(!readHeader(members, first)) {}

bool ObjectStreamScan::readHeader(std::size_t members, std::size_t first) {
  if (members > data_.size() || first > data_.size()) return false;
  Scanner scanner(data_.first(first), 0);
  std::vector<std::size_t> numbers;
  for (std::size_t i = 0; i < members; ++i) {
    const auto number = wholeNumber(scanner.text(scanner.next()));
    const auto offset = wholeNumber(scanner.text(scanner.next()));
    if (!number || !offset || *offset > data_.size() - first) return false;
    members_.push_back({*number, first + *offset});
    numbers.push_back(*number);
  }
  std::sort(numbers.begin(), numbers.end());
  return std::adjacent_find(numbers.begin(), numbers.end()) == numbers.end();
}

bool ObjectStreamScan::holds(int number, std::size_t index) const {
  return index < members_.size() && members_[index].number == static_cast<std::size_t>(number);
}

void ObjectStreamScan::collect(ReferenceScan& into) const {
  into.doubtful |= doubtful_;
  auto budget = 4 * data_.size() + 4096;  // members that overlap are scanned more than once
  for (const auto& member : members_) {
    Scanner scanner(data_, member.offset);
    const auto end = endOfValue(scanner, scanner.next());
    if (!end || *end - member.offset > budget) {
      into.doubtful = true;
      return;
    }
    budget -= *end - member.offset;
    collectReferences(data_.first(*end), member.offset, into);
  }
}

}  // namespace congvan::pdf
