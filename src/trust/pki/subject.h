// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace congvan::pki {

/// One attribute of a distinguished name: `{"CN", "Nguyễn Văn An"}`.
struct SubjectAttribute {
  std::string name;  ///< the short name of `AttributeKind`
  std::string value;
  bool operator==(const SubjectAttribute&) const = default;
};

/// The attribute types that certificates of this service may carry.
struct AttributeKind {
  std::string_view name;
  std::string_view oid;
  bool printable_only;         ///< PrintableString by its definition, UTF8String otherwise
  std::size_t characters_max;  ///< upper bound of RFC 5280 appendix A.1 or of X.520
};

/// nullptr: not one of ours.
const AttributeKind* attributeKind(std::string_view name);
const AttributeKind* attributeKindByOid(std::string_view oid);

bool isPrintableString(std::string_view text);

/// DER Name with one attribute a relative name, in the order given. The names must be known.
Bytes encodeName(std::span<const SubjectAttribute> attributes);

}  // namespace congvan::pki
