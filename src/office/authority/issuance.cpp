// SPDX-License-Identifier: Apache-2.0
#include "office/authority/internal.h"
#include "trust/crypto/digest.h"
#include "trust/pki/build.h"
#include "trust/pki/lint.h"

namespace congvan::authority {
namespace {

tlog::Hash sha256(BytesView bytes) {
  const auto digest = crypto::digest(crypto::DigestAlgorithm::Sha256, bytes);
  tlog::Hash hash{};
  std::ranges::copy(digest, hash.begin());
  return hash;
}

}  // namespace

audit::Entry certificateEvent(audit::EventKind kind,
                              const audit::Actor& by,
                              const CertificateRecord& record,
                              std::string_view trace) {
  return {.kind = kind,
          .by = by,
          .subject_kind = "certificate",
          .subject = record.id.value,
          .trace = std::string(trace),
          .details = R"({"serial":")" + record.serial + R"(","profile":")" + record.profile +
                     R"(","tbs_sha256":")" + toHex(record.tbs_sha256) + R"("})"};
}

// --- making a certificate
// -------------------------------------------------------------------------------------

Result<CertificateRecord> Authority::make(const Making& making) {
  const auto text = profiles_.read(name(making.kind));
  if (!text) return text.error();
  const auto profile = pki::readProfile(*text);
  if (!profile) return profile.error();

  const auto now = wholeSecond(clock_.now());
  const pki::CertificateRequest request{
      .subject = making.subject,
      .spki = making.spki,
      .serial = pki::makeSerial(random_),
      .not_before = now,
      .addresses = {options_.public_url + "/pki", making.issuer_name},
      .dns_names = making.dns_names,
      .ip_addresses = making.ip_addresses};
  const auto issuer = making.issuer ? std::optional(pki::issuerIdentity(making.issuer->certificate))
                                    : std::optional<pki::IssuerIdentity>{};
  const auto tbs = pki::buildTbs(*profile, request, issuer, making.signer->algorithm());
  if (!tbs) return tbs.error();
  for (const auto& finding : pki::lintTbs(*tbs)) {
    if (finding.severity != pki::LintSeverity::Error) continue;
    return Error{
        Code::RuleRefused, "certificate_lint", {{"finding", finding.rule}}, finding.detail};
  }

  CertificateRecord record{.id = ids_.make<CertificateTag>(),
                           .kind = making.kind,
                           .holder = making.holder,
                           .profile = profile->name,
                           .serial = toHex(request.serial),
                           .not_before = now,
                           .created = now};
  if (making.issuer) record.issuer = making.issuer->issuer.id;
  record.tbs_sha256 = crypto::digest(crypto::DigestAlgorithm::Sha256, *tbs);
  record.approvals_salt = toBytes(BytesView(tlog::makeSalt(random_)));

  auto intended = declareIntent(making, std::move(record));
  if (!intended) return intended;
  const auto value = crypto::signMessage(*making.signer, *tbs);
  const auto certificate =
      value ? pki::assemble(*tbs, making.signer->algorithm(), *value, making.signer->publicKey())
            : Result<pki::Certificate>(value.error());
  if (!certificate) {
    const auto abandoned = abandon(*intended);
    return abandoned ? certificate.error() : abandoned.error();
  }
  auto issued = completeIntent(making, *intended, certificate->der());
  if (!issued && issued.error().code != Code::Unavailable) {
    const auto abandoned = abandon(*intended);
    return abandoned ? issued.error() : abandoned.error();
  }
  return issued;
}

Result<CertificateRecord> Authority::declareIntent(const Making& making, CertificateRecord record) {
  const auto approved = making.order
                            ? making.order->id.text() + "\n" + making.order->ordered_by.text()
                            : std::string("service\n");
  tlog::IntentLeaf leaf{.time = record.created,
                        .request = making.order ? making.order->id.value : record.id.value,
                        .approvals = tlog::commit(record.approvals_salt, asBytes(approved)),
                        .profile = record.profile,
                        .serial = serialBytes(record)};
  std::ranges::copy(record.tbs_sha256, leaf.tbs.begin());
  const auto entry = tlog::encodeLeaf(leaf);
  if (!entry) return entry.error();
  auto kept = transactions_.run<CertificateRecord>([&](work::Tx& tx) -> Result<CertificateRecord> {
    auto next = record;
    const auto queued = log_.add(tx, *entry);
    if (!queued) return queued.error();
    next.intent_leaf = *queued;
    const auto added = store_.add(tx, next);
    if (!added) return added.error();
    if (making.alongside) {
      const auto stored = making.alongside(tx, next.id);
      if (!stored) return stored.error();
    }
    const auto recorded = trail_.record(
        tx, certificateEvent(audit::EventKind::CertificateIntended, making.by, next, making.trace));
    if (!recorded) return recorded.error();
    return next;
  });
  if (!kept) return kept;
  // A crash from here on leaves an intent that everybody can see, and that start() marks.
  const auto durable = log_.wait(*kept->intent_leaf);
  if (!durable) return durable.error();
  return kept;
}

Result<CertificateRecord> Authority::completeIntent(const Making& making,
                                                    CertificateRecord record,
                                                    BytesView der) {
  const auto certificate = pki::Certificate::parse(der);
  if (!certificate) return certificate.error();
  record.der = toBytes(der);
  record.subject = certificate->subject();
  record.not_after = certificate->notAfter();
  record.state = CertificateState::Issued;
  const auto intent_index = log_.wait(*record.intent_leaf);
  if (!intent_index) return intent_index.error();
  const auto entry = tlog::encodeLeaf(tlog::IssuedLeaf{.time = clock_.now(),
                                                       .intent_index = *intent_index,
                                                       .serial = serialBytes(record),
                                                       .certificate = sha256(der)});
  if (!entry) return entry.error();
  auto kept = transactions_.run<CertificateRecord>([&](work::Tx& tx) -> Result<CertificateRecord> {
    auto next = record;
    const auto queued = log_.add(tx, *entry);
    if (!queued) return queued.error();
    next.issued_leaf = *queued;
    if (making.order) {
      auto order = store_.findOrder(tx, making.order->id);
      if (!order) return order.error();
      if (order->state != OrderState::Open) return Error{Code::Conflict, "order_used"};
      order->state = OrderState::Used;
      order->certificate = next.id;
      const auto used = store_.replaceOrder(tx, *order);
      if (!used) return used.error();
    }
    const auto replaced = store_.replace(tx, next);
    if (!replaced) return replaced.error();
    next.version += 1;
    const auto recorded = trail_.record(
        tx, certificateEvent(audit::EventKind::CertificateIssued, making.by, next, making.trace));
    if (!recorded) return recorded.error();
    return next;
  });
  if (!kept) return kept;
  const auto durable = log_.wait(*kept->issued_leaf);
  if (!durable) return durable.error();
  return kept;
}

Result<> Authority::abandon(const CertificateRecord& record) {
  const auto entry =
      tlog::encodeLeaf(tlog::StatusLeaf{.time = clock_.now(),
                                        .serial = serialBytes(record),
                                        .status = tlog::CertificateStatus::Abandoned});
  if (!entry) return entry.error();
  return transactions_.run<std::monostate>([&](work::Tx& tx) -> Result<> {
    auto now = store_.find(tx, record.id);
    if (!now) return now.error();
    if (now->state != CertificateState::Intended) return kDone;
    now->state = CertificateState::Abandoned;
    const auto queued = log_.add(tx, *entry);
    if (!queued) return queued.error();
    const auto kept = store_.replace(tx, *now);
    if (!kept) return kept;
    return trail_.record(tx,
                         certificateEvent(audit::EventKind::CertificateAbandoned, {}, *now, {}));
  });
}

}  // namespace congvan::authority
