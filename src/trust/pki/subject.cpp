// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/subject.h"

#include "trust/crypto/der.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace congvan::pki {
namespace {

constexpr std::array kAttributeKinds{
    AttributeKind{"C", "2.5.4.6", true, 2},
    AttributeKind{"ST", "2.5.4.8", false, 128},
    AttributeKind{"L", "2.5.4.7", false, 128},
    AttributeKind{"O", "2.5.4.10", false, 64},
    AttributeKind{"OU", "2.5.4.11", false, 64},
    AttributeKind{"organizationIdentifier", "2.5.4.97", false, 64},
    AttributeKind{"CN", "2.5.4.3", false, 64},
    AttributeKind{"title", "2.5.4.12", false, 64},
    AttributeKind{"SN", "2.5.4.4", false, 64},
    AttributeKind{"GN", "2.5.4.42", false, 64},
    AttributeKind{"serialNumber", "2.5.4.5", true, 64},
    AttributeKind{"UID", "0.9.2342.19200300.100.1.1", false, 256},
};

}  // namespace

const AttributeKind* attributeKind(std::string_view name) {
  const auto* found = std::ranges::find(kAttributeKinds, name, &AttributeKind::name);
  return found == kAttributeKinds.end() ? nullptr : found;
}

const AttributeKind* attributeKindByOid(std::string_view oid) {
  const auto* found = std::ranges::find(kAttributeKinds, oid, &AttributeKind::oid);
  return found == kAttributeKinds.end() ? nullptr : found;
}

bool isPrintableString(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view(" '()+,-./:=?").find(c) != std::string_view::npos;
  });
}

Bytes encodeName(std::span<const SubjectAttribute> attributes) {
  namespace der = crypto::der;
  Bytes names;
  for (const auto& [name, value] : attributes) {
    const auto* kind = attributeKind(name);
    if (kind == nullptr) throw std::invalid_argument("unknown subject attribute " + name);
    const auto tag = kind->printable_only ? der::kPrintableString : der::kUtf8String;
    const auto pair = der::sequence({der::oid(kind->oid), der::element(tag, asBytes(value))});
    append(names, der::element(der::kSet, pair));
  }
  return der::element(der::kSequence, names);
}

}  // namespace congvan::pki
