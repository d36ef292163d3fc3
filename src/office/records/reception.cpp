// SPDX-License-Identifier: Apache-2.0
#include "office/records/reception.h"

#include "base/json.h"
#include "office/audit/details.h"
#include "office/directory/actor.h"
#include "office/records/numbering.h"
#include "office/records/text_limits.h"
#include "office/work/again.h"
#include "trust/report/report.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace congvan::records {
namespace {

using directory::Caller;
using directory::Role;
using exchange::DeliveryState;

constexpr std::string_view kArrivalBook = "den";  // one register for all arrivals (NĐ 30 Đ22)

audit::Entry incomingEvent(audit::EventKind kind,
                           const audit::Actor& by,
                           const Incoming& incoming,
                           std::string_view trace,
                           audit::Details details = {}) {
  details.say("delivery", incoming.delivery)
      .say("sha256", incoming.file.hex())
      .say("verification", incoming.verification);
  if (kind == audit::EventKind::DeliveryReturned) details.say("reason", incoming.return_reason);
  if (kind == audit::EventKind::DeliveryRegistered) details.say("number", incoming.arrival_number);
  return {.kind = kind,
          .by = by,
          .subject_kind = "incoming",
          .subject = incoming.id.value,
          .trace = std::string(trace),
          .details = details.text()};
}

}  // namespace

Result<Reception::Judged> Reception::judge(const Incoming& incoming) {
  const auto outcome = parts_.signer.judge(incoming.file);
  if (!outcome) return outcome.error();
  const auto json =
      report::toJson(outcome->verdict, {fileNameOf(incoming.code), incoming.file.hex()});
  const auto blob = parts_.blobs.put(asBytes(toJsonText(json)));
  if (!blob) return blob.error();
  return Judged{std::string(validation::name(outcome->verdict.overall)), *blob};
}

Result<> Reception::keepVerdict(const Incoming& seen, const Judged& judged) {
  const auto kept =
      work::runUntilCurrent<std::monostate>(parts_.transactions, [&](work::Tx& tx) -> Result<> {
        auto incoming = parts_.records.findIncoming(tx, seen.id);
        if (!incoming) return incoming.error();
        if (!incoming->verification.empty()) return kDone;  // another instance was quicker
        if (incoming->file != seen.file) return kDone;      // renewed meanwhile: judged next time
        return takeVerdict(tx, *incoming, judged, nullptr);
      });
  if (!kept) return kept.error();
  return kDone;
}

Result<> Reception::takeVerdict(work::Tx& tx,
                                Incoming& incoming,
                                const Judged& judged,
                                const Caller* by) {
  const auto before = parts_.records.verdicts(tx, incoming.id);
  if (!before) return before.error();
  audit::Details details;
  if (by != nullptr) details.say("before", incoming.verification);
  incoming.verification = judged.overall;
  incoming.verification_report = judged.report;
  incoming.changed = parts_.clock.now();
  const auto replaced = parts_.records.replaceIncoming(tx, incoming);
  if (!replaced) return replaced;
  incoming.version += 1;
  Verdict verdict{.incoming = incoming.id,
                  .ordinal = static_cast<int>(before->size()) + 1,
                  .file = incoming.file,
                  .verification = judged.overall,
                  .report = judged.report,
                  .by = {},
                  .at = incoming.changed};
  if (by != nullptr) verdict.by = by->person;
  const auto added = parts_.records.addVerdict(tx, verdict);
  if (!added) return added;
  return parts_.trail.record(tx,
                             incomingEvent(by != nullptr ? audit::EventKind::DeliveryJudgedAgain
                                                         : audit::EventKind::DeliveryVerified,
                                           by != nullptr ? directory::actor(*by) : audit::Actor{},
                                           incoming,
                                           by != nullptr ? by->trace : std::string(),
                                           details));
}

Result<Incoming> Reception::judgeAgain(const Caller& caller, IncomingId id, std::int64_t version) {
  const Wanted wanted{id, version, Role::Clerk};
  const auto seen = parts_.transactions.read<Incoming>([&](work::Tx& tx) -> Result<Incoming> {
    const auto before = parts_.once.before(tx, caller.once);
    if (!before) return before.error();
    if (*before) return permitted(tx, caller, id, Role::Clerk);
    auto incoming = changeable(tx, caller, wanted);
    if (!incoming) return incoming;
    if (incoming->state != DeliveryState::Arrived) return exchange::stateWrong(incoming->state);
    if (incoming->verification.empty()) return Error{Code::RuleRefused, "not_verified_yet"};
    if (incoming->verification != validation::name(validation::Overall::Indeterminate)) {
      return Error{Code::RuleRefused, "verdict_settled", {{"verdict", incoming->verification}}};
    }
    return incoming;
  });
  if (!seen) return seen;
  // Outside of any transaction; that the arrival is still the same, its version says.
  const auto judged = judge(*seen);
  if (!judged) return judged.error();
  return alter(caller, wanted, [&](work::Tx& tx, Incoming incoming) -> Result<Incoming> {
    const auto taken = takeVerdict(tx, incoming, *judged, &caller);
    if (!taken) return taken.error();
    return incoming;
  });
}

Result<> Reception::judgeAndKeep(const Incoming& incoming,
                                 std::map<work::BlobHash, Judged>& judged) {
  auto known = judged.find(incoming.file);
  if (known == judged.end()) {
    const auto verdict = judge(incoming);
    if (!verdict) return verdict.error();
    known = judged.emplace(incoming.file, *verdict).first;
  }
  const auto kept = keepVerdict(incoming, known->second);
  if (!kept) return kept;
  const std::lock_guard lock(later_mutex_);
  later_.erase(incoming.id);
  return kDone;
}

bool Reception::isLater(IncomingId id) {
  const std::lock_guard lock(later_mutex_);
  const auto found = later_.find(id);
  return found != later_.end() && parts_.clock.now() < found->second.at;
}

void Reception::putOff(IncomingId id) {
  constexpr Duration kFirst = std::chrono::seconds{5};
  constexpr Duration kLongest = std::chrono::hours{1};
  const std::lock_guard lock(later_mutex_);
  auto& later = later_[id];
  later.wait = later.wait == Duration{} ? kFirst : std::min(later.wait * 2, kLongest);
  later.at = parts_.clock.now() + later.wait;
}

Result<int> Reception::verifyArrivals(int limit) {
  std::map<work::BlobHash, Judged> judged;
  std::optional<IncomingId> after;
  std::optional<Error> first;
  int done = 0;
  for (bool more = true; more && done < limit;) {
    const auto waiting = parts_.transactions.read<std::vector<Incoming>>(
        [&](work::Tx& tx) { return parts_.records.unverified(tx, after, limit); });
    if (!waiting) return waiting.error();
    for (const auto& incoming : *waiting) {
      if (isLater(incoming.id)) continue;
      const auto kept = judgeAndKeep(incoming, judged);
      // A store that does not answer is no fault of the arrival.
      if (!kept && kept.error().code == Code::Unavailable) return kept.error();
      if (kept) ++done;
      if (!kept) putOff(incoming.id);
      if (!kept && !first) first = kept.error();
    }
    more = !waiting->empty();
    if (more) after = waiting->back().id;
  }
  if (done == 0 && first) return *first;
  return done;
}

Result<Incoming> Reception::permitted(work::Tx& tx,
                                      const Caller& caller,
                                      IncomingId id,
                                      Role role) {
  // Who may not even read it is not told that it is there.
  auto incoming = readable(tx, caller, id);
  if (!incoming) return incoming;
  const auto lineage = directory::lineageOf(tx, parts_.directory, incoming->agency);
  if (!lineage) return lineage.error();
  const auto allowed = directory::require(caller, role, *lineage);
  if (!allowed) return allowed.error();
  return incoming;
}

Result<Incoming> Reception::changeable(work::Tx& tx, const Caller& caller, const Wanted& wanted) {
  auto incoming = permitted(tx, caller, wanted.id, wanted.role);
  if (!incoming) return incoming;
  if (incoming->version != wanted.version) return Error{Code::Stale, "version_stale"};
  return incoming;
}

Result<Incoming> Reception::alter(const Caller& caller,
                                  const Wanted& wanted,
                                  const Change& change) {
  return parts_.transactions.run<Incoming>([&](work::Tx& tx) -> Result<Incoming> {
    const auto before = parts_.once.before(tx, caller.once);
    if (!before) return before.error();
    if (*before) return permitted(tx, caller, wanted.id, wanted.role);
    auto incoming = changeable(tx, caller, wanted);
    if (!incoming) return incoming;
    auto changed = change(tx, std::move(*incoming));
    if (!changed) return changed;
    const auto kept = parts_.once.after(tx, caller.once, wanted.id.text());
    if (!kept) return kept.error();
    return changed;
  });
}

Result<Incoming> Reception::move(work::Tx& tx,
                                 const Caller& caller,
                                 Incoming incoming,
                                 DeliveryState state,
                                 audit::EventKind kind,
                                 const audit::Details& details) {
  incoming.state = state;
  incoming.changed = parts_.clock.now();
  // First, so that of two clerks the slower one learns on either database that it moved: the next
  // step reads past the snapshot.
  const auto kept = parts_.records.replaceIncoming(tx, incoming);
  if (!kept) return kept.error();
  incoming.version += 1;
  const auto delivery =
      parts_.deliveries.advance(tx, incoming.delivery, state, incoming.return_reason);
  if (!delivery) return delivery.error();
  const auto recorded = parts_.trail.record(
      tx, incomingEvent(kind, directory::actor(caller), incoming, caller.trace, details));
  if (!recorded) return recorded.error();
  return incoming;
}

Result<Incoming> Reception::registerArrival(const Caller& caller,
                                            IncomingId id,
                                            std::int64_t version) {
  return alter(
      caller, {id, version, Role::Clerk}, [&](work::Tx& tx, Incoming incoming) -> Result<Incoming> {
        if (incoming.state != DeliveryState::Arrived) return exchange::stateWrong(incoming.state);
        if (incoming.verification.empty()) return Error{Code::RuleRefused, "not_verified_yet"};
        if (incoming.verification != validation::name(validation::Overall::TotalPassed)) {
          return Error{
              Code::RuleRefused, "verification_failed", {{"verdict", incoming.verification}}};
        }
        const auto today = vietnamDate(parts_.clock.now());
        const auto number = parts_.records.nextNumber(
            tx, incoming.agency, kArrivalBook, static_cast<int>(today.year()));
        if (!number) return number.error();
        incoming.arrival_number = *number;
        incoming.arrival_date = today;
        return move(
            tx, caller, incoming, DeliveryState::Registered, audit::EventKind::DeliveryRegistered);
      });
}

Result<Incoming> Reception::giveBack(const Caller& caller,
                                     IncomingId id,
                                     std::int64_t version,
                                     std::string_view reason) {
  const auto why = textWithin(reason, kReasonLongest);
  if (!why) return Error{Code::RuleRefused, "reason_missing"};
  return alter(caller, {id, version, Role::Clerk}, [&](work::Tx& tx, Incoming incoming) {
    incoming.return_reason = *why;
    return move(tx, caller, incoming, DeliveryState::Returned, audit::EventKind::DeliveryReturned);
  });
}

}  // namespace congvan::records
