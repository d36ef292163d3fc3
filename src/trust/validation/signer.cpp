// SPDX-License-Identifier: Apache-2.0
#include "trust/validation/signer.h"

#include <algorithm>

namespace congvan::validation {
namespace {

using crypto::SignatureCheck;

void identify(const evidence::SignerBlock& signer, const Paths& paths, SignerFacts& facts) {
  facts.certificate = signer.certificate;
  if (!facts.certificate) facts.certificate = paths.find(signer.identifier);
  if (signer.references.empty()) {
    facts.binding = facts.certificate ? Binding::NoReference : Binding::NotFound;
    return;
  }
  const auto& reference = signer.references.front();
  if (!facts.certificate) facts.certificate = paths.find(reference);
  if (!facts.certificate) return;
  facts.binding = reference.means(*facts.certificate) ? Binding::Bound : Binding::ReferenceMismatch;
}

std::optional<SignatureCheck> checkValue(const evidence::SignerBlock& signer,
                                         const std::optional<pki::Certificate>& certificate) {
  if (!certificate) return std::nullopt;
  if (!signer.algorithm) return SignatureCheck::Unsupported;
  const auto key = certificate->publicKey();
  if (!signer.signed_bytes.empty()) {
    return crypto::checkSignature(key, *signer.algorithm, signer.signed_bytes, signer.value);
  }
  if (!signer.signed_digest.empty()) {
    return crypto::checkDigestSignature(key, *signer.algorithm, signer.signed_digest, signer.value);
  }
  return std::nullopt;
}

std::optional<bool> intactness(const evidence::SignerBlock& signer,
                               std::optional<SignatureCheck> value) {
  const auto is_wrong = [](const evidence::DigestCheck& digest) {
    return !digest.computed.empty() && digest.computed != digest.claimed;
  };
  if (std::ranges::any_of(signer.digests, is_wrong)) return false;
  if (value == SignatureCheck::Bad) return false;
  const bool all_match =
      std::ranges::all_of(signer.digests, [](const auto& digest) { return digest.matches(); });
  if (value == SignatureCheck::Good && all_match) return true;
  return std::nullopt;
}

}  // namespace

SignerFacts judgeSigner(const evidence::SignerBlock& signer, const Paths& paths) {
  SignerFacts facts;
  identify(signer, paths, facts);
  facts.value = checkValue(signer, facts.certificate);
  facts.intact = intactness(signer, facts.value);
  return facts;
}

}  // namespace congvan::validation
