// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/authority/register_types.h"
#include "office/work/transactions.h"

#include <vector>

namespace congvan::authority {

/// What may be looked at: everything, or what these managing bodies asked for or hold.
struct RegisterReach {
  bool all = false;
  std::vector<directory::AgencyId> agencies;
};

/// Facts that do not change once a certificate is made; how it stands is told by the events.
struct RegisterQuery {
  RegisterReach reach;
  std::optional<CertificateKind> kind;
  std::optional<directory::AgencyId> agency;
  std::optional<Uuid> holder;
  std::optional<Instant> ends_from;
  std::optional<Instant> ends_before;
  Instant created_before{};
};

/// A port: what the register reads beside the other stores.
class RegisterStore {
 public:
  virtual ~RegisterStore() = default;

  /// Newest first, those before `before`.
  virtual Result<std::vector<CertificateRecord>> newestFirst(work::Tx& tx,
                                                             const RegisterQuery& query,
                                                             std::optional<CertificateId> before,
                                                             int limit) = 0;
  /// Oldest first, those after `after`.
  virtual Result<std::vector<CertificateRecord>> oldestFirst(work::Tx& tx,
                                                             const RegisterQuery& query,
                                                             std::optional<CertificateId> after,
                                                             int limit) = 0;
  /// Every request that made, or ended, one of these; oldest first.
  virtual Result<std::vector<RequestRecord>> requestsAbout(
      work::Tx& tx, const std::vector<CertificateId>& certificates) = 0;
  /// Those that a later certificate followed.
  virtual Result<std::vector<CertificateId>> followed(
      work::Tx& tx, const std::vector<CertificateId>& certificates) = 0;

  /// Those with a seal's certificate in force.
  virtual Result<std::vector<directory::AgencyId>> agenciesWithSeal(work::Tx& tx, Instant now) = 0;
  /// Posts in force today with a holder who has no certificate in force, by id.
  virtual Result<std::vector<UncoveredPost>> postsWithoutCertificate(
      work::Tx& tx,
      const RegisterReach& reach,
      Instant now,
      std::optional<directory::PostId> after,
      int limit) = 0;
};

}  // namespace congvan::authority
