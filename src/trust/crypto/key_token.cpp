// SPDX-License-Identifier: Apache-2.0
#include "trust/crypto/key_token.h"

#include <algorithm>

namespace congvan::crypto {
namespace {

// No PKCS#8 begins so: that is a SEQUENCE, 0x30.
constexpr std::string_view kWayMark = "congvan way to a key in a token\n";
constexpr std::size_t kWaySecretBytes = 32;

SecretBytes keptForm(const WayToKey& way) {
  SecretBytes kept(kWayMark.size() + way.secret.size() + way.spki.size());
  auto* at = std::ranges::copy(kWayMark, kept.data()).out;
  at = std::ranges::copy(way.secret.view(), at).out;
  std::ranges::copy(way.spki, at);
  return kept;
}

}  // namespace

KeyPlace placeOf(BytesView kept) {
  return asText(kept).starts_with(kWayMark) ? KeyPlace::Token : KeyPlace::Software;
}

Result<FreshKey> makeKey(KeyPlace place, KeyKind kind, KeyToken& token, std::string_view label) {
  if (place == KeyPlace::Software) {
    const auto key = std::make_shared<const SoftwareKey>(SoftwareKey::generate(kind));
    return FreshKey{key, key->pkcs8()};
  }
  auto made = token.make(kind, label);
  if (!made) return made.error();
  return FreshKey{std::move(made->key), keptForm(made->way)};
}

Result<std::shared_ptr<const Signer>> openKept(BytesView kept, KeyToken& token) {
  if (placeOf(kept) == KeyPlace::Token) {
    const auto way = kept.subspan(kWayMark.size());
    if (way.size() <= kWaySecretBytes) return Error{Code::Malformed, "key_malformed"};
    return token.open(
        {SecretBytes(way.first(kWaySecretBytes)), toBytes(way.subspan(kWaySecretBytes))});
  }
  auto key = SoftwareKey::fromPkcs8(kept);
  if (!key) return key.error();
  return std::shared_ptr<const Signer>(std::make_shared<const SoftwareKey>(std::move(*key)));
}

}  // namespace congvan::crypto
