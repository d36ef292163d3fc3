// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/authority/authority.h"
#include "office/signing/custody.h"

namespace congvan::signing {

/// Makes the caller's key and the certificate of an order, in one act of the person who chose the
/// PIN.
Result<authority::CertificateRecord> activate(const directory::Caller& caller,
                                              authority::Authority& authority,
                                              Custody& custody,
                                              const authority::Order& order,
                                              const crypto::SecretBytes& pin);

}  // namespace congvan::signing
