// SPDX-License-Identifier: Apache-2.0
#include "office/signing/activation.h"

namespace congvan::signing {

Result<authority::CertificateRecord> activate(const directory::Caller& caller,
                                              authority::Authority& authority,
                                              Custody& custody,
                                              const authority::Order& order,
                                              const crypto::SecretBytes& pin) {
  const auto key =
      custody.make({order.holder.person, order.holder.agency}, caller.person.value, pin);
  if (!key) return key.error();
  return authority.fulfil(
      caller, order.id, key->spki(), [&](work::Tx& tx, authority::CertificateId certificate) {
        return custody.add(tx, *key, certificate.value, caller);
      });
}

}  // namespace congvan::signing
