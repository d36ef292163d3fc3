// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "trust/pki/build.h"

#include <string_view>

namespace congvan::pki {

/// One mailbox of plain ASCII, `van.a@tinh.gov.vn`: rfc822Name cannot hold more (RFC 5280 4.2.1.6).
bool isIssuableMailbox(std::string_view text);
/// A host name in the preferred syntax, at least two labels; a wildcard is refused.
bool isIssuableHost(std::string_view text);

/// Each is a host, a mailbox or host, a network with its length, as `NameLists` says.
bool areSubtrees(const NameLists& names);
/// DER NameConstraints; empty when the profile has none.
Bytes encodeNameConstraints(const Profile& profile);

/// DER GeneralNames of a request as its profile allows; empty when there is nothing to say.
/// Refusals: see `buildTbs`.
Result<Bytes> encodeAlternativeNames(const Profile& profile, const CertificateRequest& request);

}  // namespace congvan::pki
