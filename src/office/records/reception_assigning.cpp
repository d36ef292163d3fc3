// SPDX-License-Identifier: Apache-2.0
#include "office/records/reception.h"
#include "office/records/text_limits.h"

#include <algorithm>

/// Reception, second half: what leaders and assignees do with what was registered.
namespace congvan::records {

using directory::Caller;
using directory::Role;
using exchange::DeliveryState;

/// The lead works for the receiving agency itself: a department under the province is another
/// legal person, with a register of its own.
Result<> Reception::checkLead(work::Tx& tx, const Incoming& incoming, PostId lead) {
  const Error wrong{Code::RuleRefused, "assignee_wrong"};
  const auto post = parts_.directory.findPost(tx, lead);
  if (!post) return post.error().code == Code::NotFound ? wrong : post.error();
  const auto lineage = directory::lineageOf(tx, parts_.directory, post->agency);
  if (!lineage) return lineage.error();
  const bool held = post->holder && directory::inForce(*post, vietnamDate(parts_.clock.now()));
  if (!held || directory::legalPersonOf(*lineage) != incoming.agency) return wrong;
  return kDone;
}

Result<Assignment> Reception::assign(const Caller& caller,
                                     IncomingId id,
                                     std::int64_t version,
                                     const NewAssignment& wanted) {
  const auto opinion = textWithin(wanted.opinion, kOpinionLongest);
  if (!opinion) return Error{Code::RuleRefused, "opinion_missing"};
  const auto now = parts_.clock.now();
  if (wanted.deadline && *wanted.deadline < vietnamDate(now)) {
    return Error{Code::RuleRefused, "deadline_past"};
  }
  Assignment assignment{.id = ids_.make<AssignmentTag>(),
                        .incoming = id,
                        .by = caller.person,
                        .by_post = caller.post,
                        .lead = wanted.lead,
                        .opinion = *opinion,
                        .deadline = wanted.deadline,
                        .created = now,
                        .changed = now};
  return parts_.transactions.run<Assignment>([&](work::Tx& tx) -> Result<Assignment> {
    const auto before = parts_.once.before(tx, caller.once);
    if (!before) return before.error();
    if (*before) return parts_.records.findAssignment(tx, AssignmentId{*Uuid::parse(**before)});
    auto incoming = changeable(tx, caller, {id, version, Role::Leader});
    if (!incoming) return incoming.error();
    const auto fit = checkLead(tx, *incoming, wanted.lead);
    if (!fit) return fit.error();
    const auto added = parts_.records.addAssignment(tx, assignment);
    if (!added) return added.error();
    audit::Details details;
    details.say("assignment", assignment.id)
        .say("lead", assignment.lead)
        .say("opinion", assignment.opinion);
    if (assignment.deadline) details.say("deadline", formatDate(*assignment.deadline));
    const auto moved = move(tx,
                            caller,
                            *incoming,
                            DeliveryState::Assigned,
                            audit::EventKind::DeliveryAssigned,
                            details);
    if (!moved) return moved.error();
    const auto kept = parts_.once.after(tx, caller.once, assignment.id.text());
    if (!kept) return kept.error();
    return parts_.records.findAssignment(tx, assignment.id);
  });
}

Result<Assignment> Reception::progress(const Caller& caller,
                                       AssignmentId id,
                                       std::int64_t version,
                                       AssignmentState state,
                                       std::string_view result) {
  return parts_.transactions.run<Assignment>([&](work::Tx& tx) -> Result<Assignment> {
    const auto before = parts_.once.before(tx, caller.once);
    if (!before) return before.error();
    auto assignment = parts_.records.findAssignment(tx, id);
    if (!assignment) return assignment;
    if (assignment->lead != caller.post) {
      const auto incoming = readable(tx, caller, assignment->incoming);
      if (incoming) return Error{Code::Forbidden, "assignment_not_yours"};
      if (incoming.error().code != Code::NotFound) return incoming.error();
      return Error{Code::NotFound, "assignment_missing"};
    }
    if (*before) return assignment;
    if (assignment->version != version) return Error{Code::Stale, "version_stale"};
    if (assignment->state >= state) return Error{Code::Conflict, "assignment_state_wrong"};
    assignment->state = state;
    assignment->result = result;
    assignment->changed = parts_.clock.now();
    const auto replaced = parts_.records.replaceAssignment(tx, *assignment);
    if (!replaced) return replaced.error();
    assignment->version += 1;
    const auto followed = followAssignment(tx, caller, *assignment);
    if (!followed) return followed.error();
    const auto kept = parts_.once.after(tx, caller.once, id.text());
    if (!kept) return kept.error();
    return assignment;
  });
}

Result<> Reception::followAssignment(work::Tx& tx,
                                     const Caller& caller,
                                     const Assignment& assignment) {
  const auto incoming = parts_.records.findIncoming(tx, assignment.incoming);
  if (!incoming) return incoming.error();
  const bool done = assignment.state == AssignmentState::Done;
  audit::Details details;
  details.say("assignment", assignment.id);
  if (done) details.say("result", assignment.result);
  const auto moved =
      move(tx,
           caller,
           *incoming,
           done ? DeliveryState::Done : DeliveryState::InProgress,
           done ? audit::EventKind::AssignmentDone : audit::EventKind::AssignmentStarted,
           details);
  if (!moved) return moved.error();
  return kDone;
}

Result<Assignment> Reception::start(const Caller& caller, AssignmentId id, std::int64_t version) {
  return progress(caller, id, version, AssignmentState::InProgress, {});
}

Result<Assignment> Reception::finish(const Caller& caller,
                                     AssignmentId id,
                                     std::int64_t version,
                                     std::string_view result) {
  const auto text = textWithin(result, kOpinionLongest);
  if (!text) return Error{Code::RuleRefused, "result_missing"};
  return progress(caller, id, version, AssignmentState::Done, *text);
}

}  // namespace congvan::records
