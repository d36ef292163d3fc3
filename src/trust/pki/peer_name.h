// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pki/certificate_facts.h"
#include "trust/pki/path.h"

namespace congvan::pki {

/// Is the certificate made out to this name? Only subjectAltName counts (RFC 6125 6.4, RFC 9525):
/// a wildcard stands for exactly one whole first label, and never for one directly below the root
/// or a top-level domain.
bool matchesPeer(const CertificateFacts& facts, const PeerName& peer);

}  // namespace congvan::pki
