// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pki/revocation.h"

#include <vector>

namespace congvan::signing {

/// A port: revocation lists of issuers that are not ours, fetched beforehand so that nobody waits
/// for the network while a file is judged. Safe from any thread.
class ForeignLists {
 public:
  virtual ~ForeignLists() = default;
  /// The newest of each that is known.
  virtual std::vector<pki::Crl> current() const = 0;
};

}  // namespace congvan::signing
