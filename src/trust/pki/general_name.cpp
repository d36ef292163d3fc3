// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/general_name.h"

#include "base/text.h"
#include "trust/crypto/openssl.h"

#include <algorithm>

namespace congvan::pki {
namespace der = crypto::der;
namespace {

constexpr std::string_view kEmailAddress = "1.2.840.113549.1.9.1";

using StringHandle = std::unique_ptr<ASN1_STRING, crypto::Releaser<ASN1_STRING_free>>;

struct Attribute {
  std::string type;
  std::string value;  ///< UTF-8 when `is_text`
  bool is_text = false;
};

bool isStringTag(std::uint8_t tag) {
  switch (tag) {
    case V_ASN1_UTF8STRING:
    case V_ASN1_PRINTABLESTRING:
    case V_ASN1_T61STRING:
    case V_ASN1_IA5STRING:
    case V_ASN1_VISIBLESTRING:
    case V_ASN1_UNIVERSALSTRING:
    case V_ASN1_BMPSTRING:
      return true;
    default:
      return false;
  }
}

bool isOneByteString(std::uint8_t tag) {
  return tag == V_ASN1_PRINTABLESTRING || tag == V_ASN1_IA5STRING || tag == V_ASN1_VISIBLESTRING;
}

/// Text of a directory string in UTF-8; nullopt when its octets do not fit its type.
std::optional<std::string> directoryText(const der::Element& value) {
  const auto raw = asText(value.content);
  if (isOneByteString(value.tag) && isAscii(raw)) return std::string(raw);
  if (value.tag == V_ASN1_UTF8STRING && isUtf8(raw)) return std::string(raw);
  const auto text = crypto::need(StringHandle(ASN1_STRING_type_new(value.tag)), "ASN1_STRING_new");
  if (ASN1_STRING_set(text.get(), value.content.data(), static_cast<int>(value.content.size())) !=
      1) {
    crypto::throwFault("ASN1_STRING_set");
  }
  unsigned char* out = nullptr;
  const int size = ASN1_STRING_to_UTF8(&out, text.get());
  const crypto::MemoryHandle owned(out);
  crypto::drainErrors();
  if (size < 0) return std::nullopt;
  return std::string(asText(BytesView(out, static_cast<std::size_t>(size))));
}

std::string withoutSpareSpaces(std::string_view text) {
  std::string out;
  bool space = false;
  for (const char c : text) {
    if (c == ' ') {
      space = !out.empty();
      continue;
    }
    if (space) out.push_back(' ');
    space = false;
    out.push_back(c);
  }
  return out;
}

std::string comparable(const std::string& utf8) {
  if (isAscii(utf8)) return withoutSpareSpaces(lowerAscii(utf8));
  const auto composed = toNfc(utf8);
  return withoutSpareSpaces(lowerAscii(composed ? *composed : utf8));
}

Attribute readAttribute(der::Reader& reader) {
  auto pair = reader.sequence();
  const auto type = pair.expect(der::kOid);
  const auto value = pair.any();
  if (!pair.finish() || type.empty()) reader.fail();
  if (!reader.good()) return {};
  Attribute attribute{std::string(asText(type)), {}, false};
  const auto text = isStringTag(value.tag) ? directoryText(value) : std::nullopt;
  attribute.is_text = text.has_value();
  attribute.value = text ? *text : std::string(asText(value.whole));
  return attribute;
}

/// Lengths in front keep two different lists of attributes from looking the same.
std::string comparable(const Attribute& attribute) {
  const auto value = attribute.is_text ? comparable(attribute.value) : attribute.value;
  std::string out = attribute.is_text ? "t" : "b";
  out += std::to_string(attribute.type.size()) + ":" + attribute.type;
  out += std::to_string(value.size()) + ":" + value;
  return out;
}

struct RelativeName {
  std::string comparable_text;
  std::vector<std::string> emails;
};

RelativeName readAttributes(der::Reader& set) {
  static const std::string kEmailType = toText(BytesView(der::oid(kEmailAddress)).subspan(2));
  std::vector<std::string> parts;
  RelativeName found;
  while (!set.atEnd()) {
    const auto attribute = readAttribute(set);
    if (attribute.type == kEmailType) found.emails.push_back(attribute.value);
    parts.push_back(comparable(attribute));
  }
  if (parts.empty()) set.fail();
  std::sort(parts.begin(), parts.end());
  for (const auto& part : parts) found.comparable_text += part;
  return found;
}

bool isLabel(std::string_view label) {
  if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') {
    return false;
  }
  return std::all_of(label.begin(), label.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace

bool Name::isWithin(const Name& base) const {
  return base.rdns.size() <= rdns.size() &&
         std::equal(base.rdns.begin(), base.rdns.end(), rdns.begin());
}

std::string Name::key() const {
  std::string out;
  for (const auto& rdn : rdns) out += std::to_string(rdn.size()) + ":" + rdn;
  return out;
}

Name readName(der::Reader& reader) {
  Name name;
  auto rdns = reader.sequence();
  while (!rdns.atEnd()) {
    auto set = rdns.nested(der::kSet);
    auto one = readAttributes(set);
    if (!set.finish()) rdns.fail();
    name.rdns.push_back(std::move(one.comparable_text));
    for (auto& email : one.emails) name.emails.push_back(std::move(email));
  }
  if (!rdns.finish()) reader.fail();
  return reader.good() ? name : Name{};
}

std::optional<std::string> readRelativeName(BytesView content) {
  der::Reader set(content);
  const auto one = readAttributes(set);
  if (!set.finish()) return std::nullopt;
  return one.comparable_text;
}

GeneralName readGeneralName(der::Reader& reader) {
  const auto found = reader.any();
  const unsigned number = found.tag & 0x1FU;
  const bool constructed = (found.tag & 0x20U) != 0;
  const bool wants_constructed = number == 0 || (number >= 3 && number <= 5);
  if ((found.tag & 0xC0U) != 0x80U || number > 8 || constructed != wants_constructed) {
    reader.fail();
    return {};
  }
  GeneralName name{static_cast<GeneralNameKind>(number), std::string(asText(found.content))};
  if (name.kind == GeneralNameKind::Directory) {
    der::Reader inner(found.content);  // explicit, since Name is a CHOICE
    name.directory = readName(inner);
    name.value = name.directory.key();
    if (!inner.finish()) reader.fail();
  }
  const bool text = name.kind == GeneralNameKind::Email || name.kind == GeneralNameKind::Dns ||
                    name.kind == GeneralNameKind::Uri;
  if (text && !isAscii(name.value)) reader.fail();
  return name;
}

std::vector<GeneralName> readGeneralNames(der::Reader& reader) {
  std::vector<GeneralName> names;
  while (!reader.atEnd()) names.push_back(readGeneralName(reader));
  if (names.empty()) reader.fail();
  return names;
}

bool isAscii(std::string_view text) {
  return std::all_of(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string lowerAscii(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool isHostName(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  for (;;) {
    const auto dot = text.find('.');
    if (!isLabel(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool isHostNameOrWildcard(std::string_view text) {
  return isHostName(text.starts_with("*.") ? text.substr(2) : text);
}

}  // namespace congvan::pki
