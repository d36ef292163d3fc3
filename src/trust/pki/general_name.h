// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "trust/crypto/der.h"

#include <optional>
#include <string>
#include <vector>

/// Names of certificates and CRLs, made comparable (RFC 5280 section 7).
namespace congvan::pki {

/// A distinguished name. Two names are the same when their attributes are, whatever string type
/// carries them: compared in NFC, ASCII letters without case, runs of spaces as one.
struct Name {
  std::vector<std::string> rdns;    ///< one comparable text each; not for people
  std::vector<std::string> emails;  ///< values of emailAddress attributes, as they stand

  bool empty() const { return rdns.empty(); }
  bool operator==(const Name& other) const { return rdns == other.rdns; }
  /// True when `base` is this name or stands above it in the tree.
  bool isWithin(const Name& base) const;
  /// One text that is equal for equal names.
  std::string key() const;
};

/// Reads a Name with its tag and length; fails `reader` when it is not one.
Name readName(crypto::der::Reader& reader);
/// The comparable text of the content of one RelativeDistinguishedName, whose tag may be implicit.
std::optional<std::string> readRelativeName(BytesView content);

enum class GeneralNameKind {
  Other = 0,
  Email,
  Dns,
  X400,
  Directory,
  EdiParty,
  Uri,
  Ip,
  RegisteredId
};

struct GeneralName {
  GeneralNameKind kind = GeneralNameKind::Other;
  std::string value;  ///< content octets; for Directory the key of `directory`
  Name directory = {};

  bool operator==(const GeneralName& other) const {
    return kind == other.kind && value == other.value;
  }
};

/// Reads one GeneralName; fails `reader` when it is not one.
GeneralName readGeneralName(crypto::der::Reader& reader);
/// Reads GeneralNames up to the end of `reader`; an empty list is a failure (SIZE 1..MAX).
std::vector<GeneralName> readGeneralNames(crypto::der::Reader& reader);

bool isAscii(std::string_view text);
std::string lowerAscii(std::string_view text);
/// A host name of letters, digits and hyphens (RFC 1034 3.5, as RFC 5280 4.2.1.6 wants it).
bool isHostName(std::string_view text);
/// The same, with `*` allowed as the whole first label.
bool isHostNameOrWildcard(std::string_view text);

}  // namespace congvan::pki
