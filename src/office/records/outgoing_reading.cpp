// SPDX-License-Identifier: Apache-2.0
#include "office/records/outgoing.h"
#include "office/records/outgoing_internal.h"

#include <algorithm>

namespace congvan::records {

Result<Document> Outgoing::readable(work::Tx& tx, const Caller& caller, DocumentId id) {
  auto document = parts_.records.findDocument(tx, id);
  if (!document) return document;
  const bool on_route = std::ranges::any_of(
      document->steps, [&](const Step& step) { return step.post == caller.post; });
  if (document->drafter == caller.person || on_route) return document;

  const auto issuing = directory::lineageOf(tx, parts_.directory, document->agency);
  if (!issuing) return issuing.error();
  const auto drafting = directory::lineageOf(tx, parts_.directory, document->drafted_in);
  if (!drafting) return drafting.error();
  for (const auto role : {Role::Clerk, Role::Leader, Role::FormChecker, Role::Auditor}) {
    if (directory::holds(caller, role, *issuing)) return document;
  }
  if (directory::holds(caller, Role::UnitHead, *drafting)) return document;
  // The answer an unknown id gets: that there is such a document is nobody else's business.
  return Error{Code::NotFound, "document_missing"};
}

Result<Document> Outgoing::find(const Caller& caller, DocumentId id) {
  return parts_.transactions.read<Document>([&](work::Tx& tx) { return readable(tx, caller, id); });
}

Result<std::vector<DocumentFile>> Outgoing::files(const Caller& caller, DocumentId id) {
  return parts_.transactions.read<std::vector<DocumentFile>>(
      [&](work::Tx& tx) -> Result<std::vector<DocumentFile>> {
        const auto document = readable(tx, caller, id);
        if (!document) return document.error();
        return parts_.records.files(tx, id);
      });
}

Result<std::vector<exchange::Delivery>> Outgoing::deliveries(const Caller& caller, DocumentId id) {
  return parts_.transactions.read<std::vector<exchange::Delivery>>(
      [&](work::Tx& tx) -> Result<std::vector<exchange::Delivery>> {
        const auto document = readable(tx, caller, id);
        if (!document) return document.error();
        return parts_.deliveries.ofDocument(tx, id.value);
      });
}

Result<std::vector<Document>> Outgoing::list(const Caller& caller,
                                             Box box,
                                             const Page<DocumentId>& page) {
  return parts_.transactions.read<std::vector<Document>>(
      [&](work::Tx& tx) -> Result<std::vector<Document>> {
        DocumentFilter filter;
        if (box == Box::Mine) filter.drafter = caller.person;
        if (box == Box::ToSign) filter.waiting_for = caller.post;
        if (box == Box::ToIssue || box == Box::OfAgency) {
          // The agencies one clerks (or leads) for are those the grants name, not where the post
          // sits.
          std::vector<Role> roles{Role::Clerk};
          if (box == Box::OfAgency) roles.push_back(Role::Leader);
          filter.agencies = directory::agenciesWith(caller, roles);
          if (filter.agencies.empty()) {
            return Error{Code::Forbidden, "role_missing", {{"role", "clerk"}}};
          }
          if (box == Box::ToIssue) filter.states = {DocumentState::Signed, DocumentState::Issuing};
        }
        return parts_.records.documents(tx, filter, page);
      });
}

}  // namespace congvan::records
