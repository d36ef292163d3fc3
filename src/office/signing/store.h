// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/signing/types.h"
#include "office/work/transactions.h"

#include <vector>

namespace congvan::signing {

/// A port; the same refusals as DirectoryStore.
class KeyStore {
 public:
  virtual ~KeyStore() = default;
  virtual Result<> addKey(work::Tx& tx, const KeptKey& key) = 0;
  virtual Result<> addAccess(work::Tx& tx,
                             const KeyAccess& access) = 0;  ///< Conflict `access_taken`
  virtual Result<> replaceAccess(work::Tx& tx,
                                 const KeyAccess& access) = 0;  ///< Stale `version_stale`
  virtual Result<> removeAccess(work::Tx& tx, KeyId key, const Uuid& person) = 0;
  virtual Result<KeptKey> findKey(work::Tx& tx, KeyId id) = 0;  ///< NotFound `key_missing`
  /// All keys of an agency's seals.
  virtual Result<std::vector<KeptKey>> keysOfAgency(work::Tx& tx, const Uuid& agency) = 0;
  virtual Result<KeptKey> findKeyOfCertificate(work::Tx& tx, const Uuid& certificate) = 0;
  /// In order of persons.
  virtual Result<std::vector<KeyAccess>> accesses(work::Tx& tx, KeyId key) = 0;
  virtual Result<KeyAccess> findAccess(work::Tx& tx,
                                       KeyId key,
                                       const Uuid& person) = 0;  ///< NotFound `key_access_missing`
};

}  // namespace congvan::signing
