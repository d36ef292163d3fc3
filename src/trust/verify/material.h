// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "trust/validation/verdict.h"

/// Trust material as people have it: PEM bundles, single DER certificates, CRLs, OCSP answers, in
/// any mixture.
namespace congvan::verify {

/// Every certificate in `bytes`, PEM or DER. Malformed `anchor_malformed`: none, or a bad one.
Result<std::vector<pki::Certificate>> readCertificates(BytesView bytes);

/// An ETSI TS 119 612 trust list, by its root element; reading them is not built yet.
bool isTrustList(BytesView bytes);

/// Adds certificates, CRLs and OCSP answers found in `bytes`; what it is is told from the bytes.
/// Malformed `material_malformed`: nothing of these, or a bad one.
Result<> addMaterial(validation::Material& material, BytesView bytes);

}  // namespace congvan::verify
