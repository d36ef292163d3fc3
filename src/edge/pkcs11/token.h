// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "edge/pkcs11/signer_process.h"
#include "trust/crypto/key_token.h"

namespace congvan::pkcs11 {

/// The keys of a token behind a signer process. Safe from any thread.
class Token final : public crypto::KeyToken {
 public:
  Token(SignerProcess& process, Random& random) : process_(process), random_(random) {}

  /// Signs once with the new key before it is handed out, and checks that: what a module cannot do
  /// is better known before there is a certificate. Whatever the token or its process refuses with
  /// is Unavailable `token_unavailable`, here and when a key signs, with the reason in the detail.
  Result<Made> make(crypto::KeyKind kind, std::string_view label) override;
  Result<std::shared_ptr<const crypto::Signer>> open(const crypto::WayToKey& way) override;
  /// With another scheme or digest than is usual for the key. RuleRefused `scheme_not_for_key`.
  Result<std::shared_ptr<const crypto::Signer>> open(const crypto::WayToKey& way,
                                                     const crypto::SignatureAlgorithm& algorithm);

  /// Why its keys cannot be used now, if so, as SignerProcess::ask and the token say it.
  Result<> health();

 private:
  SignerProcess& process_;
  Random& random_;
};

}  // namespace congvan::pkcs11
