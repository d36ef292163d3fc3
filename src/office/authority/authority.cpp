// SPDX-License-Identifier: Apache-2.0
#include "office/authority/internal.h"
#include "office/work/again.h"

namespace congvan::authority {

using directory::Caller;
using directory::Role;

Authority::Authority(work::Transactions& transactions,
                     CertificateStore& store,
                     RequestStore& requests,
                     directory::DirectoryStore& directory,
                     audit::Trail& trail,
                     work::Once once,
                     IssuanceLog& log,
                     work::Leases& leases,
                     Profiles& profiles,
                     const crypto::SecretBytes& server_secret,
                     crypto::KeyToken& token,
                     const Clock& clock,
                     Random& random,
                     AuthorityOptions options)
    : loaded_(std::make_unique<Loaded>()),
      transactions_(transactions),
      store_(store),
      requests_(requests),
      directory_(directory),
      trail_(trail),
      once_(once),
      log_(log),
      leases_(leases),
      profiles_(profiles),
      server_secret_(server_secret),
      token_(token),
      clock_(clock),
      random_(random),
      ids_(clock, random),
      options_(std::move(options)) {}

Authority::~Authority() = default;

// --- the officer
// ----------------------------------------------------------------------------------------------

/// The officer answers for every agency that the holder works for today: a post in one does not
/// hand a person of another to its officer. Whoever holds none any more is judged by those they
/// held; the service's own certificates hang under the top agency.
Result<std::vector<directory::Lineage>> Authority::lineagesOfHolder(work::Tx& tx,
                                                                    const Caller& officer,
                                                                    const Holder& holder) {
  std::vector<directory::AgencyId> agencies;
  if (holder.agency) agencies.push_back(directory::AgencyId{*holder.agency});
  if (holder.person) {
    auto posts = directory_.postsOfPerson(tx, directory::PersonId{*holder.person});
    if (!posts) return posts.error();
    if (posts->empty()) return Error{Code::RuleRefused, "holder_wrong"};
    const auto today = vietnamDate(clock_.now());
    const auto ended = [&](const directory::Post& post) {
      return !directory::inForce(post, today);
    };
    if (!std::ranges::all_of(*posts, ended)) std::erase_if(*posts, ended);
    for (const auto& post : *posts) agencies.push_back(post.agency);
  }
  std::vector<directory::Lineage> lineages;
  for (const auto agency : agencies) {
    auto lineage = directory::lineageOf(tx, directory_, agency);
    if (!lineage) return lineage.error();
    lineages.push_back(std::move(*lineage));
  }
  if (!lineages.empty()) return lineages;
  auto own = directory::lineageOf(tx, directory_, officer.agency);
  if (!own) return own.error();
  own->links.erase(own->links.begin(), own->links.end() - 1);
  return std::vector{std::move(*own)};
}

Result<> Authority::requireOfficer(work::Tx& tx, const Caller& officer, const Holder& holder) {
  const auto lineages = lineagesOfHolder(tx, officer, holder);
  if (!lineages) return lineages.error();
  for (const auto& lineage : *lineages) {
    const auto allowed = directory::require(officer, Role::CertificateOfficer, lineage);
    if (!allowed) return allowed;
  }
  return kDone;
}

Result<std::vector<Order>> Authority::openOrders(const Caller& caller) {
  return transactions_.read<std::vector<Order>>(
      [&](work::Tx& tx) { return store_.openOrders(tx, caller.person.value); });
}

Result<Order> Authority::orderOf(const Caller& caller, OrderId id) {
  auto order = transactions_.read<Order>([&](work::Tx& tx) { return store_.findOrder(tx, id); });
  if (order && order->activator != caller.person.value) {
    return Error{Code::NotFound, "order_missing"};
  }
  return order;
}

Result<CertificateRecord> Authority::revoke(const Caller& officer,
                                            CertificateId id,
                                            pki::RevocationReason reason,
                                            std::optional<Instant> invalidity_date) {
  return takeAway(officer, id, invalidity_date, [&](work::Tx& tx, CertificateRecord& record) {
    return revoke(tx,
                  directory::actor(officer),
                  officer.trace,
                  record,
                  {wholeSecond(clock_.now()), reason, invalidity_date});
  });
}

Result<CertificateRecord> Authority::suspend(const Caller& officer,
                                             CertificateId id,
                                             std::optional<Instant> invalidity_date) {
  return takeAway(officer, id, invalidity_date, [&](work::Tx& tx, CertificateRecord& record) {
    return suspend(tx, directory::actor(officer), officer.trace, record, invalidity_date);
  });
}

Result<CertificateRecord> Authority::takeAway(const Caller& officer,
                                              CertificateId id,
                                              const std::optional<Instant>& invalidity_date,
                                              const StatusChange& change) {
  auto taken = work::runUntilCurrent<CertificateRecord>(
      transactions_, [&](work::Tx& tx) -> Result<CertificateRecord> {
        const auto before = once_.before(tx, officer.once);
        if (!before) return before.error();
        auto record = store_.find(tx, id);
        if (!record || *before) return record;
        const auto allowed = requireOfficer(tx, officer, record->holder);
        if (!allowed) return allowed.error();
        if (invalidity_date && *invalidity_date > clock_.now()) {
          return Error{Code::RuleRefused, "invalidity_in_future"};
        }
        const auto changed = change(tx, *record);
        if (!changed) return changed.error();
        const auto noted = once_.after(tx, officer.once, record->id.text());
        if (!noted) return noted.error();
        return record;
      });
  if (!taken) return taken;
  if (!isForSubscribers(taken->kind)) {
    const auto read = load();  // what it signs itself ends here and now
    if (!read) return read.error();
  }
  if (!taken->issuer) return taken;  // a root: no list has it
  // From here on a list without it is out of date whatever happens: the next to ask has it made.
  const auto key = keyOf(*taken->issuer);
  if (!key) return key.error();
  const auto published = freshCrl(**key, taken->crl_shard);
  if (!published) return published.error();
  return taken;
}

Result<> Authority::revoke(work::Tx& tx,
                           const audit::Actor& by,
                           std::string_view trace,
                           CertificateRecord& record,
                           const pki::Revoked& how) {
  const bool suspended = record.state == CertificateState::Suspended;
  if (!record.issuer || (record.state != CertificateState::Issued && !suspended)) {
    return certificateNotActive(record);
  }
  auto revoked = how;
  if (suspended && record.revoked) {
    // Nobody could rely on it in between, and nobody is to be able to later.
    revoked.time = record.revoked->time;
    if (!how.invalidity_date) revoked.invalidity_date = record.revoked->invalidity_date;
  }
  record.state = CertificateState::Revoked;
  record.revoked = revoked;
  return keepStatus(tx,
                    certificateEvent(audit::EventKind::CertificateRevoked, by, record, trace),
                    record,
                    {.time = how.time,
                     .serial = serialBytes(record),
                     .status = tlog::CertificateStatus::Revoked,
                     .reason = static_cast<std::uint8_t>(how.reason)});
}

Result<> Authority::suspend(work::Tx& tx,
                            const audit::Actor& by,
                            std::string_view trace,
                            CertificateRecord& record,
                            std::optional<Instant> invalidity_date) {
  if (!isForSubscribers(record.kind)) return Error{Code::RuleRefused, "suspension_kind_wrong"};
  if (record.state != CertificateState::Issued) return certificateNotActive(record);
  constexpr auto kHold = pki::RevocationReason::CertificateHold;
  record.state = CertificateState::Suspended;
  record.revoked = pki::Revoked{wholeSecond(clock_.now()), kHold, invalidity_date};
  return keepStatus(tx,
                    certificateEvent(audit::EventKind::CertificateSuspended, by, record, trace),
                    record,
                    {.time = record.revoked->time,
                     .serial = serialBytes(record),
                     .status = tlog::CertificateStatus::Suspended,
                     .reason = static_cast<std::uint8_t>(kHold)});
}

Result<> Authority::release(work::Tx& tx,
                            const audit::Actor& by,
                            std::string_view trace,
                            CertificateRecord& record) {
  if (record.state != CertificateState::Suspended) {
    return Error{
        Code::Conflict, "certificate_not_suspended", {{"state", std::string(name(record.state))}}};
  }
  record.state = CertificateState::Issued;
  record.revoked.reset();
  return keepStatus(tx,
                    certificateEvent(audit::EventKind::CertificateReleased, by, record, trace),
                    record,
                    {.time = wholeSecond(clock_.now()),
                     .serial = serialBytes(record),
                     .status = tlog::CertificateStatus::Active});
}

Result<> Authority::keepStatus(work::Tx& tx,
                               const audit::Entry& event,
                               CertificateRecord& record,
                               const tlog::StatusLeaf& leaf) {
  const auto entry = tlog::encodeLeaf(leaf);
  if (!entry) return entry.error();
  const auto queued = log_.add(tx, *entry);
  if (!queued) return queued.error();
  const auto kept = store_.replace(tx, record);
  if (!kept) return kept;
  record.version += 1;
  const auto due = markStatusChanged(tx, record);
  if (!due) return due;
  return trail_.record(tx, event);
}

Result<std::vector<CertificateRecord>> Authority::list(const Caller& caller,
                                                       std::optional<CertificateId> after,
                                                       int limit) {
  return transactions_.read<std::vector<CertificateRecord>>(
      [&](work::Tx& tx) -> Result<std::vector<CertificateRecord>> {
        const auto roles = {Role::CertificateOfficer, Role::Auditor};
        if (directory::agenciesWith(caller, roles).empty()) {
          return Error{Code::Forbidden, "role_missing", {{"role", "certificate-officer"}}};
        }
        return store_.list(tx, after, limit);
      });
}

Result<CertificateRecord> Authority::find(const Caller& caller, CertificateId id) {
  return transactions_.read<CertificateRecord>([&](work::Tx& tx) -> Result<CertificateRecord> {
    auto record = store_.find(tx, id);
    if (!record) return record;
    const auto& holder = record->holder;
    if (holder.person == caller.person.value) return record;
    if (holder.agency && directory::belongsTo(caller, directory::AgencyId{*holder.agency})) {
      return record;
    }
    const auto roles = {Role::CertificateOfficer, Role::Auditor};
    if (!directory::agenciesWith(caller, roles).empty()) return record;
    return Error{Code::Forbidden, "role_missing", {{"role", "certificate-officer"}}};
  });
}

}  // namespace congvan::authority
