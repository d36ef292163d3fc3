// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/directory/store.h"

#include <map>
#include <vector>

/// Who may act for which agency. Every use case asks here; HTTP and pages never decide. Deny by
/// default.
namespace congvan::directory {

/// An agency and everything above it, nearest first.
struct Lineage {
  struct Link {
    AgencyId agency;
    AgencyKind kind;
  };
  std::vector<Link> links;
};

/// NotFound `agency_missing`.
Result<Lineage> lineageOf(work::Tx& tx, DirectoryStore& store, AgencyId agency);

/// The lineages of many agencies, out of all of them: no query for each.
class Lineages {
 public:
  explicit Lineages(const std::vector<Agency>& all);
  /// Empty: no such agency.
  Lineage of(AgencyId agency) const;

 private:
  struct Node {
    AgencyKind kind;
    std::optional<AgencyId> parent;
  };
  std::map<AgencyId, Node> nodes_;
};

/// Do `grants` give `role` over the agency at the start of `lineage`?
///
/// Offices' own work (drafting, checking, signing, clerking) reaches from the granted agency down
/// through its units only: a clerk of the province has no business in a commune's register, which
/// is another legal person's. Oversight (certificates, audit, administration) reaches everything
/// below.
bool holds(const std::vector<Grant>& grants, Role role, const Lineage& lineage);
inline bool holds(const Caller& caller, Role role, const Lineage& lineage) {
  return holds(caller.grants, role, lineage);
}

/// Done, or Forbidden `role_missing` naming the role.
Result<> require(const Caller& caller, Role role, const Lineage& lineage);

/// Does the person hold `role` over the agency at the start of `lineage` in any post in force
/// today? For people who are named, not asking.
Result<bool> personHolds(work::Tx& tx,
                         DirectoryStore& store,
                         PersonId person,
                         Role role,
                         const Lineage& lineage,
                         Date today);

/// The agencies that the caller holds one of `roles` over, each once.
std::vector<AgencyId> agenciesWith(const Caller& caller, const std::vector<Role>& roles);

/// The legal person an agency or unit belongs to: itself, or the nearest above that is no unit.
/// nullopt: units only.
std::optional<AgencyId> legalPersonOf(const Lineage& lineage);

/// Is it in force now, on the day `today`?
inline bool inForce(const Agency& agency, Date today) {
  return agency.valid_from <= today && (!agency.valid_to || today <= *agency.valid_to);
}
inline bool inForce(const Post& post, Date today) {
  return !post.ended && post.valid_from <= today && (!post.valid_to || today <= *post.valid_to);
}

/// Does the caller belong to this agency or one of its units, in any role?
bool belongsTo(const Caller& caller, AgencyId agency);

}  // namespace congvan::directory
