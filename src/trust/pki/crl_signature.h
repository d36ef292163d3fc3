// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pki/revocation.h"

namespace congvan::pki {

/// Was `crl` signed with this certificate's key, and may it? Says nothing of trust in `signer`.
bool isCrlSignedBy(const Crl& crl, const Certificate& signer);

}  // namespace congvan::pki
