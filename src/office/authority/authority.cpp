// SPDX-License-Identifier: Apache-2.0
#include "office/authority/internal.h"

namespace congvan::authority {

using directory::Caller;
using directory::Role;

Authority::Authority(work::Transactions& transactions,
                     CertificateStore& store,
                     directory::DirectoryStore& directory,
                     audit::Trail& trail,
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
    // The officer answers for the agency the certificate names; a person's is that of their post.
    auto agency = directory::AgencyId{holder.agency.value_or(Uuid{})};
    if (person) {
      const auto posts = directory_.postsOfPerson(tx, directory::PersonId{activator});
      if (!posts) return posts.error();
      if (posts->empty()) return Error{Code::RuleRefused, "holder_wrong"};
      agency = posts->front().agency;
    }
    const auto found = directory_.findAgency(tx, agency);
    if (!found) return found.error();
    if (seal && !found->isLegalPerson()) return Error{Code::RuleRefused, "holder_wrong"};
    const auto lineage = directory::lineageOf(tx, directory_, agency);
    if (!lineage) return lineage.error();
    const auto allowed = directory::require(officer, Role::CertificateOfficer, *lineage);
    if (!allowed) return allowed.error();
    Order order{.id = ids_.make<OrderTag>(),
                .kind = kind,
                .holder = holder,
                .activator = activator,
                .ordered_by = officer.person.value,
                .created = clock_.now()};
    const auto added = store_.addOrder(tx, order);
    if (!added) return added.error();
    const auto recorded = trail_.record(tx,
                                        {.kind = audit::EventKind::CertificateOrdered,
                                         .by = directory::actor(officer),
                                         .subject_kind = "order",
                                         .subject = order.id.value,
                                         .trace = officer.trace});
    if (!recorded) return recorded.error();
    return order;
  });
}

Result<std::vector<Order>> Authority::openOrders(const Caller& caller) {
  return transactions_.read<std::vector<Order>>(
      [&](work::Tx& tx) { return store_.openOrders(tx, caller.person.value); });
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
  const auto order =
      transactions_.read<Order>([&](work::Tx& tx) { return store_.findOrder(tx, id); });
  if (!order) return order.error();
  if (order->activator != caller.person.value) return Error{Code::Forbidden, "order_not_yours"};
  if (order->state != OrderState::Open) return Error{Code::Conflict, "order_used"};
  auto making = makingFor(caller, *order);
  if (!making) return making.error();
  making->spki = toBytes(spki);
  making->alongside = alongside;
  return make(*making);
}

Result<CertificateRecord> Authority::revoke(const Caller& officer,
                                            CertificateId id,
                                            pki::RevocationReason reason,
                                            std::optional<Instant> invalidity_date) {
  const auto now = wholeSecond(clock_.now());
  auto revoked =
      transactions_.run<CertificateRecord>([&](work::Tx& tx) -> Result<CertificateRecord> {
        const auto own = directory::lineageOf(tx, directory_, officer.agency);
        if (!own) return own.error();
        const auto allowed = directory::require(officer, Role::CertificateOfficer, *own);
        if (!allowed) return allowed.error();
        auto record = store_.find(tx, id);
        if (!record) return record;
        if (record->state != CertificateState::Issued || !record->issuer) {
          return Error{Code::Conflict,
                       "certificate_not_active",
                       {{"state", std::string(name(record->state))}}};
        }
        record->state = CertificateState::Revoked;
        record->revoked = pki::Revoked{now, reason, invalidity_date};
        const auto entry =
            tlog::encodeLeaf(tlog::StatusLeaf{.time = now,
                                              .serial = serialBytes(*record),
                                              .status = tlog::CertificateStatus::Revoked,
                                              .reason = static_cast<std::uint8_t>(reason)});
        if (!entry) return entry.error();
        const auto queued = log_.add(tx, *entry);
        if (!queued) return queued.error();
        const auto kept = store_.replace(tx, *record);
        if (!kept) return kept.error();
        record->version += 1;
        const auto recorded = trail_.record(tx,
                                            certificateEvent(audit::EventKind::CertificateRevoked,
                                                             directory::actor(officer),
                                                             *record,
                                                             officer.trace));
        if (!recorded) return recorded.error();
        return record;
      });
  if (!revoked) return revoked;
  const auto key = keyNamed(kIssuing);
  if (!key) return key.error();
  const auto published = publishCrl(**key);
  if (!published) return published.error();
  return revoked;
}

Result<std::vector<CertificateRecord>> Authority::list(const Caller& caller,
                                                       std::optional<CertificateId> after,
                                                       int limit) {
  return transactions_.read<std::vector<CertificateRecord>>(
      [&](work::Tx& tx) -> Result<std::vector<CertificateRecord>> {
        const auto own = directory::lineageOf(tx, directory_, caller.agency);
        if (!own) return own.error();
        const bool may = directory::holds(caller, Role::CertificateOfficer, *own) ||
                         directory::holds(caller, Role::Auditor, *own);
        if (!may) return Error{Code::Forbidden, "role_missing", {{"role", "certificate-officer"}}};
        return store_.list(tx, after, limit);
      });
}

Result<CertificateRecord> Authority::find(const Caller& caller, CertificateId id) {
  return transactions_.read<CertificateRecord>([&](work::Tx& tx) -> Result<CertificateRecord> {
    auto record = store_.find(tx, id);
    if (!record) return record;
    if (record->holder.person == caller.person.value) return record;
    const auto own = directory::lineageOf(tx, directory_, caller.agency);
    if (!own) return own.error();
    const bool may = directory::holds(caller, Role::CertificateOfficer, *own) ||
                     directory::holds(caller, Role::Auditor, *own);
    if (!may) return Error{Code::Forbidden, "role_missing", {{"role", "certificate-officer"}}};
    return record;
  });
}

}  // namespace congvan::authority
