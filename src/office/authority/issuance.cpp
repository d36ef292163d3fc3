// SPDX-License-Identifier: Apache-2.0
#include "office/audit/details.h"
#include "office/authority/internal.h"
#include "office/work/again.h"
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

/// Of RFC 5280, 5.3.1.
std::optional<std::int64_t> reasonOf(const CertificateRecord& record) {
  if (!record.revoked) return std::nullopt;
  return static_cast<std::int64_t>(record.revoked->reason);
}

/// No longer than asked for, than the profile and than the issuer itself; nullopt: the latter two
/// decide.
std::optional<Instant> lastInstant(const std::optional<Instant>& wanted,
                                   const pki::Profile& profile,
                                   const pki::Certificate* issuer,
                                   Instant from) {
  if (!wanted) return std::nullopt;
  const Instant longest = from + std::chrono::days(profile.validity_days) - std::chrono::seconds(1);
  const Instant last = std::min(*wanted, longest);
  return issuer == nullptr ? last : std::min(last, issuer->notAfter());
}

/// What the intent's leaf commits to: which request, what it said, and the three people.
std::string approvalsText(const RequestRecord& request) {
  const auto who = [](const std::optional<Act>& act) { return act ? act->person.text() : ""; };
  return "certificate-request\n" + request.id.text() + "\n" + toHex(request.approved_hash) + "\n" +
         request.entered.person.text() + "\n" + who(request.accepted) + "\n" +
         who(request.approved) + "\n";
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
          .details = audit::Details()
                         .say("serial", record.serial)
                         .say("profile", record.profile)
                         .say("tbs_sha256", toHex(record.tbs_sha256))
                         .say("reason", reasonOf(record))
                         .text()};
}

// --- making a certificate
// -------------------------------------------------------------------------------------

Result<CertificateRecord> Authority::make(const Making& making) {
  if (making.signer == nullptr) {
    return Error{Code::Conflict, "authority_key_away", {{"issuer", making.issuer_name}}};
  }
  const auto text = profiles_.read(name(making.kind));
  if (!text) return text.error();
  const auto profile = pki::readProfile(*text);
  if (!profile) return profile.error();

  // An intent that no key can follow would only be abandoned.
  const auto ready = making.signer->ready();
  if (!ready) return ready.error();

  CrlShard list;
  if (making.issuer) {
    auto place = placeOnCrl(*making.issuer, *profile);
    if (!place) return place.error();
    list = std::move(*place);
  }
  const auto now = wholeSecond(clock_.now());
  const pki::CertificateRequest request{
      .subject = making.subject,
      .subject_name = making.subject_name,
      .spki = making.spki,
      .serial = pki::makeSerial(random_),
      .not_before = now,
      .not_after = lastInstant(
          making.not_after, *profile, making.issuer ? &making.issuer->certificate : nullptr, now),
      .addresses = {options_.public_url + "/pki",
                    making.issuer_name,
                    crlName(making.issuer_name, list.shard)},
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

  const auto authorities = authoritiesAbove(making);
  if (!authorities) return authorities.error();
  const auto read = pki::checkAsRead(*tbs, making.signer->algorithm(), *authorities);
  if (!read) return read.error();

  CertificateRecord record{.id = ids_.make<CertificateTag>(),
                           .kind = making.kind,
                           .holder = making.holder,
                           .profile = profile->name,
                           .serial = toHex(request.serial),
                           .not_before = now,
                           .created = now};
  if (making.issuer) record.issuer = making.issuer->issuer.id;
  record.crl_shard = list.shard;
  record.tbs_sha256 = crypto::digest(crypto::DigestAlgorithm::Sha256, *tbs);
  record.approvals_salt = toBytes(BytesView(tlog::makeSalt(random_)));

  const auto intended = declareIntent(making, std::move(record));
  if (!intended) return intended;
  auto issued = signIntended(making, *intended, *tbs);
  if (issued) return issued;
  // Nothing happens when the commit came through after all; a database that is gone leaves the
  // intent to start().
  static_cast<void>(abandon(*intended));
  return issued;
}

/// The issuer and who stands above it below the root.
Result<std::vector<pki::Certificate>> Authority::authoritiesAbove(const Making& making) {
  if (!making.issuer) return std::vector<pki::Certificate>();
  auto above = chainOf(making.issuer->record);
  if (above) above->push_back(making.issuer->certificate);
  return above;
}

Result<CertificateRecord> Authority::signIntended(const Making& making,
                                                  const CertificateRecord& intended,
                                                  BytesView tbs) {
  // A crash from here on leaves an intent that everybody can see, and that start() marks.
  const auto intent_index = log_.wait(*intended.intent_leaf);
  if (!intent_index) return intent_index.error();
  const auto value = crypto::signMessage(*making.signer, tbs);
  if (!value) return value.error();
  const auto certificate =
      pki::assemble(tbs, making.signer->algorithm(), *value, making.signer->publicKey());
  if (!certificate) return certificate.error();
  return completeIntent(making, intended, *certificate, *intent_index);
}

Result<CertificateRecord> Authority::declareIntent(const Making& making, CertificateRecord record) {
  const auto approved = making.request ? approvalsText(*making.request) : "service\n";
  tlog::IntentLeaf leaf{.time = record.created,
                        .request = making.request ? making.request->id.value : record.id.value,
                        .approvals = tlog::commit(record.approvals_salt, asBytes(approved)),
                        .profile = record.profile,
                        .serial = serialBytes(record)};
  std::ranges::copy(record.tbs_sha256, leaf.tbs.begin());
  const auto entry = tlog::encodeLeaf(leaf);
  if (!entry) return entry.error();
  return transactions_.run<CertificateRecord>([&](work::Tx& tx) -> Result<CertificateRecord> {
    if (making.issuer) {
      // As it stands now, whatever this instance has loaded.
      const auto issuer = store_.find(tx, making.issuer->record.id);
      if (!issuer) return issuer;
      if (issuer->state != CertificateState::Issued) {
        return Error{Code::Conflict, "issuer_not_in_force", {{"issuer", making.issuer_name}}};
      }
    }
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
}

Result<CertificateRecord> Authority::completeIntent(const Making& making,
                                                    CertificateRecord record,
                                                    const pki::Certificate& certificate,
                                                    std::uint64_t intent_index) {
  record.der = toBytes(certificate.der());
  record.subject = certificate.subject();
  record.not_after = certificate.notAfter();
  record.state = CertificateState::Issued;
  const auto entry = tlog::encodeLeaf(tlog::IssuedLeaf{.time = clock_.now(),
                                                       .intent_index = intent_index,
                                                       .serial = serialBytes(record),
                                                       .certificate = sha256(record.der)});
  if (!entry) return entry.error();
  const auto complete = [&](work::Tx& tx) -> Result<CertificateRecord> {
    const auto own = store_.find(tx, record.id);
    if (!own) return own;
    if (own->state != CertificateState::Intended) return certificateNotActive(*own);
    auto next = record;
    const auto queued = log_.add(tx, *entry);
    if (!queued) return queued.error();
    next.issued_leaf = *queued;
    const auto completed = completeRequest(tx, making, next.id);
    if (!completed) return completed.error();
    const auto replaced = store_.replace(tx, next);
    if (!replaced) return replaced.error();
    next.version += 1;
    const auto recorded = trail_.record(
        tx, certificateEvent(audit::EventKind::CertificateIssued, making.by, next, making.trace));
    if (!recorded) return recorded.error();
    const auto noted = once_.after(tx, making.once, next.id.text());
    if (!noted) return noted.error();
    return next;
  };
  auto kept = work::runUntilCurrent<CertificateRecord>(transactions_, complete);
  if (!kept) return kept;
  const auto durable = log_.wait(*kept->issued_leaf);
  if (!durable) return durable.error();
  return kept;
}

Result<> Authority::abandon(const CertificateRecord& record) {
  const auto now = wholeSecond(clock_.now());
  const auto entry = tlog::encodeLeaf(tlog::StatusLeaf{
      .time = now, .serial = serialBytes(record), .status = tlog::CertificateStatus::Abandoned});
  if (!entry) return entry.error();
  const auto marked =
      work::runUntilCurrent<std::monostate>(transactions_, [&](work::Tx& tx) -> Result<> {
        auto found = store_.find(tx, record.id);
        if (!found) return found.error();
        if (found->state != CertificateState::Intended) return kDone;
        found->state = CertificateState::Abandoned;
        // The key may have been used. Whoever holds that certificate, if anybody does, must not
        // pass.
        if (found->issuer)
          found->revoked = pki::Revoked{now, pki::RevocationReason::Unspecified, {}};
        const auto queued = log_.add(tx, *entry);
        if (!queued) return queued.error();
        const auto kept = store_.replace(tx, *found);
        if (!kept) return kept;
        const auto forgotten = store_.forgetKey(tx, found->id);
        if (!forgotten) return forgotten;
        const auto due = markStatusChanged(tx, *found);
        if (!due) return due;
        return trail_.record(
            tx, certificateEvent(audit::EventKind::CertificateAbandoned, {}, *found, {}));
      });
  if (!marked) return marked.error();
  return kDone;
}

Result<> Authority::settleOpenIntents(Instant limit) {
  const auto open = transactions_.read<std::vector<CertificateRecord>>(
      [&](work::Tx& tx) { return store_.intended(tx); });
  if (!open) return open.error();
  for (const auto& record : *open) {
    // Another instance may be about to sign a younger one.
    if (record.created > limit) continue;
    const auto marked = abandon(record);
    if (!marked) return marked;
  }
  return kDone;
}

}  // namespace congvan::authority
