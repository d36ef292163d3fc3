// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/audit/leaf_queue.h"
#include "office/audit/proven_leaf.h"
#include "office/authority/authority.h"

namespace congvan::authority {

struct IssuanceProof {
  CertificateRecord certificate;
  audit::ProvenLeaf intent;
  audit::ProvenLeaf issued;
};

/// What an auditor takes away about a certificate. Safe from any thread.
class IssuanceDesk {
 public:
  IssuanceDesk(work::Transactions& transactions,
               Authority& authority,
               audit::LeafQueue& leaves,
               const audit::LogFiles& log)
      : transactions_(transactions), authority_(authority), leaves_(leaves), log_(log) {}

  /// Where its intent and its issue stand in the issuance log; empty while a leaf is not published.
  /// Refusals of Authority::find.
  Result<IssuanceProof> proof(const directory::Caller& caller, CertificateId id);

 private:
  Result<audit::ProvenLeaf> proven(const std::optional<Uuid>& queued);

  work::Transactions& transactions_;
  Authority& authority_;
  audit::LeafQueue& leaves_;
  const audit::LogFiles& log_;
};

}  // namespace congvan::authority
