// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/authority/request_types.h"
#include "office/work/transactions.h"

#include <vector>

namespace congvan::authority {

/// What a reader may see: everything, or the requests of these managing bodies and their own.
struct RequestReach {
  bool all = false;
  std::vector<directory::AgencyId> agencies;
  Uuid self{};
};

struct RequestFilter {
  std::optional<RequestState> state;
  std::optional<CertificateKind> kind;
  std::optional<directory::AgencyId> agency;
  std::optional<RequestId> after;  ///< last of the page before
  int limit = 50;
};

/// A port; the same refusals as DirectoryStore.
class RequestStore {
 public:
  virtual ~RequestStore() = default;

  virtual Result<> add(work::Tx& tx, const RequestRecord& request) = 0;
  virtual Result<> replace(work::Tx& tx,
                           const RequestRecord& request) = 0;  ///< Stale `version_stale`
  virtual Result<RequestRecord> find(work::Tx& tx,
                                     RequestId id) = 0;  ///< NotFound `request_missing`
  /// The one that this certificate was made by, if any.
  virtual Result<std::optional<RequestRecord>> ofCertificate(work::Tx& tx, CertificateId id) = 0;
  /// Those that a certificate is to be, or was, followed or ended by.
  virtual Result<std::vector<RequestRecord>> following(work::Tx& tx, CertificateId id) = 0;
  /// Newest first.
  virtual Result<std::vector<RequestRecord>> list(work::Tx& tx,
                                                  const RequestReach& reach,
                                                  const RequestFilter& filter) = 0;

  /// A person's numbers, sealed; what stood there before is gone.
  virtual Result<> keepNumbers(work::Tx& tx, const Uuid& person, BytesView sealed) = 0;
  virtual Result<Bytes> numbers(work::Tx& tx,
                                const Uuid& person) = 0;  ///< NotFound `personal_numbers_missing`
};

}  // namespace congvan::authority
