// SPDX-License-Identifier: Apache-2.0
#include "trust/formats/timestamp/ber.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace congvan::timestamp {
namespace {

namespace der = crypto::der;

constexpr int kDepthMax = 64;
constexpr std::uint8_t kConstructedBit = 0x20;
constexpr std::uint8_t kOctetStringInPieces = der::kOctetString | kConstructedBit;

struct Header {
  std::uint8_t tag = 0;
  std::size_t identifier = 0;  // octets of the tag
  std::size_t bytes = 0;       // of tag and length
  std::size_t length = 0;
  bool indefinite = false;
  bool shortest = true;
};

// Octets of the identifier; 0 when it is cut off or longer than any real tag.
std::size_t identifierBytes(BytesView in) {
  if (in.empty()) return 0;
  if ((in[0] & 0x1fU) != 0x1fU) return 1;
  for (std::size_t i = 1; i < in.size() && i <= 4; ++i) {
    if ((in[i] & 0x80U) == 0) return i + 1;
  }
  return 0;
}

std::size_t lengthOctets(std::size_t length) {
  std::size_t octets = 0;
  for (; length != 0; length >>= 8U) ++octets;
  return octets;
}

// The long form: `count` octets of length follow.
bool readLongLength(BytesView octets, Header& header) {
  std::uint64_t length = 0;
  for (const std::uint8_t octet : octets) {
    if (length >> 48U) return false;
    length = (length << 8U) | octet;
  }
  header.bytes += octets.size();
  header.length = static_cast<std::size_t>(length);
  header.shortest = length >= 0x80 && lengthOctets(header.length) == octets.size();
  return true;
}

std::optional<Header> readHeader(BytesView in) {
  Header header;
  header.identifier = identifierBytes(in);
  if (header.identifier == 0 || in.size() <= header.identifier) return std::nullopt;
  header.tag = in[0];
  header.bytes = header.identifier + 1;
  const std::uint8_t octet = in[header.identifier];
  const std::size_t count = octet & 0x7fU;
  if (octet == 0x80) {
    header.indefinite = true;
    return header;
  }
  if (octet < 0x80) {
    header.length = octet;
  } else if (count > 8 || in.size() < header.bytes + count ||
             !readLongLength(in.subspan(header.bytes, count), header)) {
    return std::nullopt;
  }
  if (header.length > in.size() - header.bytes) return std::nullopt;
  return header;
}

bool isConstructed(std::uint8_t tag) {
  return (tag & kConstructedBit) != 0;
}
bool isEndOfContents(BytesView in) {
  return in.size() >= 2 && in[0] == 0 && in[1] == 0;
}

enum class Form { AsItShould, Rewrite, Broken };

// Does anything in here need rewriting? `used` is set when nothing does.
Form scan(BytesView in, int depth, std::size_t& used) {
  const auto header = readHeader(in);
  if (!header || depth > kDepthMax) return Form::Broken;
  if (header->indefinite || !header->shortest || header->tag == kOctetStringInPieces)
    return Form::Rewrite;
  used = header->bytes + header->length;
  if (!isConstructed(header->tag)) return Form::AsItShould;
  BytesView children = in.subspan(header->bytes, header->length);
  while (!children.empty()) {
    std::size_t child = 0;
    const Form form = scan(children, depth + 1, child);
    if (form != Form::AsItShould) return form;
    children = children.subspan(child);
  }
  return Form::AsItShould;
}

void appendHeader(Bytes& out, BytesView identifier, std::size_t length) {
  append(out, identifier);
  if (length < 0x80) {
    out.push_back(static_cast<std::uint8_t>(length));
    return;
  }
  const std::size_t octets = lengthOctets(length);
  out.push_back(static_cast<std::uint8_t>(0x80U | octets));
  for (std::size_t i = octets; i-- > 0;)
    out.push_back(static_cast<std::uint8_t>((length >> (8 * i)) & 0xffU));
}

std::size_t rewriteElement(BytesView in, Bytes& out, int depth);

// A piece of an OCTET STRING is an OCTET STRING; only its content is kept.
std::size_t rewritePiece(BytesView in, Bytes& content, int depth) {
  if (in.empty() || (in[0] != der::kOctetString && in[0] != kOctetStringInPieces)) return 0;
  Bytes whole;
  const std::size_t taken = rewriteElement(in, whole, depth);
  if (taken == 0) return 0;
  const auto header = readHeader(whole);
  if (!header) return 0;
  append(content, BytesView(whole).subspan(header->bytes));
  return taken;
}

// The content of a constructed element, rewritten; the octets up to its end, 0 when broken.
std::size_t rewriteChildren(BytesView in, const Header& header, Bytes& content, int depth) {
  const std::size_t end = header.indefinite ? in.size() : header.bytes + header.length;
  std::size_t at = header.bytes;
  while (at < end) {
    const BytesView rest = in.subspan(at, end - at);
    if (header.indefinite && isEndOfContents(rest)) return at + 2;
    const std::size_t taken = header.tag == kOctetStringInPieces
                                  ? rewritePiece(rest, content, depth + 1)
                                  : rewriteElement(rest, content, depth + 1);
    if (taken == 0) return 0;
    at += taken;
  }
  return header.indefinite ? 0 : end;
}

// Appends the first element of `in`, rewritten; the octets it took, 0 when broken.
std::size_t rewriteElement(BytesView in, Bytes& out, int depth) {
  const auto header = readHeader(in);
  if (!header || depth > kDepthMax) return 0;
  if (!isConstructed(header->tag)) {
    if (header->indefinite) return 0;
    appendHeader(out, in.first(header->identifier), header->length);
    append(out, in.subspan(header->bytes, header->length));
    return header->bytes + header->length;
  }
  Bytes content;
  const std::size_t taken = rewriteChildren(in, *header, content, depth);
  if (taken == 0) return 0;
  const bool pieces = header->tag == kOctetStringInPieces;
  const std::uint8_t octet_string = der::kOctetString;
  appendHeader(
      out, pieces ? BytesView(&octet_string, 1) : in.first(header->identifier), content.size());
  append(out, content);
  return taken;
}

std::optional<int> number(std::string_view text, std::size_t at, std::size_t digits) {
  if (text.size() < at + digits) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(at, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

// `Z`, `+hhmm` or `-hhmm`, nothing after it.
std::optional<std::chrono::minutes> zone(std::string_view text) {
  if (text == "Z") return std::chrono::minutes{0};
  if (text.size() != 5 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const auto hours = number(text, 1, 2);
  const auto minutes = number(text, 3, 2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const std::chrono::minutes offset{*hours * 60 + *minutes};
  return text[0] == '-' ? -offset : offset;
}

// Takes `.123456` off the front of `text`; what is under a microsecond is dropped.
std::optional<std::chrono::microseconds> fraction(std::string_view& text) {
  if (text.empty() || (text[0] != '.' && text[0] != ',')) return std::chrono::microseconds{0};
  text.remove_prefix(1);
  std::int64_t micros = 0;
  std::int64_t unit = 100000;
  std::size_t digits = 0;
  for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
    micros += unit * (text[digits] - '0');
    unit /= 10;
  }
  if (digits == 0) return std::nullopt;
  text.remove_prefix(digits);
  return std::chrono::microseconds{micros};
}

}  // namespace

Result<Normalised> normalise(BytesView ber) {
  std::size_t used = 0;
  const Form form = scan(ber, 0, used);
  if (form == Form::AsItShould)
    return Normalised{.owned = {}, .bytes = ber.first(used), .used = used};
  if (form == Form::Broken) return Error{Code::Malformed, "ber_malformed"};
  Normalised out;
  out.used = rewriteElement(ber, out.owned, 0);
  if (out.used == 0) return Error{Code::Malformed, "ber_malformed"};
  out.bytes = out.owned;
  return out;
}

// Only indefinite elements are walked into, and counted instead of nested: no stack grows with the
// input.
std::optional<std::size_t> elementSize(BytesView ber) {
  std::size_t at = 0;
  std::size_t open = 0;
  do {
    const auto header = readHeader(ber.subspan(at));
    if (!header) return std::nullopt;
    const bool end_mark = open > 0 && isEndOfContents(ber.subspan(at));
    at += header->bytes + header->length;
    if (header->indefinite) ++open;
    if (end_mark) --open;
  } while (open > 0);
  return at;
}

std::optional<Instant> readTime(const der::Element& element) {
  if (element.tag != der::kUtcTime && element.tag != der::kGeneralizedTime) return std::nullopt;
  std::string_view text = asText(element.content);
  const std::size_t year_digits = element.tag == der::kUtcTime ? 2 : 4;
  auto year = number(text, 0, year_digits);
  const auto month = number(text, year_digits, 2);
  const auto day = number(text, year_digits + 2, 2);
  const auto hour = number(text, year_digits + 4, 2);
  const auto minute = number(text, year_digits + 6, 2);
  if (!year || !month || !day || !hour || !minute) return std::nullopt;
  text.remove_prefix(year_digits + 8);
  const auto second = number(text, 0, 2);
  if (second) text.remove_prefix(2);
  const auto part = fraction(text);
  const auto offset = zone(text);
  // RFC 5280 4.1.2.5.1: two digits from 50 on are the twentieth century.
  if (element.tag == der::kUtcTime) *year += *year >= 50 ? 1900 : 2000;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!part || !offset || !date.ok() || *hour > 23 || *minute > 59 || second.value_or(0) > 60)
    return std::nullopt;
  return Instant{std::chrono::sys_days{date}} + std::chrono::hours{*hour} +
         std::chrono::minutes{*minute} + std::chrono::seconds{second.value_or(0)} + *part - *offset;
}

Bytes setOf(std::vector<Bytes> elements, std::uint8_t tag) {
  std::ranges::sort(elements);
  Bytes content;
  for (const Bytes& element : elements) append(content, element);
  return der::element(tag, content);
}

Bytes timeWithMillis(Instant instant) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::milliseconds>(instant - day)};
  std::string text = fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}",
                                 static_cast<int>(date.year()),
                                 static_cast<unsigned>(date.month()),
                                 static_cast<unsigned>(date.day()),
                                 clock.hours().count(),
                                 clock.minutes().count(),
                                 clock.seconds().count());
  if (const auto millis = clock.subseconds().count(); millis != 0) {
    text += fmt::format(".{:03}", millis);
    while (text.back() == '0') text.pop_back();
  }
  return der::element(der::kGeneralizedTime, asBytes(text + "Z"));
}

}  // namespace congvan::timestamp
