// SPDX-License-Identifier: Apache-2.0
#include "office/signing/activation.h"

namespace congvan::signing {

Result<authority::CertificateRecord> activate(const directory::Caller& caller,
                                              authority::Authority& authority,
                                              Custody& custody,
                                              const authority::Order& order,
                                              const crypto::SecretBytes& pin) {
  const auto place = authority.keyPlace(order);
  if (!place) return place.error();
  if (*place == crypto::KeyPlace::Token) {
    // What is refused all the same is to leave no key there, which nobody would take out again.
    auto allowed = authority.mayFulfil(caller, order.id);
    if (!allowed) return allowed.error();
    if (*allowed) return std::move(**allowed);
  }
  const auto key =
      custody.make({order.holder.person, order.holder.agency}, caller.person.value, pin, *place);
  if (!key) return key.error();
  return authority.fulfil(
      caller, order.id, key->spki(), [&](work::Tx& tx, authority::CertificateId certificate) {
        return custody.add(tx, *key, certificate.value, caller);
      });
}

}  // namespace congvan::signing
