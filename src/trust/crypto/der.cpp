// SPDX-License-Identifier: Apache-2.0
#include "trust/crypto/der.h"

#include <array>
#include <charconv>
#include <stdexcept>

namespace congvan::crypto::der {
namespace {

void appendLength(Bytes& out, std::size_t length) {
  if (length < 0x80) {
    out.push_back(static_cast<std::uint8_t>(length));
    return;
  }
  std::array<std::uint8_t, sizeof length> octets{};
  std::size_t count = 0;
  for (; length != 0; length >>= 8U) octets.at(count++) = static_cast<std::uint8_t>(length & 0xFFU);
  out.push_back(static_cast<std::uint8_t>(0x80U | count));
  while (count > 0) out.push_back(octets.at(--count));
}

void appendArc(Bytes& out, std::uint64_t arc) {
  std::array<std::uint8_t, 10> octets{};
  std::size_t count = 0;
  do {
    octets.at(count++) = static_cast<std::uint8_t>(arc & 0x7FU);
    arc >>= 7U;
  } while (arc != 0);
  while (count > 1) out.push_back(static_cast<std::uint8_t>(octets.at(--count) | 0x80U));
  out.push_back(octets[0]);
}

std::uint64_t takeArc(std::string_view& dotted) {
  std::uint64_t arc = 0;
  const auto [end, problem] = std::from_chars(dotted.data(), dotted.data() + dotted.size(), arc);
  if (problem != std::errc{}) throw std::invalid_argument("not an object identifier");
  dotted.remove_prefix(static_cast<std::size_t>(end - dotted.data()));
  if (!dotted.empty() && dotted.front() == '.') dotted.remove_prefix(1);
  return arc;
}

std::string digitsOf(Instant instant) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(instant) - day);
  const int year = static_cast<int>(date.year());
  if (year < 0 || year > 9999) throw std::out_of_range("year of a certificate time");
  std::string text;
  const auto two = [&text](unsigned value) {
    text.push_back(static_cast<char>('0' + value / 10 % 10));
    text.push_back(static_cast<char>('0' + value % 10));
  };
  two(static_cast<unsigned>(year / 100));
  two(static_cast<unsigned>(year % 100));
  two(static_cast<unsigned>(date.month()));
  two(static_cast<unsigned>(date.day()));
  two(static_cast<unsigned>(clock.hours().count()));
  two(static_cast<unsigned>(clock.minutes().count()));
  two(static_cast<unsigned>(clock.seconds().count()));
  return text + "Z";
}

}  // namespace

Bytes element(std::uint8_t tag, std::initializer_list<BytesView> parts) {
  std::size_t size = 0;
  for (const auto part : parts) size += part.size();
  Bytes out;
  out.reserve(size + 6);
  out.push_back(tag);
  appendLength(out, size);
  for (const auto part : parts) append(out, part);
  return out;
}

Bytes element(std::uint8_t tag, BytesView content) {
  return element(tag, {content});
}

Bytes integer(BytesView magnitude) {
  while (!magnitude.empty() && magnitude.front() == 0) magnitude = magnitude.subspan(1);
  static constexpr std::array<std::uint8_t, 1> kZero{0};
  const bool sign_octet = magnitude.empty() || (magnitude.front() & 0x80U) != 0;
  return element(kInteger, {sign_octet ? BytesView(kZero) : BytesView(), magnitude});
}

Bytes integer(std::uint64_t value) {
  std::array<std::uint8_t, 8> octets{};
  for (std::size_t i = 0; i < 8; ++i) {
    octets.at(7 - i) = static_cast<std::uint8_t>((value >> (8 * i)) & 0xFFU);
  }
  return integer(BytesView(octets));
}

Bytes oid(std::string_view dotted) {
  const auto first = takeArc(dotted);
  if (dotted.empty() || first > 2) throw std::invalid_argument("not an object identifier");
  const auto second = takeArc(dotted);
  Bytes content;
  appendArc(content, first * 40 + second);
  while (!dotted.empty()) appendArc(content, takeArc(dotted));
  return element(kOid, content);
}

Bytes boolean(bool value) {
  return {kBoolean, 1, value ? std::uint8_t{0xFF} : std::uint8_t{0}};
}

Bytes null() {
  return {kNull, 0};
}
Bytes octetString(BytesView content) {
  return element(kOctetString, content);
}

Bytes bitString(BytesView content) {
  static constexpr std::array<std::uint8_t, 1> kNoUnusedBits{0};
  return element(kBitString, {kNoUnusedBits, content});
}

Bytes namedBits(std::uint32_t bits_from_zero) {
  Bytes content{0};
  unsigned highest = 0;
  for (unsigned bit = 0; bit < 32; ++bit) {
    if (((bits_from_zero >> bit) & 1U) == 0) continue;
    highest = bit;
    content.resize(2 + bit / 8);
    content[1 + bit / 8] = static_cast<std::uint8_t>(content[1 + bit / 8] | (0x80U >> (bit % 8)));
  }
  if (content.size() > 1) content[0] = static_cast<std::uint8_t>(7 - highest % 8);
  return element(kBitString, content);
}

Bytes utf8String(std::string_view text) {
  return element(kUtf8String, asBytes(text));
}

Bytes time(Instant instant) {
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(instant));
  const int year = static_cast<int>(date.year());
  if (year < 1950 || year > 2049) return generalizedTime(instant);
  return element(kUtcTime, asBytes(std::string_view(digitsOf(instant)).substr(2)));
}

Bytes generalizedTime(Instant instant) {
  return element(kGeneralizedTime, asBytes(digitsOf(instant)));
}

std::string oidText(BytesView content) {
  if (content.empty() || (content.back() & 0x80U) != 0) return {};
  std::string text;
  std::uint64_t arc = 0;
  bool at_start = true;
  for (const auto octet : content) {
    if (at_start && octet == 0x80) return {};  // a leading zero
    if (arc >> 56U != 0) return {};
    arc = (arc << 7U) | (octet & 0x7FU);
    at_start = (octet & 0x80U) == 0;
    if (!at_start) continue;
    if (text.empty()) {
      const auto first = arc < 80 ? arc / 40 : 2;
      text = std::to_string(first);
      arc -= first * 40;
    }
    text += '.' + std::to_string(arc);
    arc = 0;
  }
  return text;
}

Element Reader::any() {
  if (failed_ || rest_.size() < 2 || (rest_[0] & 0x1FU) == 0x1FU) {
    failed_ = true;
    return {};
  }
  std::size_t header = 2;
  std::size_t length = rest_[1];
  if (length >= 0x80) {
    const std::size_t count = length & 0x7FU;
    length = 0;
    header += count;
    if (count == 0 || count > 6 || rest_.size() < header || rest_[2] == 0) {
      failed_ = true;
      return {};
    }
    for (std::size_t i = 2; i < header; ++i) length = (length << 8U) | rest_[i];
    if (length < 0x80) failed_ = true;
  }
  if (failed_ || length > rest_.size() - header) {
    failed_ = true;
    return {};
  }
  const Element found{rest_[0], rest_.subspan(header, length), rest_.first(header + length)};
  rest_ = rest_.subspan(header + length);
  return found;
}

BytesView Reader::expect(std::uint8_t tag) {
  const auto found = any();
  if (found.tag != tag) failed_ = true;
  return failed_ ? BytesView() : found.content;
}

BytesView Reader::expectWhole(std::uint8_t tag) {
  const auto found = any();
  if (found.tag != tag) failed_ = true;
  return failed_ ? BytesView() : found.whole;
}

std::optional<BytesView> Reader::optional(std::uint8_t tag) {
  if (peek() != tag) return std::nullopt;
  const auto content = expect(tag);
  if (failed_) return std::nullopt;
  return content;
}

Reader Reader::nested(std::uint8_t tag) {
  Reader inner(expect(tag));
  inner.failed_ = failed_;
  return inner;
}

std::string Reader::oid() {
  auto text = oidText(expect(kOid));
  if (text.empty()) failed_ = true;
  return text;
}

bool Reader::boolean() {
  const auto content = expect(kBoolean);
  if (content.size() != 1 || (content[0] != 0 && content[0] != 0xFF)) {
    failed_ = true;
    return false;
  }
  return content[0] != 0;
}

BytesView Reader::integer() {
  const auto content = expect(kInteger);
  const bool padded = content.size() > 1 && ((content[0] == 0 && (content[1] & 0x80U) == 0) ||
                                             (content[0] == 0xFF && (content[1] & 0x80U) != 0));
  if (content.empty() || padded) failed_ = true;
  return failed_ ? BytesView() : content;
}

std::uint64_t Reader::smallInteger() {
  const auto content = integer();
  if (content.empty() || content.size() > 8 || (content[0] & 0x80U) != 0) {
    failed_ = true;
    return 0;
  }
  std::uint64_t value = 0;
  for (const auto octet : content) value = (value << 8U) | octet;
  return value;
}

namespace {

/// Digits to an instant; nullopt when a field is out of its range.
std::optional<Instant> instantOf(std::string_view digits) {
  std::array<unsigned, 7> pair{};  // century, year, month, day, hour, minute, second
  for (std::size_t i = 0; i < pair.size(); ++i) {
    const char high = digits[2 * i];
    const char low = digits[2 * i + 1];
    if (high < '0' || high > '9' || low < '0' || low > '9') return std::nullopt;
    pair.at(i) = static_cast<unsigned>((high - '0') * 10 + (low - '0'));
  }
  const std::chrono::year_month_day date{
      std::chrono::year(static_cast<int>(pair[0] * 100 + pair[1])),
      std::chrono::month(pair[2]),
      std::chrono::day(pair[3])};
  if (!date.ok() || pair[4] > 23 || pair[5] > 59 || pair[6] > 59) return std::nullopt;
  return Instant(std::chrono::sys_days(date)) + std::chrono::hours(pair[4]) +
         std::chrono::minutes(pair[5]) + std::chrono::seconds(pair[6]);
}

}  // namespace

Instant Reader::time() {
  const auto found = any();
  std::string digits(asText(found.content));
  if (found.tag == kUtcTime && digits.size() == 13) {
    digits.insert(0, digits[0] >= '5' ? "19" : "20");
  } else if (found.tag != kGeneralizedTime) {
    failed_ = true;
  }
  const auto instant =
      digits.size() == 15 && digits.back() == 'Z' ? instantOf(digits) : std::nullopt;
  if (!instant) failed_ = true;
  return failed_ ? Instant{} : *instant;
}

}  // namespace congvan::crypto::der
