// SPDX-License-Identifier: Apache-2.0
#include "office/records/reception.h"

#include "base/json.h"
#include "base/text.h"
#include "office/directory/actor.h"
#include "trust/report/report.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace congvan::records {
namespace {

using directory::Caller;
using directory::Role;
using exchange::DeliveryState;

constexpr std::size_t kOpinionLongest = 2000;
constexpr std::string_view kArrivalBook = "den";  // one register for all arrivals (NĐ 30 Đ22)

audit::Entry incomingEvent(audit::EventKind kind,
                           const audit::Actor& by,
                           const Incoming& incoming,
                           std::string_view trace) {
  return {.kind = kind,
          .by = by,
          .subject_kind = "incoming",
          .subject = incoming.id.value,
          .trace = std::string(trace),
          .details = R"({"delivery":")" + incoming.delivery.text() + R"(","sha256":")" +
                     incoming.file.hex() + R"(","verification":")" + incoming.verification +
                     R"("})"};
}

Error stateWrong(DeliveryState state) {
  return Error{
      Code::Conflict, "delivery_state_wrong", {{"state", std::string(exchange::name(state))}}};
}

bool withinLimit(std::string_view text, std::size_t longest) {
  return !text.empty() && countCharacters(text) <= longest;
}

}  // namespace

Result<Reception::Judged> Reception::judge(const Incoming& incoming) {
  const auto outcome = parts_.signer.judge(incoming.file);
  if (!outcome) return outcome.error();
  const auto json =
      report::toJson(outcome->verdict, {incoming.file.hex() + ".pdf", incoming.file.hex()});
  const auto blob = parts_.blobs.put(asBytes(toJsonText(json)));
  if (!blob) return blob.error();
  return Judged{std::string(validation::name(outcome->verdict.overall)), *blob};
}

Result<> Reception::keepVerdict(const Incoming& seen, const Judged& judged) {
  return parts_.transactions.run<std::monostate>([&](work::Tx& tx) -> Result<> {
    auto incoming = parts_.records.findIncoming(tx, seen.id);
    if (!incoming) return incoming.error();
    if (!incoming->verification.empty()) return kDone;  // another instance was quicker
    incoming->verification = judged.overall;
    incoming->verification_report = judged.report;
    incoming->changed = parts_.clock.now();
    const auto kept = parts_.records.replaceIncoming(tx, *incoming);
    if (!kept) return kept;
    return parts_.trail.record(
        tx, incomingEvent(audit::EventKind::DeliveryVerified, {}, *incoming, {}));
  });
}

Result<int> Reception::verifyArrivals(int limit) {
  const auto waiting = parts_.transactions.read<std::vector<Incoming>>(
      [&](work::Tx& tx) { return parts_.records.unverified(tx, limit); });
  if (!waiting) return waiting.error();
  std::map<work::BlobHash, Judged> judged;
  int done = 0;
  for (const auto& incoming : *waiting) {
    auto known = judged.find(incoming.file);
    if (known == judged.end()) {
      const auto verdict = judge(incoming);
      if (!verdict) return verdict.error();
      known = judged.emplace(incoming.file, *verdict).first;
    }
    const auto kept = keepVerdict(incoming, known->second);
    if (!kept) return kept.error();
    ++done;
  }
  return done;
}

Result<Incoming> Reception::changeable(
    work::Tx& tx, const Caller& caller, IncomingId id, std::int64_t version, Role role) {
  auto incoming = parts_.records.findIncoming(tx, id);
  if (!incoming) return incoming;
  const auto lineage = directory::lineageOf(tx, parts_.directory, incoming->agency);
  if (!lineage) return lineage.error();
  const auto allowed = directory::require(caller, role, *lineage);
  if (!allowed) return allowed.error();
  if (incoming->version != version) return Error{Code::Stale, "version_stale"};
  return incoming;
}

Result<Incoming> Reception::move(work::Tx& tx,
                                 const Caller& caller,
                                 Incoming incoming,
                                 DeliveryState state,
                                 audit::EventKind kind) {
  const auto delivery =
      parts_.deliveries.advance(tx, incoming.delivery, state, incoming.return_reason);
  if (!delivery) return delivery.error();
  incoming.state = state;
  incoming.changed = parts_.clock.now();
  const auto kept = parts_.records.replaceIncoming(tx, incoming);
  if (!kept) return kept.error();
  incoming.version += 1;
  const auto recorded = parts_.trail.record(
      tx, incomingEvent(kind, directory::actor(caller), incoming, caller.trace));
  if (!recorded) return recorded.error();
  return incoming;
}

Result<Incoming> Reception::registerArrival(const Caller& caller,
                                            IncomingId id,
                                            std::int64_t version) {
  return parts_.transactions.run<Incoming>([&](work::Tx& tx) -> Result<Incoming> {
    auto incoming = changeable(tx, caller, id, version, Role::Clerk);
    if (!incoming) return incoming;
    if (incoming->state != DeliveryState::Arrived) return stateWrong(incoming->state);
    if (incoming->verification.empty()) return Error{Code::RuleRefused, "not_verified_yet"};
    if (incoming->verification != validation::name(validation::Overall::TotalPassed)) {
      return Error{Code::RuleRefused, "verification_failed", {{"verdict", incoming->verification}}};
    }
    const auto today = vietnamDate(parts_.clock.now());
    const auto number = parts_.records.nextNumber(
        tx, incoming->agency, kArrivalBook, static_cast<int>(today.year()));
    if (!number) return number.error();
    incoming->arrival_number = *number;
    incoming->arrival_date = today;
    return move(
        tx, caller, *incoming, DeliveryState::Registered, audit::EventKind::DeliveryRegistered);
  });
}

Result<Incoming> Reception::giveBack(const Caller& caller,
                                     IncomingId id,
                                     std::int64_t version,
                                     std::string_view reason) {
  if (!withinLimit(reason, kOpinionLongest)) return Error{Code::RuleRefused, "reason_missing"};
  return parts_.transactions.run<Incoming>([&](work::Tx& tx) -> Result<Incoming> {
    auto incoming = changeable(tx, caller, id, version, Role::Clerk);
    if (!incoming) return incoming;
    incoming->return_reason = reason;
    return move(tx, caller, *incoming, DeliveryState::Returned, audit::EventKind::DeliveryReturned);
  });
}

Result<Assignment> Reception::assign(const Caller& caller,
                                     IncomingId id,
                                     std::int64_t version,
                                     const NewAssignment& wanted) {
  if (!withinLimit(wanted.opinion, kOpinionLongest))
    return Error{Code::RuleRefused, "opinion_missing"};
  const auto now = parts_.clock.now();
  if (wanted.deadline && *wanted.deadline < vietnamDate(now)) {
    return Error{Code::RuleRefused, "deadline_past"};
  }
  return parts_.transactions.run<Assignment>([&](work::Tx& tx) -> Result<Assignment> {
    auto incoming = changeable(tx, caller, id, version, Role::Leader);
    if (!incoming) return incoming.error();
    const auto post = parts_.directory.findPost(tx, wanted.lead);
    if (!post && post.error().code != Code::NotFound) return post.error();
    const auto lineage =
        post ? directory::lineageOf(tx, parts_.directory, post->agency) : directory::Lineage{};
    if (!lineage) return lineage.error();
    const bool inside = std::ranges::any_of(
        lineage->links, [&](const auto& link) { return link.agency == incoming->agency; });
    if (!inside || !post->holder) return Error{Code::RuleRefused, "assignee_wrong"};

    const auto moved =
        move(tx, caller, *incoming, DeliveryState::Assigned, audit::EventKind::DeliveryAssigned);
    if (!moved) return moved.error();
    Assignment assignment{.id = ids_.make<AssignmentTag>(),
                          .incoming = incoming->id,
                          .by = caller.person,
                          .by_post = caller.post,
                          .lead = wanted.lead,
                          .opinion = wanted.opinion,
                          .deadline = wanted.deadline,
                          .created = now,
                          .changed = now};
    const auto added = parts_.records.addAssignment(tx, assignment);
    if (!added) return added.error();
    return assignment;
  });
}

Result<Assignment> Reception::progress(const Caller& caller,
                                       AssignmentId id,
                                       std::int64_t version,
                                       AssignmentState state,
                                       std::string_view result) {
  return parts_.transactions.run<Assignment>([&](work::Tx& tx) -> Result<Assignment> {
    auto assignment = parts_.records.findAssignment(tx, id);
    if (!assignment) return assignment;
    if (assignment->lead != caller.post) return Error{Code::Forbidden, "assignment_not_yours"};
    if (assignment->version != version) return Error{Code::Stale, "version_stale"};
    if (assignment->state >= state) return Error{Code::Conflict, "assignment_state_wrong"};
    assignment->state = state;
    assignment->result = result;
    assignment->changed = parts_.clock.now();
    const auto kept = parts_.records.replaceAssignment(tx, *assignment);
    if (!kept) return kept.error();
    assignment->version += 1;

    const auto incoming = parts_.records.findIncoming(tx, assignment->incoming);
    if (!incoming) return incoming.error();
    const bool done = state == AssignmentState::Done;
    const auto moved =
        move(tx,
             caller,
             *incoming,
             done ? DeliveryState::Done : DeliveryState::InProgress,
             done ? audit::EventKind::AssignmentDone : audit::EventKind::AssignmentStarted);
    if (!moved) return moved.error();
    return assignment;
  });
}

Result<Assignment> Reception::start(const Caller& caller, AssignmentId id, std::int64_t version) {
  return progress(caller, id, version, AssignmentState::InProgress, {});
}

Result<Assignment> Reception::finish(const Caller& caller,
                                     AssignmentId id,
                                     std::int64_t version,
                                     std::string_view result) {
  if (!withinLimit(result, kOpinionLongest)) return Error{Code::RuleRefused, "result_missing"};
  return progress(caller, id, version, AssignmentState::Done, result);
}

Result<Incoming> Reception::readable(work::Tx& tx, const Caller& caller, IncomingId id) {
  auto incoming = parts_.records.findIncoming(tx, id);
  if (!incoming) return incoming;
  const auto lineage = directory::lineageOf(tx, parts_.directory, incoming->agency);
  if (!lineage) return lineage.error();
  for (const auto role : {Role::Clerk, Role::Leader, Role::Auditor}) {
    if (directory::holds(caller, role, *lineage)) return incoming;
  }
  const auto assignments = parts_.records.assignments(tx, id);
  if (!assignments) return assignments.error();
  const bool leads = std::ranges::any_of(
      *assignments, [&](const Assignment& one) { return one.lead == caller.post; });
  if (leads) return incoming;
  return Error{Code::Forbidden, "document_not_yours"};
}

Result<Incoming> Reception::find(const Caller& caller, IncomingId id) {
  return parts_.transactions.read<Incoming>([&](work::Tx& tx) { return readable(tx, caller, id); });
}

Result<std::vector<Incoming>> Reception::list(const Caller& caller,
                                              std::optional<DeliveryState> state,
                                              const Page<IncomingId>& page) {
  // The agency whose register one keeps or leads is the one the grant names.
  const auto grant = std::ranges::find_if(caller.grants, [](const directory::Grant& one) {
    return one.role == Role::Clerk || one.role == Role::Leader;
  });
  if (grant == caller.grants.end()) {
    return Error{Code::Forbidden, "role_missing", {{"role", "clerk"}}};
  }
  return parts_.transactions.read<std::vector<Incoming>>([&](work::Tx& tx) {
    return parts_.records.incoming(tx, {grant->over, state}, page);
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
