// SPDX-License-Identifier: Apache-2.0
#include "office/authority/requests.h"

#include "base/encoding.h"
#include "base/text.h"
#include "office/audit/details.h"
#include "office/authority/request_text.h"
#include "office/directory/actor.h"
#include "office/work/again.h"

#include <algorithm>

namespace congvan::authority {

using audit::EventKind;
using directory::Caller;
using directory::Role;

namespace {

audit::Entry requestEvent(EventKind kind, const Caller& by, const RequestRecord& request) {
  const auto& content = request.content;
  const bool ended =
      request.state == RequestState::Returned || request.state == RequestState::Refused;
  return {.kind = kind,
          .by = directory::actor(by),
          .subject_kind = "request",
          .subject = request.id.value,
          .trace = by.trace,
          .details = audit::Details()
                         .say("type", name(content.type))
                         .say("kind", name(content.kind))
                         .say("person", content.person)
                         .say("agency", content.agency)
                         .say("state", name(request.state))
                         .say("content_sha256", toHex(contentHash(request)))
                         .say("certificate", request.certificate)
                         .say("reason", ended ? std::optional(request.reason) : std::nullopt)
                         .text()};
}

bool sameSubject(const RequestContent& left, const RequestContent& right) {
  return left.type == right.type && left.kind == right.kind && left.person == right.person &&
         left.agency == right.agency;
}

}  // namespace

RequestDesk::RequestDesk(const Tools& tools)
    : transactions_(tools.transactions),
      requests_(tools.requests),
      certificates_(tools.certificates),
      directory_(tools.directory),
      authority_(tools.authority),
      profiles_(tools.profiles),
      trail_(tools.trail),
      once_(tools.once),
      clock_(tools.clock),
      ids_(tools.clock, tools.random) {}

// --- the managing body ---

Result<RequestRecord> RequestDesk::enter(const Caller& caller, const RequestContent& content) {
  return transactions_.run<RequestRecord>([&](work::Tx& tx) -> Result<RequestRecord> {
    const auto before = once_.before(tx, caller.once);
    if (!before) return before.error();
    if (*before) return requests_.find(tx, RequestId{*Uuid::parse(**before)});
    return enter(tx, caller, content);
  });
}

Result<RequestRecord> RequestDesk::enter(work::Tx& tx,
                                         const Caller& caller,
                                         const RequestContent& content) {
  const auto now = clock_.now();
  RequestRecord record{
      .id = ids_.make<RequestTag>(), .entered = {caller.person.value, now}, .created = now};
  const auto taken = take(tx, caller, content, record);
  if (!taken) return taken.error();
  const auto added = requests_.add(tx, record);
  if (!added) return added.error();
  const auto kept = keep(tx, caller, EventKind::RequestEntered, record);
  if (!kept) return kept.error();
  return record;
}

Result<RequestRecord> RequestDesk::correct(const Caller& caller,
                                           RequestId id,
                                           std::int64_t version,
                                           const RequestContent& content) {
  return change(
      caller,
      id,
      version,
      EventKind::RequestCorrected,
      [&](work::Tx& tx, RequestRecord& record) -> Result<> {
        const auto state = requireState(record, {RequestState::Requested, RequestState::Returned});
        if (!state) return state;
        if (!sameSubject(record.content, content)) {
          return Error{Code::RuleRefused, "request_subject_fixed"};
        }
        record.state = RequestState::Requested;
        record.reason.clear();
        return take(tx, caller, content, record);
      });
}

Result<> RequestDesk::take(work::Tx& tx,
                           const Caller& caller,
                           const RequestContent& content,
                           RequestRecord& record) {
  auto tidied = tidy(content);
  if (!tidied) return tidied.error();
  const auto clerk = isClerk(tx, caller, content.agency);
  if (!clerk) return clerk.error();
  if (!*clerk && content.person != caller.person.value) {
    return Error{Code::Forbidden, "role_missing", {{"role", std::string(name(Role::Clerk))}}};
  }
  record.content = std::move(*tidied);
  record.confirmed.reset();
  record.due.reset();
  if (!*clerk) {
    record.content.document_number.clear();
    record.content.document_date.reset();
  }
  const auto renewals = renewalsWith(tx, record.content);
  if (!renewals) return renewals.error();
  record.renewals = *renewals;
  const auto stands = contentMayStand(tx, record.content, record.renewals);
  if (!stands || !*clerk) return stands;
  return complete(record, {caller.person.value, clock_.now()});
}

/// From here on the law's days are counted.
Result<> RequestDesk::complete(RequestRecord& record, const Act& by) {
  const auto today = vietnamDate(clock_.now());
  const auto& content = record.content;
  if (content.document_number.empty() || !content.document_date || *content.document_date > today) {
    return Error{Code::RuleRefused, "request_document_missing"};
  }
  const auto text = profiles_.read("working-days");
  if (!text) return text.error();
  const auto calendar = directory::readWorkingDays(*text);
  if (!calendar) return calendar.error();
  const auto rule = authority_.rule();
  if (!rule) return rule.error();
  record.confirmed = by;
  record.due = calendar->after(today, rule->working_days);
  return kDone;
}

Result<RequestRecord> RequestDesk::confirm(const Caller& caller,
                                           RequestId id,
                                           std::int64_t version,
                                           const std::string& document_number,
                                           directory::Date document_date) {
  return change(
      caller,
      id,
      version,
      EventKind::RequestConfirmed,
      [&](work::Tx& tx, RequestRecord& record) -> Result<> {
        const auto clerk = isClerk(tx, caller, record.content.agency);
        if (!clerk) return clerk.error();
        if (!*clerk) {
          return Error{Code::Forbidden, "role_missing", {{"role", std::string(name(Role::Clerk))}}};
        }
        const auto state = requireState(record, {RequestState::Requested});
        if (!state) return state;
        if (record.confirmed) return Error{Code::Conflict, "request_confirmed"};
        record.content.document_number = document_number;
        record.content.document_date = document_date;
        auto tidied = tidy(record.content);
        if (!tidied) return tidied.error();
        record.content = std::move(*tidied);
        return complete(record, {caller.person.value, clock_.now()});
      });
}

Result<RequestRecord> RequestDesk::withdraw(const Caller& caller,
                                            RequestId id,
                                            std::int64_t version) {
  return change(caller,
                id,
                version,
                EventKind::RequestWithdrawn,
                [&](work::Tx& tx, RequestRecord& record) -> Result<> {
                  const auto clerk = isClerk(tx, caller, record.content.agency);
                  if (!clerk) return clerk.error();
                  const auto self = caller.person.value;
                  if (!*clerk && record.content.person != self && record.entered.person != self) {
                    return Error{Code::Forbidden, "request_not_yours"};
                  }
                  return end(tx, record, RequestState::Withdrawn);
                });
}

/// One person may always take away: an order that nobody activated yet goes with its request.
Result<> RequestDesk::end(work::Tx& tx, RequestRecord& record, RequestState state) {
  const auto open = requireState(record,
                                 {RequestState::Requested,
                                  RequestState::Returned,
                                  RequestState::Accepted,
                                  RequestState::Approved});
  if (!open) return open;
  record.state = state;
  return authority_.cancelOrder(tx, record.order);
}

// --- officers ---

Result<> RequestDesk::requireOfficer(work::Tx& tx,
                                     const Caller& officer,
                                     const RequestRecord& record) {
  const auto& content = record.content;
  const auto lineage = directory::lineageOf(tx, directory_, content.agency);
  if (!lineage) return lineage.error();
  const auto over_body = directory::require(officer, Role::CertificateOfficer, *lineage);
  if (!over_body) return over_body;
  const auto over_holder = authority_.requireOfficer(tx, officer, content.holder());
  if (!over_holder) return over_holder;
  const auto self = officer.person.value;
  if (content.person == self || content.activator == self) {
    return Error{Code::RuleRefused, "request_for_oneself"};
  }
  return kDone;
}

Result<RequestRecord> RequestDesk::sendBack(const Caller& officer,
                                            RequestId id,
                                            std::int64_t version,
                                            const std::string& reason) {
  return change(
      officer,
      id,
      version,
      EventKind::RequestReturned,
      [&](work::Tx& tx, RequestRecord& record) -> Result<> {
        const auto allowed = requireOfficer(tx, officer, record);
        if (!allowed) return allowed;
        const auto state = requireState(record, {RequestState::Requested, RequestState::Accepted});
        if (!state) return state;
        auto text = textOf(reason, kReasonLongest);
        if (!text) return Error{Code::RuleRefused, "reason_missing"};
        record.reason = std::move(*text);
        record.state = RequestState::Returned;
        record.accepted.reset();
        record.due.reset();
        return kDone;
      });
}

Result<RequestRecord> RequestDesk::accept(const Caller& officer,
                                          RequestId id,
                                          std::int64_t version) {
  return change(officer,
                id,
                version,
                EventKind::RequestAccepted,
                [&](work::Tx& tx, RequestRecord& record) -> Result<> {
                  const auto allowed = requireOfficer(tx, officer, record);
                  if (!allowed) return allowed;
                  const auto state = requireState(record, {RequestState::Requested});
                  if (!state) return state;
                  record.accepted = Act{officer.person.value, clock_.now()};
                  if (record.content.type == RequestType::Suspension) {
                    return suspendAsAsked(tx, officer, record);
                  }
                  if (!record.confirmed) return Error{Code::Conflict, "request_not_confirmed"};
                  record.state = RequestState::Accepted;
                  return kDone;
                });
}

Result<RequestRecord> RequestDesk::approve(const Caller& officer,
                                           RequestId id,
                                           std::int64_t version,
                                           BytesView content_hash) {
  return change(
      officer,
      id,
      version,
      EventKind::RequestApproved,
      [&](work::Tx& tx, RequestRecord& record) -> Result<> {
        const auto allowed = requireOfficer(tx, officer, record);
        if (!allowed) return allowed;
        const auto state = requireState(record, {RequestState::Accepted});
        if (!state) return state;
        const auto self = officer.person.value;
        const auto by_self = [&](const std::optional<Act>& act) {
          return act && act->person == self;
        };
        if (by_self(record.entered) || by_self(record.confirmed) || by_self(record.accepted)) {
          return Error{Code::RuleRefused, "approver_not_other"};
        }
        const auto hash = contentHash(record);
        if (!std::ranges::equal(hash, content_hash)) {
          return Error{Code::Stale, "request_changed"};
        }
        record.approved = Act{self, clock_.now()};
        record.approved_hash = hash;
        return settleApproval(tx, officer, record);
      });
}

/// Days have passed since it was entered, so everything is asked once more.
Result<> RequestDesk::settleApproval(work::Tx& tx, const Caller& officer, RequestRecord& record) {
  const auto& content = record.content;
  if (content.certificate) {
    // Written as it is, and before anything is looked at: of two approvals at one moment the second
    // sees the first.
    const auto followed = certificates_.find(tx, *content.certificate);
    if (!followed) return followed.error();
    const auto written = certificates_.replace(tx, *followed);
    if (!written) return written;
  }
  const auto renewals = renewalsWith(tx, content);
  if (!renewals) return renewals.error();
  record.renewals = *renewals;
  const auto stands = contentMayStand(tx, content, record.renewals);
  if (!stands) return stands;
  const auto rule = authority_.rule();
  if (!rule) return rule.error();
  record.rule = formatDate(rule->from);
  if (content.type == RequestType::New) record.valid_days = rule->new_days;
  if (content.type == RequestType::Renewal) record.valid_days = rule->renewed_days;
  if (content.type == RequestType::Revocation) return revokeAsAsked(tx, officer, record);
  if (content.type == RequestType::Release) return releaseAsAsked(tx, officer, record);
  record.state = RequestState::Approved;
  if (content.key != KeySource::Server && content.key != KeySource::Token) return kDone;
  const auto order = authority_.order(tx, officer, record);
  if (!order) return order.error();
  record.order = order->id;
  return kDone;
}

Result<> RequestDesk::revokeAsAsked(work::Tx& tx, const Caller& officer, RequestRecord& record) {
  const auto& content = record.content;
  auto certificate = certificates_.find(tx, content.certificate.value());
  if (!certificate) return certificate.error();
  record.certificate = certificate->id;
  record.state = RequestState::CarriedOut;
  const auto now = std::chrono::floor<std::chrono::seconds>(clock_.now());
  return authority_.revoke(tx,
                           directory::actor(officer),
                           officer.trace,
                           *certificate,
                           {now, content.reason, content.invalidity_date});
}

/// By the first officer already: to wait for a second one would only help who has the key.
Result<> RequestDesk::suspendAsAsked(work::Tx& tx, const Caller& officer, RequestRecord& record) {
  const auto& content = record.content;
  const auto stands = contentMayStand(tx, content, record.renewals);
  if (!stands) return stands;
  auto certificate = certificates_.find(tx, content.certificate.value());
  if (!certificate) return certificate.error();
  record.certificate = certificate->id;
  record.state = RequestState::CarriedOut;
  return authority_.suspend(
      tx, directory::actor(officer), officer.trace, *certificate, content.invalidity_date);
}

Result<> RequestDesk::releaseAsAsked(work::Tx& tx, const Caller& officer, RequestRecord& record) {
  auto certificate = certificates_.find(tx, record.content.certificate.value());
  if (!certificate) return certificate.error();
  record.certificate = certificate->id;
  record.state = RequestState::CarriedOut;
  return authority_.release(tx, directory::actor(officer), officer.trace, *certificate);
}

Result<RequestRecord> RequestDesk::refuse(const Caller& officer,
                                          RequestId id,
                                          std::int64_t version,
                                          const std::string& reason) {
  return change(officer,
                id,
                version,
                EventKind::RequestRefused,
                [&](work::Tx& tx, RequestRecord& record) -> Result<> {
                  const auto allowed = requireOfficer(tx, officer, record);
                  if (!allowed) return allowed;
                  auto text = textOf(reason, kReasonLongest);
                  if (!text) return Error{Code::RuleRefused, "reason_missing"};
                  record.reason = std::move(*text);
                  return end(tx, record, RequestState::Refused);
                });
}

Result<CertificateRecord> RequestDesk::issue(const Caller& officer,
                                             RequestId id,
                                             std::int64_t version) {
  struct Seen {
    RequestRecord request;
    std::optional<CertificateRecord> made;
  };
  const auto found = transactions_.read<Seen>([&](work::Tx& tx) -> Result<Seen> {
    auto record = seen(tx, officer, id);
    if (!record) return record.error();
    const auto before = once_.before(tx, officer.once);
    if (!before) return before.error();
    if (*before) {
      auto made = certificates_.find(tx, CertificateId{*Uuid::parse(**before)});
      if (!made) return made.error();
      return Seen{std::move(*record), std::move(*made)};
    }
    if (record->version != version) return Error{Code::Stale, "version_stale"};
    const auto allowed = requireOfficer(tx, officer, *record);
    if (!allowed) return allowed.error();
    const auto state = requireState(*record, {RequestState::Approved});
    if (!state) return state.error();
    if (record->content.key != KeySource::Csr) {
      return Error{Code::RuleRefused, "key_source_wrong"};
    }
    return Seen{std::move(*record), {}};
  });
  if (!found) return found.error();
  if (found->made) return *found->made;
  return authority_.issue(officer, found->request);
}

Result<RequestRecord> RequestDesk::handOver(const Caller& officer,
                                            RequestId id,
                                            std::int64_t version,
                                            const HandOver& how) {
  return change(officer,
                id,
                version,
                EventKind::RequestHandedOver,
                [&](work::Tx& tx, RequestRecord& record) -> Result<> {
                  const auto allowed = requireOfficer(tx, officer, record);
                  if (!allowed) return allowed;
                  const auto state = requireState(record, {RequestState::Issued});
                  if (!state) return state;
                  const auto number = lineOrEmpty(how.record_number, kWordLongest);
                  const auto kind = lineOrEmpty(how.device_kind, kWordLongest);
                  const auto serial = lineOrEmpty(how.device_serial, kWordLongest);
                  if (!number || number->empty() || !kind || !serial) {
                    return Error{Code::RuleRefused, "request_text_wrong"};
                  }
                  record.hand_over = {*number, *kind, *serial};
                  record.handed_over = Act{officer.person.value, clock_.now()};
                  record.state = RequestState::HandedOver;
                  return kDone;
                });
}

// --- what they share ---

Result<RequestRecord> RequestDesk::change(
    const Caller& caller, RequestId id, std::int64_t version, EventKind kind, const Change& act) {
  using Changed = std::optional<RequestRecord>;  // nullopt: it is not the version that was seen
  const auto step = [&](work::Tx& tx) -> Result<Changed> {
    auto record = seen(tx, caller, id);
    if (!record) return record.error();
    const auto before = once_.before(tx, caller.once);
    if (!before) return before.error();
    if (*before) return Changed(std::move(*record));
    if (record->version != version) return Changed();
    const auto acted = act(tx, *record);
    if (!acted) return acted.error();
    const auto replaced = requests_.replace(tx, *record);
    if (!replaced) return replaced.error();
    record->version += 1;
    const auto kept = keep(tx, caller, kind, *record);
    if (!kept) return kept.error();
    return Changed(std::move(*record));
  };
  auto changed = work::runUntilCurrent<Changed>(transactions_, step);
  if (!changed) return changed.error();
  if (!*changed) return Error{Code::Stale, "version_stale"};
  return std::move(**changed);
}

Result<> RequestDesk::keep(work::Tx& tx,
                           const Caller& caller,
                           EventKind kind,
                           const RequestRecord& record) {
  const auto recorded = trail_.record(tx, requestEvent(kind, caller, record));
  if (!recorded) return recorded;
  return once_.after(tx, caller.once, record.id.text());
}

Result<bool> RequestDesk::isClerk(work::Tx& tx, const Caller& caller, directory::AgencyId agency) {
  const auto lineage = directory::lineageOf(tx, directory_, agency);
  if (!lineage) return lineage.error();
  return directory::holds(caller, Role::Clerk, *lineage);
}

Result<bool> RequestDesk::maySee(work::Tx& tx, const Caller& caller, const RequestRecord& record) {
  const auto self = caller.person.value;
  if (record.entered.person == self || record.content.person == self) return true;
  const auto lineage = directory::lineageOf(tx, directory_, record.content.agency);
  if (!lineage) return lineage.error();
  return std::ranges::any_of(kRequestReaders,
                             [&](Role role) { return directory::holds(caller, role, *lineage); });
}

/// Whoever may not see it is not told that it is there.
Result<RequestRecord> RequestDesk::seen(work::Tx& tx, const Caller& caller, RequestId id) {
  auto record = requests_.find(tx, id);
  if (!record) return record;
  const auto may_see = maySee(tx, caller, *record);
  if (!may_see) return may_see.error();
  if (!*may_see) return Error{Code::NotFound, "request_missing"};
  return record;
}

Result<RequestRecord> RequestDesk::find(const Caller& caller, RequestId id) {
  return transactions_.read<RequestRecord>([&](work::Tx& tx) { return seen(tx, caller, id); });
}

Result<std::vector<RequestRecord>> RequestDesk::list(const Caller& caller,
                                                     const RequestFilter& filter) {
  using Page = std::vector<RequestRecord>;
  return transactions_.read<Page>([&](work::Tx& tx) -> Result<Page> {
    const auto agencies = directory_.agencies(tx);
    if (!agencies) return agencies.error();
    const directory::Lineages lineages(*agencies);
    RequestReach reach{.self = caller.person.value};
    for (const auto& agency : *agencies) {
      const auto lineage = lineages.of(agency.id);
      const bool within = std::ranges::any_of(
          kRequestReaders, [&](Role role) { return directory::holds(caller, role, lineage); });
      if (within) reach.agencies.push_back(agency.id);
    }
    reach.all = reach.agencies.size() == agencies->size();
    return requests_.list(tx, reach, filter);
  });
}

}  // namespace congvan::authority
