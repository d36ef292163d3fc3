// SPDX-License-Identifier: Apache-2.0
#include "office/audit/details.h"
#include "office/authority/internal.h"
#include "office/work/again.h"

namespace congvan::authority {

using directory::Caller;
using directory::Role;

Authority::Authority(work::Transactions& transactions,
                     CertificateStore& store,
                     directory::DirectoryStore& directory,
                     audit::Trail& trail,
                     work::Once once,
                     IssuanceLog& log,
                     Profiles& profiles,
                     const crypto::SecretBytes& server_secret,
                     const Clock& clock,
                     Random& random,
                     AuthorityOptions options)
    : loaded_(std::make_unique<Loaded>()),
      transactions_(transactions),
      store_(store),
      directory_(directory),
      trail_(trail),
      once_(once),
      log_(log),
      profiles_(profiles),
      server_secret_(server_secret),
      clock_(clock),
      random_(random),
      ids_(clock, random),
      options_(std::move(options)) {}

Authority::~Authority() = default;

// --- the officer
// ----------------------------------------------------------------------------------------------

Result<Order> Authority::order(const Caller& officer,
                               CertificateKind kind,
                               const Holder& holder,
                               const Uuid& activator) {
  if (activator == officer.person.value) return Error{Code::RuleRefused, "order_for_oneself"};
  const bool person = kind == CertificateKind::Person && holder.person && !holder.agency;
  const bool seal = kind == CertificateKind::OrganisationSeal && holder.agency && !holder.person;
  if (!person && !seal) return Error{Code::RuleRefused, "holder_wrong"};
  if (person && *holder.person != activator) return Error{Code::RuleRefused, "holder_wrong"};

  return transactions_.run<Order>([&](work::Tx& tx) -> Result<Order> {
    const auto before = once_.before(tx, officer.once);
    if (!before) return before.error();
    if (*before) return store_.findOrder(tx, OrderId{*Uuid::parse(**before)});
    Order order{.id = ids_.make<OrderTag>(),
                .kind = kind,
                .holder = holder,
                .activator = activator,
                .ordered_by = officer.person.value,
                .created = clock_.now()};
    const auto allowed = orderAllowed(tx, officer, order);
    if (!allowed) return allowed.error();
    const auto added = store_.addOrder(tx, order);
    if (!added) return added.error();
    const auto recorded = trail_.record(tx,
                                        {.kind = audit::EventKind::CertificateOrdered,
                                         .by = directory::actor(officer),
                                         .subject_kind = "order",
                                         .subject = order.id.value,
                                         .trace = officer.trace,
                                         .details = audit::Details()
                                                        .say("kind", name(order.kind))
                                                        .say("person", order.holder.person)
                                                        .say("agency", order.holder.agency)
                                                        .say("activator", order.activator)
                                                        .text()});
    if (!recorded) return recorded.error();
    const auto kept = once_.after(tx, officer.once, order.id.text());
    if (!kept) return kept.error();
    return order;
  });
}

Result<> Authority::orderAllowed(work::Tx& tx, const Caller& officer, const Order& order) {
  const auto lineages = lineagesOfHolder(tx, officer, order.holder);
  if (!lineages) return lineages.error();
  const auto& own = lineages->front();
  const bool is_unit = own.links.front().kind == directory::AgencyKind::Unit;
  if (order.holder.agency && is_unit) return Error{Code::RuleRefused, "holder_wrong"};
  const auto activator = directory_.findPerson(tx, directory::PersonId{order.activator});
  if (!activator) return activator.error();
  const auto allowed = requireOfficer(tx, officer, order.holder);
  if (!allowed || !order.holder.agency) return allowed;
  const auto clerks = directory::personHolds(
      tx, directory_, activator->id, Role::Clerk, own, vietnamDate(clock_.now()));
  if (!clerks) return clerks.error();
  if (!*clerks) return Error{Code::RuleRefused, "seal_needs_clerk"};
  return sealMayBeMade(tx, order.holder);
}

/// One seal at a time, so that nobody's order takes it out of the hands of those who seal with it.
/// Near its end the next one may be made beside it.
Result<> Authority::sealMayBeMade(work::Tx& tx, const Holder& holder) {
  constexpr auto kRenewal = std::chrono::days{30};
  const auto all = store_.ofHolder(tx, holder, CertificateKind::OrganisationSeal);
  if (!all) return all.error();
  const auto now = clock_.now();
  const bool lasting = std::ranges::any_of(*all, [&](const CertificateRecord& record) {
    return record.state == CertificateState::Issued && record.not_after - now > kRenewal;
  });
  if (lasting) return Error{Code::Conflict, "seal_active"};
  return kDone;
}

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

namespace {

/// Subject of a holder's certificate (DN conventions of the official trees): the house under the
/// province as O, the unit as OU, the person or agency as CN.
struct SubjectSource {
  std::string province;
  std::string agency;
  std::string unit;
  std::string common_name;
};

std::vector<pki::SubjectAttribute> subjectOf(const SubjectSource& source) {
  std::vector<pki::SubjectAttribute> subject = {{"C", "VN"}, {"O", source.province}};
  if (!source.agency.empty() && source.agency != source.province)
    subject.push_back({"OU", source.agency});
  if (!source.unit.empty()) subject.push_back({"OU", source.unit});
  subject.push_back({"CN", source.common_name});
  return subject;
}

}  // namespace

Result<Authority::Making> Authority::makingFor(const Caller& caller, const Order& order) {
  const auto source = transactions_.read<SubjectSource>([&](work::Tx& tx) -> Result<SubjectSource> {
    SubjectSource found{.province = options_.province};
    const auto agency_id =
        order.holder.agency ? directory::AgencyId{*order.holder.agency} : caller.agency;
    const auto lineage = directory::lineageOf(tx, directory_, agency_id);
    if (!lineage) return lineage.error();
    if (order.holder.agency) {
      const auto clerk = directory::require(caller, Role::Clerk, *lineage);
      if (!clerk) return clerk.error();
      const auto free = sealMayBeMade(tx, order.holder);
      if (!free) return free.error();
    }
    for (const auto& link : lineage->links) {
      const auto agency = directory_.findAgency(tx, link.agency);
      if (!agency) return agency.error();
      if (agency->isLegalPerson()) {
        if (order.holder.agency) {
          found.common_name = agency->name;
        } else {
          found.agency = agency->name;
        }
        break;
      }
      found.unit = agency->name;
    }
    if (order.holder.person) {
      const auto person = directory_.findPerson(tx, directory::PersonId{*order.holder.person});
      if (!person) return person.error();
      found.common_name = person->name;
    }
    return found;
  });
  if (!source) return source.error();
  const auto issuer = keyNamed(kIssuing);
  if (!issuer) return issuer.error();
  Making making{
      .kind = order.kind, .holder = order.holder, .order = order, .subject = subjectOf(*source)};
  making.issuer = *issuer;
  making.signer = &(*issuer)->key;
  making.issuer_name = kIssuing;
  making.by = directory::actor(caller);
  making.trace = caller.trace;
  return making;
}

Result<CertificateRecord> Authority::fulfil(const Caller& caller,
                                            OrderId id,
                                            BytesView spki,
                                            const Alongside& alongside) {
  struct Seen {
    Order order;
    std::optional<CertificateRecord> made;
  };
  const auto seen = transactions_.read<Seen>([&](work::Tx& tx) -> Result<Seen> {
    const auto order = store_.findOrder(tx, id);
    if (!order) return order.error();
    const auto before = once_.before(tx, caller.once);
    if (!before) return before.error();
    if (!*before) return Seen{*order, {}};
    auto made = store_.find(tx, CertificateId{*Uuid::parse(**before)});
    if (!made) return made.error();
    return Seen{*order, std::move(*made)};
  });
  if (!seen) return seen.error();
  if (seen->made) return *seen->made;
  const auto& order = seen->order;
  if (order.activator != caller.person.value) return Error{Code::Forbidden, "order_not_yours"};
  if (order.state != OrderState::Open) return Error{Code::Conflict, "order_used"};
  auto making = makingFor(caller, order);
  if (!making) return making.error();
  making->spki = toBytes(spki);
  making->alongside = alongside;
  making->once = caller.once;
  return make(*making);
}

Result<CertificateRecord> Authority::revoke(const Caller& officer,
                                            CertificateId id,
                                            pki::RevocationReason reason,
                                            std::optional<Instant> invalidity_date) {
  const auto now = wholeSecond(clock_.now());
  const auto change = [&](work::Tx& tx, CertificateRecord& record) -> Result<> {
    const auto allowed = requireOfficer(tx, officer, record.holder);
    if (!allowed) return allowed;
    if (record.state != CertificateState::Issued || !record.issuer) {
      return Error{
          Code::Conflict, "certificate_not_active", {{"state", std::string(name(record.state))}}};
    }
    record.state = CertificateState::Revoked;
    record.revoked = pki::Revoked{now, reason, invalidity_date};
    return keepRevocation(tx, officer, record);
  };
  auto revoked = work::runUntilCurrent<CertificateRecord>(
      transactions_, [&](work::Tx& tx) -> Result<CertificateRecord> {
        const auto before = once_.before(tx, officer.once);
        if (!before) return before.error();
        auto record = store_.find(tx, id);
        if (!record || *before) return record;
        const auto changed = change(tx, *record);
        if (!changed) return changed.error();
        return record;
      });
  if (!revoked) return revoked;
  // From here on a list without it is out of date whatever happens: the next to ask has it made.
  const auto key = keyOf(*revoked->issuer);
  if (!key) return key.error();
  const auto published = freshCrl(**key);
  if (!published) return published.error();
  return revoked;
}

Result<> Authority::keepRevocation(work::Tx& tx, const Caller& officer, CertificateRecord& record) {
  const auto entry = tlog::encodeLeaf(
      tlog::StatusLeaf{.time = record.revoked->time,
                       .serial = serialBytes(record),
                       .status = tlog::CertificateStatus::Revoked,
                       .reason = static_cast<std::uint8_t>(record.revoked->reason)});
  if (!entry) return entry.error();
  const auto queued = log_.add(tx, *entry);
  if (!queued) return queued.error();
  const auto kept = store_.replace(tx, record);
  if (!kept) return kept;
  record.version += 1;
  const auto due = markCrlDue(tx, record);
  if (!due) return due;
  const auto recorded = trail_.record(
      tx,
      certificateEvent(
          audit::EventKind::CertificateRevoked, directory::actor(officer), record, officer.trace));
  if (!recorded) return recorded;
  return once_.after(tx, officer.once, record.id.text());
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
