// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/validation/case.h"
#include "trust/validation/paths.h"

/// Did the key of the certificate that the signer meant make this value? Asked once a signature.
namespace congvan::validation {

/// Identifies the signing certificate (EN 319 102-1, 5.2.3) and checks the value (5.2.7).
SignerFacts judgeSigner(const evidence::SignerBlock& signer, const Paths& paths);

}  // namespace congvan::validation
