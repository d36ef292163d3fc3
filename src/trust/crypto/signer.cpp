// SPDX-License-Identifier: Apache-2.0
#include "trust/crypto/signer.h"

namespace congvan::crypto {

Result<Bytes> signMessage(const Signer& signer, BytesView message) {
  return signer.signDigest(digest(signer.algorithm().digest, message));
}

}  // namespace congvan::crypto
