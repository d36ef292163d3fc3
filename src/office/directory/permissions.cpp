// SPDX-License-Identifier: Apache-2.0
#include "office/directory/permissions.h"

#include <algorithm>

namespace congvan::directory {
namespace {

constexpr std::size_t kDeepest = 16;  // a loop in the data must not hang the service

bool isOversight(Role role) {
  return role == Role::CertificateOfficer || role == Role::Auditor || role == Role::Administrator;
}

bool covers(const Grant& grant, const Lineage& lineage) {
  for (const auto& link : lineage.links) {
    if (link.agency == grant.over) return true;
    if (!isOversight(grant.role) && link.kind != AgencyKind::Unit) return false;
  }
  return false;
}

}  // namespace

Lineages::Lineages(const std::vector<Agency>& all) {
  for (const auto& agency : all) nodes_.emplace(agency.id, Node{agency.kind, agency.parent});
}

Lineage Lineages::of(AgencyId agency) const {
  Lineage lineage;
  for (std::optional<AgencyId> next = agency; next && lineage.links.size() < kDeepest;) {
    const auto found = nodes_.find(*next);
    if (found == nodes_.end()) break;
    lineage.links.push_back({*next, found->second.kind});
    next = found->second.parent;
  }
  return lineage;
}

Result<Lineage> lineageOf(work::Tx& tx, DirectoryStore& store, AgencyId agency) {
  Lineage lineage;
  for (std::optional<AgencyId> next = agency; next && lineage.links.size() < kDeepest;) {
    const auto found = store.findAgency(tx, *next);
    if (!found) return found.error();
    lineage.links.push_back({found->id, found->kind});
    next = found->parent;
  }
  return lineage;
}

bool holds(const std::vector<Grant>& grants, Role role, const Lineage& lineage) {
  return std::ranges::any_of(
      grants, [&](const Grant& grant) { return grant.role == role && covers(grant, lineage); });
}

Result<> require(const Caller& caller, Role role, const Lineage& lineage) {
  if (holds(caller, role, lineage)) return kDone;
  return Error{Code::Forbidden, "role_missing", {{"role", std::string(name(role))}}};
}

Result<bool> personHolds(work::Tx& tx,
                         DirectoryStore& store,
                         PersonId person,
                         Role role,
                         const Lineage& lineage,
                         Date today) {
  const auto posts = store.postsOfPerson(tx, person);
  if (!posts) return posts.error();
  return std::ranges::any_of(*posts, [&](const Post& post) {
    return inForce(post, today) && holds(Caller{.grants = post.grants}, role, lineage);
  });
}

std::vector<AgencyId> agenciesWith(const Caller& caller, const std::vector<Role>& roles) {
  std::vector<AgencyId> agencies;
  for (const auto& grant : caller.grants) {
    const bool wanted = std::ranges::find(roles, grant.role) != roles.end();
    const bool is_new = std::ranges::find(agencies, grant.over) == agencies.end();
    if (wanted && is_new) agencies.push_back(grant.over);
  }
  return agencies;
}

std::optional<AgencyId> legalPersonOf(const Lineage& lineage) {
  const auto found = std::ranges::find_if(
      lineage.links, [](const Lineage::Link& link) { return link.kind != AgencyKind::Unit; });
  if (found == lineage.links.end()) return std::nullopt;
  return found->agency;
}

bool belongsTo(const Caller& caller, AgencyId agency) {
  return std::ranges::find(caller.ancestry, agency) != caller.ancestry.end();
}

}  // namespace congvan::directory
