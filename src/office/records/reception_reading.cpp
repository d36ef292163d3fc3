// SPDX-License-Identifier: Apache-2.0
#include "office/records/reception.h"

#include <algorithm>
#include <array>

namespace congvan::records {

using directory::Caller;
using directory::Role;
using exchange::DeliveryState;

bool mayReadArrivals(const Caller& caller, const directory::Lineage& recipient) {
  return std::ranges::any_of(std::array{Role::Clerk, Role::Leader, Role::Auditor},
                             [&](Role role) { return directory::holds(caller, role, recipient); });
}

Result<Incoming> Reception::readable(work::Tx& tx, const Caller& caller, IncomingId id) {
  auto incoming = parts_.records.findIncoming(tx, id);
  if (!incoming) return incoming;
  const auto lineage = directory::lineageOf(tx, parts_.directory, incoming->agency);
  if (!lineage) return lineage.error();
  if (mayReadArrivals(caller, *lineage)) return incoming;
  const auto assignments = parts_.records.assignments(tx, id);
  if (!assignments) return assignments.error();
  const bool leads = std::ranges::any_of(
      *assignments, [&](const Assignment& one) { return one.lead == caller.post; });
  if (leads) return incoming;
  // The answer an unknown id gets: that something arrived is nobody else's business.
  return Error{Code::NotFound, "incoming_missing"};
}

Result<Incoming> Reception::find(const Caller& caller, IncomingId id) {
  return parts_.transactions.read<Incoming>([&](work::Tx& tx) { return readable(tx, caller, id); });
}

Result<std::vector<Incoming>> Reception::list(const Caller& caller,
                                              std::optional<DeliveryState> state,
                                              const Page<IncomingId>& page) {
  const auto agencies = directory::agenciesWith(caller, {Role::Clerk, Role::Leader});
  if (agencies.empty()) return Error{Code::Forbidden, "role_missing", {{"role", "clerk"}}};
  return parts_.transactions.read<std::vector<Incoming>>([&](work::Tx& tx) {
    return parts_.records.incoming(tx, {agencies, state}, page);
  });
}

Result<std::vector<Verdict>> Reception::verdicts(const Caller& caller, IncomingId id) {
  return parts_.transactions.read<std::vector<Verdict>>(
      [&](work::Tx& tx) -> Result<std::vector<Verdict>> {
        const auto incoming = readable(tx, caller, id);
        if (!incoming) return incoming.error();
        return parts_.records.verdicts(tx, id);
      });
}

Result<std::vector<Assignment>> Reception::assignments(const Caller& caller, IncomingId id) {
  return parts_.transactions.read<std::vector<Assignment>>(
      [&](work::Tx& tx) -> Result<std::vector<Assignment>> {
        const auto incoming = readable(tx, caller, id);
        if (!incoming) return incoming.error();
        return parts_.records.assignments(tx, id);
      });
}

Result<std::vector<Assignment>> Reception::myAssignments(const Caller& caller,
                                                         const Page<AssignmentId>& page) {
  return parts_.transactions.read<std::vector<Assignment>>(
      [&](work::Tx& tx) { return parts_.records.assignmentsOfPost(tx, caller.post, page); });
}

}  // namespace congvan::records
