// SPDX-License-Identifier: Apache-2.0
#include "office/audit/details.h"
#include "office/authority/internal.h"
#include "trust/crypto/digest.h"
#include "trust/crypto/public_key.h"
#include "trust/pki/build.h"
#include "trust/pki/csr.h"

namespace congvan::authority {

using directory::Caller;
using directory::Role;

// --- what an approved request becomes ---

Result<Order> Authority::order(work::Tx& tx, const Caller& officer, const RequestRecord& request) {
  Order order{.id = ids_.make<OrderTag>(),
              .request = request.id,
              .kind = request.content.kind,
              .holder = request.content.holder(),
              .activator = request.content.activator.value(),
              .ordered_by = officer.person.value,
              .created = clock_.now()};
  const auto added = store_.addOrder(tx, order);
  if (!added) return added.error();
  const auto recorded = trail_.record(tx,
                                      {.kind = audit::EventKind::CertificateOrdered,
                                       .by = directory::actor(officer),
                                       .subject_kind = "order",
                                       .subject = order.id.value,
                                       .trace = officer.trace,
                                       .details = audit::Details()
                                                      .say("request", order.request)
                                                      .say("kind", name(order.kind))
                                                      .say("person", order.holder.person)
                                                      .say("agency", order.holder.agency)
                                                      .say("activator", order.activator)
                                                      .text()});
  if (!recorded) return recorded.error();
  return order;
}

Result<> Authority::cancelOrder(work::Tx& tx, const std::optional<OrderId>& id) {
  if (!id) return kDone;
  auto order = store_.findOrder(tx, *id);
  if (!order) return order.error();
  if (order->state != OrderState::Open) return kDone;
  order->state = OrderState::Cancelled;
  return store_.replaceOrder(tx, *order);
}

Result<RequestRule> Authority::rule() {
  const auto text = profiles_.read("rules");
  if (!text) return text.error();
  const auto rules = readRequestRules(*text);
  if (!rules) return rules.error();
  return ruleOn(*rules, vietnamDate(clock_.now()));
}

Result<> Authority::sealMayBeMade(work::Tx& tx, const RequestContent& content) {
  if (content.kind != CertificateKind::OrganisationSeal) return kDone;
  const auto rule_now = rule();
  if (!rule_now) return rule_now.error();
  const auto all = store_.ofHolder(tx, content.holder(), content.kind);
  if (!all) return all.error();
  const auto now = clock_.now();
  const bool lasting = std::ranges::any_of(*all, [&](const CertificateRecord& record) {
    const bool there = record.state == CertificateState::Issued ||
                       record.state == CertificateState::Suspended;  // it may be released
    return there && record.id != content.certificate &&
           record.not_after - now > std::chrono::days(rule_now->next_seal_days);
  });
  if (lasting) return Error{Code::Conflict, "seal_active"};
  return kDone;
}

Result<> Authority::keyMayBeCertified(work::Tx& tx, CertificateKind kind, BytesView spki) {
  const auto text = profiles_.read(name(kind));
  if (!text) return text.error();
  const auto profile = pki::readProfile(*text);
  if (!profile) return profile.error();
  const auto allowed = pki::checkKey(*profile, spki);
  if (!allowed) return allowed;
  const auto before = store_.ofKey(tx, crypto::digest(crypto::DigestAlgorithm::Sha256, spki));
  if (!before) return before.error();
  if (*before) return Error{Code::RuleRefused, "key_reused"};
  return kDone;
}

// --- making its certificate ---

/// Subject of a holder's certificate (DN conventions of the official trees): the province as O, the
/// managing body and the unit as OU, the person, agency or device as CN. Always from the directory:
/// what a CSR says of names is not looked at.
Result<std::vector<pki::SubjectAttribute>> Authority::subjectOf(work::Tx& tx,
                                                                const RequestContent& content) {
  const auto agency = directory_.findAgency(tx, content.agency);
  if (!agency) return agency.error();
  std::vector<pki::SubjectAttribute> subject = {{"C", "VN"}, {"O", options_.province}};
  if (content.kind == CertificateKind::OrganisationSeal) {
    subject.push_back({"CN", agency->name});
    return subject;
  }
  if (agency->name != options_.province) subject.push_back({"OU", agency->name});
  if (!content.person) {
    subject.push_back({"CN", content.device_name});
    return subject;
  }
  const directory::PersonId holder{*content.person};
  const auto person = directory_.findPerson(tx, holder);
  if (!person) return person.error();
  const auto posts = directory_.postsOfPerson(tx, holder);
  if (!posts) return posts.error();
  const auto today = vietnamDate(clock_.now());
  for (const auto& post : *posts) {
    const auto lineage = directory::lineageOf(tx, directory_, post.agency);
    if (!lineage) return lineage.error();
    const bool here =
        directory::inForce(post, today) && directory::legalPersonOf(*lineage) == content.agency;
    if (!here) continue;
    if (post.agency != content.agency) {
      const auto unit = directory_.findAgency(tx, post.agency);
      if (!unit) return unit.error();
      subject.push_back({"OU", unit->name});
    }
    subject.push_back({"CN", person->name});
    return subject;
  }
  return Error{Code::RuleRefused, "holder_wrong"};
}

/// What is renewed or replaced has to be in force to the last: a certificate that was revoked since
/// the approval is not followed by another.
Result<CertificateRecord> Authority::followedInForce(work::Tx& tx, const RequestContent& content) {
  auto followed = store_.find(tx, content.certificate.value());
  if (!followed || followed->state == CertificateState::Issued) return followed;
  return certificateNotActive(*followed);
}

Result<Authority::Making> Authority::makingFor(const Caller& caller, const RequestRecord& request) {
  Making making{
      .kind = request.content.kind, .holder = request.content.holder(), .request = request};
  const auto source = transactions_.read<std::monostate>([&](work::Tx& tx) -> Result<> {
    const auto free = sealMayBeMade(tx, request.content);
    if (!free) return free;
    auto subject = subjectOf(tx, request.content);
    if (!subject) return subject.error();
    making.subject = std::move(*subject);
    std::optional<CertificateRecord> followed;
    if (request.content.type != RequestType::New) {
      auto found = followedInForce(tx, request.content);
      if (!found) return found.error();
      followed = std::move(*found);
    }
    if (request.valid_days > 0) {
      making.not_after = wholeSecond(clock_.now()) + std::chrono::days(request.valid_days) -
                         std::chrono::seconds(1);
      return kDone;
    }
    making.not_after = followed.value().not_after;
    return kDone;
  });
  if (!source) return source.error();
  const auto issuer = issuingNow();
  if (!issuer) return issuer.error();
  making.issuer = *issuer;
  making.signer = (*issuer)->signer.get();
  making.issuer_name = (*issuer)->issuer.name;
  making.by = directory::actor(caller);
  making.trace = caller.trace;
  making.once = caller.once;
  return making;
}

Result<crypto::KeyPlace> Authority::keyPlace(const Order& order) {
  const auto request = transactions_.read<RequestRecord>(
      [&](work::Tx& tx) { return requests_.find(tx, order.request); });
  if (!request) return request.error();
  const bool in_token = request->content.key == KeySource::Token;
  return in_token ? crypto::KeyPlace::Token : crypto::KeyPlace::Software;
}

Result<Authority::SeenOrder> Authority::seeOrder(const Caller& caller, OrderId id) {
  auto seen = transactions_.read<SeenOrder>([&](work::Tx& tx) -> Result<SeenOrder> {
    auto order = store_.findOrder(tx, id);
    if (!order) return order.error();
    auto request = requests_.find(tx, order->request);
    if (!request) return request.error();
    SeenOrder found{std::move(*order), std::move(*request), {}};
    const auto before = once_.before(tx, caller.once);
    if (!before) return before.error();
    if (*before) {
      auto made = store_.find(tx, CertificateId{*Uuid::parse(**before)});
      if (!made) return made.error();
      found.made = std::move(*made);
      return found;
    }
    if (!found.order.holder.agency) return found;
    const auto lineage = directory::lineageOf(tx, directory_, found.request.content.agency);
    if (!lineage) return lineage.error();
    const auto clerk = directory::require(caller, Role::Clerk, *lineage);
    if (!clerk) return clerk.error();
    return found;
  });
  if (!seen || seen->made) return seen;
  if (seen->order.activator != caller.person.value) {
    return Error{Code::Forbidden, "order_not_yours"};
  }
  if (seen->order.state != OrderState::Open) return Error{Code::Conflict, "order_used"};
  return seen;
}

Result<std::optional<CertificateRecord>> Authority::mayFulfil(const Caller& caller, OrderId id) {
  auto seen = seeOrder(caller, id);
  if (!seen) return seen.error();
  if (seen->made) return std::move(seen->made);
  const auto making = makingFor(caller, seen->request);
  if (!making) return making.error();
  return std::optional<CertificateRecord>();
}

Result<CertificateRecord> Authority::fulfil(const Caller& caller,
                                            OrderId id,
                                            BytesView spki,
                                            const Alongside& alongside) {
  const auto seen = seeOrder(caller, id);
  if (!seen) return seen.error();
  if (seen->made) return *seen->made;
  auto making = makingFor(caller, seen->request);
  if (!making) return making.error();
  making->order = seen->order;
  making->spki = toBytes(spki);
  making->alongside = alongside;
  return make(*making);
}

Result<CertificateRecord> Authority::issue(const Caller& officer, const RequestRecord& request) {
  const auto csr = pki::readSigningRequest(request.content.csr);
  if (!csr) return csr.error();
  const auto fine = transactions_.read<std::monostate>(
      [&](work::Tx& tx) { return keyMayBeCertified(tx, request.content.kind, csr->spki); });
  if (!fine) return fine.error();
  auto making = makingFor(officer, request);
  if (!making) return making.error();
  making->spki = csr->spki;
  return make(*making);
}

// --- and that it was made ---

/// One of two that make the certificate of one request comes first; the other is refused here, and
/// its intent abandoned.
Result<> Authority::completeRequest(work::Tx& tx, const Making& making, CertificateId certificate) {
  const auto claimed = store_.claimKey(
      tx, crypto::digest(crypto::DigestAlgorithm::Sha256, making.spki), certificate);
  if (!making.request) return kDone;  // the service may certify a key of its own again
  if (!claimed) return Error{Code::RuleRefused, "key_reused"};
  if (making.order) {
    const auto used = useOrder(tx, *making.order, certificate);
    if (!used) return used;
  }
  auto request = requests_.find(tx, making.request->id);
  if (!request) return request.error();
  const auto state = requireState(*request, {RequestState::Approved});
  if (!state) return state;
  const auto sealed = takeSeal(tx, request->content, certificate);
  if (!sealed) return sealed;
  request->state = RequestState::Issued;
  request->certificate = certificate;
  const auto kept = requests_.replace(tx, *request);
  if (!kept && kept.error().code == Code::Stale) return requireState(*request, {});
  if (!kept) return kept;
  return settleFollowed(tx, making);
}

/// Another seal may have come since the intent, or come at the same moment: both take the agency's
/// next number, and look then.
Result<> Authority::takeSeal(work::Tx& tx,
                             const RequestContent& content,
                             CertificateId certificate) {
  if (content.kind != CertificateKind::OrganisationSeal) return kDone;
  const auto claimed = store_.claimSeal(tx, content.agency.value, certificate);
  return claimed ? sealMayBeMade(tx, content) : claimed;
}

/// Of changed information and of a lost device, the certificate before ends with the new one; of a
/// renewal it goes on to its end.
Result<> Authority::settleFollowed(work::Tx& tx, const Making& making) {
  const auto& content = making.request->content;
  if (content.type == RequestType::New) return kDone;
  auto followed = followedInForce(tx, content);
  if (!followed) return followed.error();
  const bool changed = content.type == RequestType::InformationChanged;
  if (!changed && content.type != RequestType::DeviceRecovered) {
    // Written as it is, so that of this and a revocation at the same moment one sees the other.
    return store_.replace(tx, *followed);
  }
  const auto reason =
      changed ? pki::RevocationReason::AffiliationChanged : pki::RevocationReason::Superseded;
  return revoke(tx, making.by, making.trace, *followed, {wholeSecond(clock_.now()), reason, {}});
}

Result<> Authority::useOrder(work::Tx& tx, const Order& wanted, CertificateId certificate) {
  auto order = store_.findOrder(tx, wanted.id);
  if (!order) return order.error();
  if (order->state != OrderState::Open) return Error{Code::Conflict, "order_used"};
  order->state = OrderState::Used;
  order->certificate = certificate;
  const auto used = store_.replaceOrder(tx, *order);
  // Another activation of the same order came first.
  if (!used && used.error().code == Code::Stale) return Error{Code::Conflict, "order_used"};
  return used;
}

}  // namespace congvan::authority
