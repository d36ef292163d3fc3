// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/crypto/secret.h"
#include "trust/crypto/software_key.h"

#include <memory>
#include <optional>
#include <string_view>

/// Keys that are kept: here under a wrap, or in a token that they never leave.
namespace congvan::crypto {

/// What leads to a key in a token. Whoever has the token and not this secret cannot use the key.
struct WayToKey {
  SecretBytes secret;
  Bytes spki;
};

/// A port: a device (PKCS#11) in which keys are made and stay. Safe from any thread.
class KeyToken {
 public:
  struct Made {
    WayToKey way;
    std::shared_ptr<const Signer> key;
  };

  virtual ~KeyToken() = default;

  /// False: this service has none.
  virtual bool isSet() const { return true; }
  /// `label` is what people see in the token's own list. RuleRefused `token_not_set`: this service
  /// has none; `key_kind_unsupported`. Unavailable `token_unavailable` and what else ails it.
  virtual Result<Made> make(KeyKind kind, std::string_view label) = 0;
  /// Asks the token nothing: when it is away, the signer says so. RuleRefused `token_not_set`;
  /// Malformed `key_malformed`.
  virtual Result<std::shared_ptr<const Signer>> open(const WayToKey& way) = 0;
};

/// Of a service without one.
class NoKeyToken final : public KeyToken {
 public:
  bool isSet() const override { return false; }
  Result<Made> make(KeyKind, std::string_view) override { return refusal(); }
  Result<std::shared_ptr<const Signer>> open(const WayToKey&) override { return refusal(); }

 private:
  static Error refusal() { return {Code::RuleRefused, "token_not_set"}; }
};

enum class KeyPlace { Software, Token };

struct FreshKey {
  std::shared_ptr<const Signer> key;
  SecretBytes kept;  ///< to be wrapped: PKCS#8, or the way to the key
};

/// A new key. Refusals of KeyToken::make.
Result<FreshKey> makeKey(KeyPlace place, KeyKind kind, KeyToken& token, std::string_view label);
/// The key that `FreshKey::kept` was of. Malformed `key_malformed`; refusals of KeyToken::open.
Result<std::shared_ptr<const Signer>> openKept(BytesView kept, KeyToken& token);
KeyPlace placeOf(BytesView kept);

}  // namespace congvan::crypto
