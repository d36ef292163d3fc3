// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/authority/register_store.h"

namespace congvan::storage {

/// The port `authority::RegisterStore` over SQL. Pages have at most 200.
class SqlRegisterStore final : public authority::RegisterStore {
 public:
  Result<std::vector<authority::CertificateRecord>> newestFirst(
      work::Tx& tx,
      const authority::RegisterQuery& query,
      std::optional<authority::CertificateId> before,
      int limit) override;
  Result<std::vector<authority::CertificateRecord>> oldestFirst(
      work::Tx& tx,
      const authority::RegisterQuery& query,
      std::optional<authority::CertificateId> after,
      int limit) override;
  Result<std::vector<authority::RequestRecord>> requestsAbout(
      work::Tx& tx, const std::vector<authority::CertificateId>& certificates) override;
  Result<std::vector<authority::CertificateId>> followed(
      work::Tx& tx, const std::vector<authority::CertificateId>& certificates) override;
  Result<std::vector<directory::AgencyId>> agenciesWithSeal(work::Tx& tx, Instant now) override;
  Result<std::vector<authority::UncoveredPost>> postsWithoutCertificate(
      work::Tx& tx,
      const authority::RegisterReach& reach,
      Instant now,
      std::optional<directory::PostId> after,
      int limit) override;
};

}  // namespace congvan::storage
