// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/update.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

namespace congvan::pdf {
namespace {

constexpr std::uint64_t kTableOffsetMax = 9'999'999'999;  // ten digits, 7.5.4
constexpr std::uint64_t kStreamOffsetMax = (std::uint64_t{1} << 40U) - 1;
constexpr std::size_t kTailBytes = 1054;  // where readers look for startxref

struct TableEntry {
  ObjectId id;
  std::uint64_t offset = 0;
};

bool isSpace(char c) {
  return c == ' ' || c == '\r' || c == '\n' || c == '\t' || c == '\f' || c == '\0';
}

std::string padded(std::uint64_t value, std::size_t width) {
  auto text = std::to_string(value);
  text.insert(0, width > text.size() ? width - text.size() : 0, '0');
  return text;
}

/// Runs of neighbouring object numbers: the subsections of a table, the pairs of /Index.
std::vector<std::pair<std::size_t, std::size_t>> runsOf(const std::vector<TableEntry>& entries) {
  std::vector<std::pair<std::size_t, std::size_t>> runs;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (i == 0 || entries[i].id.number != entries[i - 1].id.number + 1) runs.emplace_back(i, 0);
    ++runs.back().second;
  }
  return runs;
}

std::string tableOf(const std::vector<TableEntry>& entries) {
  std::string table = "xref\n";
  for (const auto& [first, count] : runsOf(entries)) {
    table += std::to_string(entries[first].id.number) + " " + std::to_string(count) + "\n";
    for (std::size_t i = first; i < first + count; ++i) {
      table += padded(entries[i].offset, 10) + " " +
               padded(static_cast<std::uint64_t>(entries[i].id.generation), 5) + " n \n";
    }
  }
  return table;
}

void appendBigEndian(std::string& to, std::uint64_t value, unsigned width) {
  for (auto shift = width; shift-- > 0;) {
    to.push_back(static_cast<char>((value >> (8U * shift)) & 0xFFU));
  }
}

std::string streamBodyOf(const std::vector<TableEntry>& entries, const std::string& trailer) {
  // W [1 4 2] is what every reader takes; five bytes only where four do not reach.
  const unsigned width = entries.back().offset > 0xFFFFFFFFU ? 5 : 4;
  std::string index;
  for (const auto& [first, count] : runsOf(entries)) {
    index += (index.empty() ? "" : " ") + std::to_string(entries[first].id.number) + " " +
             std::to_string(count);
  }
  std::string data;
  for (const auto& entry : entries) {
    appendBigEndian(data, 1, 1);
    appendBigEndian(data, entry.offset, width);
    appendBigEndian(data, static_cast<std::uint64_t>(entry.id.generation), 2);
  }
  return "<< /Type /XRef /W [1 " + std::to_string(width) + " 2] /Index [" + index + "] " + trailer +
         " /Length " + std::to_string(data.size()) + " >>\nstream\n" + data + "\nendstream";
}

std::string objectText(ObjectId id, std::string_view body) {
  return std::to_string(id.number) + " " + std::to_string(id.generation) + " obj\n" +
         std::string(body) + "\nendobj\n";
}

/// UTF-8 to code points; text was checked by the caller, so bad bytes only become U+FFFD.
std::u32string decode(std::string_view utf8) {
  std::u32string points;
  for (std::size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (i + size > utf8.size() || (lead & 0xC0U) == 0x80U) {
      points.push_back(0xFFFD);
      ++i;
      continue;
    }
    char32_t point = size == 1 ? lead : lead & (0xFFU >> (size + 1));
    for (std::size_t k = 1; k < size; ++k) {
      point = (point << 6U) | (static_cast<unsigned char>(utf8[i + k]) & 0x3FU);
    }
    points.push_back(point);
    i += size;
  }
  return points;
}

void appendHex(std::string& to, unsigned value, int digits) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  while (digits-- > 0)
    to.push_back(kDigits[(value >> (4U * static_cast<unsigned>(digits))) & 0xFU]);
}

}  // namespace

std::string reference(ObjectId id) {
  return std::to_string(id.number) + " " + std::to_string(id.generation) + " R";
}

Result<BaseFile> readEnd(BytesView file) {
  const auto text = asText(file);
  const auto tail_at = text.size() > kTailBytes ? text.size() - kTailBytes : 0;
  constexpr std::string_view kWord = "startxref";
  const auto word = text.rfind(kWord);
  const Error damaged{Code::Malformed, "pdf_damaged"};
  if (word == std::string_view::npos || word < tail_at) return damaged;

  auto at = word + kWord.size();
  while (at < text.size() && isSpace(text[at])) ++at;
  BaseFile base;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + at, end, base.last_cross_reference);
  if (parsed.ec != std::errc{} || base.last_cross_reference >= text.size()) return damaged;

  base.size = text.size();
  base.ends_with_line_end = text.back() == '\n' || text.back() == '\r';
  const auto section = text.substr(base.last_cross_reference);
  base.kind =
      section.substr(0, 4) == "xref" ? CrossReferenceKind::Table : CrossReferenceKind::Stream;
  return base;
}

void Update::putStream(ObjectId id, std::string_view entries, std::string_view data) {
  std::string body =
      "<< " + std::string(entries) + " /Length " + std::to_string(data.size()) + " >>\nstream\n";
  body += data;
  body += "\nendstream";
  put(id, std::move(body));
}

Result<Update::Written> Update::finish() const {
  Written written;
  std::string text = base_.ends_with_line_end ? "" : "\n";
  std::vector<TableEntry> entries;
  for (const auto& [id, body] : bodies_) {
    entries.push_back({id, base_.size + text.size()});
    const auto object = objectText(id, body);
    written.body_at[id] = text.size() + object.find('\n') + 1;
    text += object;
  }

  const auto section_at = base_.size + text.size();
  const bool table = base_.kind == CrossReferenceKind::Table;
  if (section_at > (table ? kTableOffsetMax : kStreamOffsetMax)) {
    return Error{Code::TooLarge, "pdf_too_large"};
  }
  const auto size = table ? next_number_ : next_number_ + 1;
  const auto trailer = "/Size " + std::to_string(size) + " " + base_.trailer_entries + " /Prev " +
                       std::to_string(base_.last_cross_reference);
  if (table) {
    text += tableOf(entries) + "trailer\n<< " + trailer + " >>\n";
  } else {
    const ObjectId self{next_number_, 0};  // a cross-reference stream lists itself
    entries.push_back({self, section_at});
    text += objectText(self, streamBodyOf(entries, trailer));
  }
  text += "startxref\n" + std::to_string(section_at) + "\n%%EOF\n";
  written.bytes.assign(text.begin(), text.end());
  return written;
}

std::string textString(std::string_view utf8) {
  std::string literal = "(";
  bool ascii = true;
  for (const char c : utf8) {
    if (c == '(' || c == ')' || c == '\\') literal.push_back('\\');
    literal.push_back(c);
    ascii = ascii && c >= 0x20 && c < 0x7F;
  }
  if (ascii) return literal + ")";

  std::string hex = "<FEFF";
  for (auto point : decode(utf8)) {
    if (point > 0xFFFF) {
      point -= 0x10000;
      appendHex(hex, 0xD800U + static_cast<unsigned>(point >> 10U), 4);
      appendHex(hex, 0xDC00U + static_cast<unsigned>(point & 0x3FFU), 4);
    } else {
      appendHex(hex, static_cast<unsigned>(point), 4);
    }
  }
  return hex + ">";
}

std::string nameObject(std::string_view name) {
  std::string text = "/";
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '+' || c == ':' || c == '*';
    if (plain) {
      text.push_back(c);
    } else {
      text.push_back('#');
      appendHex(text, static_cast<unsigned char>(c), 2);
    }
  }
  return text;
}

std::string number(double value) {
  std::array<char, 64> digits{};
  const auto rounded = std::round(value * 1e4) / 1e4;
  const auto written = std::to_chars(
      digits.data(), digits.data() + digits.size(), rounded, std::chars_format::fixed, 4);
  if (written.ec != std::errc{}) return "0";
  std::string text(digits.data(), written.ptr);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

}  // namespace congvan::pdf
