// SPDX-License-Identifier: Apache-2.0
#include "office/audit/details.h"
#include "office/authority/internal.h"
#include "office/work/again.h"
#include "trust/crypto/digest.h"

#include <charconv>

/// What is done to the authorities themselves, by people around a table: more of them, which one
/// issues, and a root's key that leaves the service in shares.
namespace congvan::authority {
namespace {

audit::Entry issuerEvent(audit::EventKind kind, const Issuer& issuer, std::string details = "{}") {
  return {.kind = kind,
          .subject_kind = "issuer",
          .subject = issuer.id.value,
          .details = std::move(details)};
}

// A cross-certificate and an issuing authority.
constexpr int kLevelsBelowARoot = 2;

Error keyAway(const Issuer& issuer) {
  return {Code::Conflict, "authority_key_away", {{"issuer", issuer.name}}};
}

}  // namespace

// --- which authority does what ---

/// The one that took over last, of those that are good today.
Result<std::shared_ptr<const Authority::Key>> Authority::issuingNow() {
  const auto now = clock_.now();
  std::shared_ptr<const Key> chosen;
  for (const auto& one : issuers()) {
    const auto& record = one->record;
    const bool good = record.kind == CertificateKind::Issuing && one->signer &&
                      record.state == CertificateState::Issued && now <= record.not_after;
    if (!good || !(one->issuer.issues_since || one->issuer.name == kIssuing)) continue;
    if (!chosen || chosen->issuer.issues_since < one->issuer.issues_since) chosen = one;
  }
  if (!chosen) return Error{Code::NotFound, "issuing_authority_missing"};
  return chosen;
}

std::vector<AuthorityView> Authority::authorities() {
  const auto issuing = issuingNow();
  std::vector<AuthorityView> views;
  for (const auto& one : issuers()) {
    const auto shards = transactions_.read<std::vector<CrlShard>>(
        [&](work::Tx& tx) { return store_.shardsOf(tx, one->issuer.id); });
    Instant first_end{};  // of the list that ends first
    if (shards && !shards->empty()) {
      first_end = std::ranges::min(*shards, {}, &CrlShard::next_update).next_update;
    }
    views.push_back({.name = one->issuer.name,
                     .kind = one->record.kind,
                     .state = one->record.state,
                     .certificate = one->certificate,
                     .key_here = one->signer != nullptr,
                     .issues = issuing && (*issuing)->issuer.id == one->issuer.id,
                     .crl_next_update = first_end});
  }
  return views;
}

Authority::OwnKey Authority::issuingNumber(int number, std::string_view root) {
  return {.name = "ca" + std::to_string(number),
          .kind = CertificateKind::Issuing,
          .common_name = "Chứng thực cấp phát số " + std::to_string(number) + " ",
          .parent = std::string(root)};
}

/// The number that follows the highest one: `ca1`, `ca3` give 4.
int Authority::nextNumber(std::string_view prefix) {
  int highest = 0;
  for (const auto& one : issuers()) {
    const std::string_view name = one->issuer.name;
    if (!name.starts_with(prefix)) continue;
    const auto rest = name.substr(prefix.size());
    int number = rest.empty() ? 1 : 0;  // the first root has none
    std::from_chars(rest.data(), rest.data() + rest.size(), number);
    highest = std::max(highest, number);
  }
  return highest + 1;
}

Result<std::string> Authority::addIssuing(std::string_view root) {
  const auto parent = keyNamed(root);
  if (!parent || (*parent)->record.kind != CertificateKind::Root) {
    return Error{Code::NotFound, "issuer_missing"};
  }
  const auto wanted = issuingNumber(nextNumber("ca"), root);
  const auto made = ensureKey(wanted);
  if (!made) return made.error();
  const auto answering = renewStatusSigners();
  if (!answering) return answering.error();
  const auto published = crl(wanted.name);
  if (!published) return published.error();
  const auto noted = noteAdded(wanted.name);
  if (!noted) return noted.error();
  return wanted.name;
}

Result<> Authority::noteAdded(std::string_view name) {
  const auto key = keyNamed(name);
  if (!key) return key.error();
  return transactions_.run<std::monostate>([&](work::Tx& tx) {
    return trail_.record(
        tx, certificateEvent(audit::EventKind::AuthorityAdded, {}, (*key)->record, {}));
  });
}

Result<> Authority::issueFrom(std::string_view name) {
  const auto key = keyNamed(name);
  if (!key || (*key)->record.kind != CertificateKind::Issuing) {
    return Error{Code::NotFound, "issuer_missing"};
  }
  if ((*key)->record.state != CertificateState::Issued) {
    return Error{Code::Conflict, "certificate_not_active"};
  }
  const auto chosen =
      work::runUntilCurrent<std::monostate>(transactions_, [&](work::Tx& tx) -> Result<> {
        auto row = store_.findIssuer(tx, (*key)->issuer.id);
        if (!row) return row.error();
        row->issues_since = clock_.now();
        const auto kept = store_.replaceIssuer(tx, *row);
        if (!kept) return kept;
        return trail_.record(tx, issuerEvent(audit::EventKind::AuthorityChosen, *row));
      });
  if (!chosen) return chosen;
  return load();
}

// --- another root ---

/// `under` certifies the key of `subject`, for as long as both last.
Result<> Authority::makeCross(const Key& under, const Key& subject) {
  const auto issuer = keyNamed(under.issuer.name);
  if (!issuer) return issuer.error();
  Making making{.kind = CertificateKind::Cross,
                .not_after = subject.certificate.notAfter(),
                .subject_name = toBytes(subject.certificate.subjectDer()),
                .spki = toBytes(subject.certificate.spkiDer())};
  making.issuer = *issuer;
  making.signer = (*issuer)->signer.get();
  making.issuer_name = (*issuer)->issuer.name;
  const auto made = make(making);
  if (!made) return made.error();
  return transactions_.run<std::monostate>([&](work::Tx& tx) {
    return trail_.record(tx, certificateEvent(audit::EventKind::AuthorityAdded, {}, *made, {}));
  });
}

Result<std::string> Authority::addRoot(std::string_view before) {
  const auto old = keyNamed(before);
  if (!old || (*old)->record.kind != CertificateKind::Root) {
    return Error{Code::NotFound, "issuer_missing"};
  }
  if (!(*old)->signer) return keyAway((*old)->issuer);
  // Before anything is made: a root of one level has no room for another's issuing authorities.
  const auto room = (*old)->certificate.pathLength();
  if (room && *room < kLevelsBelowARoot) return Error{Code::RuleRefused, "issuer_path_length"};
  const auto number = nextNumber(kRoot);
  const auto name = std::string(kRoot) + std::to_string(number);
  const auto made = ensureKey({.name = name,
                               .kind = CertificateKind::Root,
                               .common_name = "Chứng thực gốc số " + std::to_string(number) + " "});
  if (!made) return made.error();
  const auto fresh = keyNamed(name);
  if (!fresh) return fresh.error();
  for (const auto& [under, subject] : {std::pair{*old, *fresh}, {*fresh, *old}}) {
    const auto crossed = makeCross(*under, *subject);
    if (!crossed) return crossed.error();
  }
  const auto published = crl(name);
  if (!published) return published.error();
  const auto noted = noteAdded(name);
  if (!noted) return noted.error();
  const auto read = load();
  if (!read) return read.error();
  return name;
}

std::vector<pki::Certificate> Authority::crossCertificates() const {
  const std::lock_guard lock(loaded_->mutex);
  return loaded_->crosses;
}

Result<> Authority::loadCrosses() {
  const auto records = transactions_.read<std::vector<CertificateRecord>>(
      [&](work::Tx& tx) { return store_.ofHolder(tx, Holder{}, CertificateKind::Cross); });
  if (!records) return records.error();
  std::vector<pki::Certificate> crosses;
  for (const auto& record : *records) {
    if (record.state != CertificateState::Issued) continue;
    auto certificate = pki::Certificate::parse(record.der);
    if (!certificate) return certificate.error();
    crosses.push_back(std::move(*certificate));
  }
  const std::lock_guard lock(loaded_->mutex);
  loaded_->crosses = std::move(crosses);
  return kDone;
}

// --- a root's key outside the service ---

Result<std::vector<crypto::KeyShare>> Authority::shareKey(std::string_view name,
                                                          int needed,
                                                          int of) {
  const auto key = keyNamed(name);
  if (!key || (*key)->record.kind != CertificateKind::Root) {
    return Error{Code::NotFound, "issuer_missing"};
  }
  if ((*key)->place == crypto::KeyPlace::Token) return keyInToken((*key)->issuer.name);
  const auto pkcs8 = privateKey((*key)->issuer);
  if (!pkcs8) return pkcs8.error();
  const auto& certificate = (*key)->certificate;
  const crypto::ShareLabel label{
      .split = makeUuid(clock_, random_),
      .authority = (*key)->issuer.name,
      .subject = certificate.subject(),
      .public_key_sha256 = crypto::digest(crypto::DigestAlgorithm::Sha256, certificate.spkiDer()),
      .needed = needed,
      .of = of};
  auto shares = crypto::splitKey(*pkcs8, label, random_);
  if (!shares) return shares;
  const auto noted = transactions_.run<std::monostate>([&](work::Tx& tx) {
    return trail_.record(tx,
                         issuerEvent(audit::EventKind::AuthorityKeySplit,
                                     (*key)->issuer,
                                     audit::Details()
                                         .say("split", label.split)
                                         .say("needed", std::int64_t{needed})
                                         .say("of", std::int64_t{of})
                                         .text()));
  });
  if (!noted) return noted.error();
  return shares;
}

Result<crypto::SecretBytes> Authority::privateKey(const Issuer& issuer) {
  if (!issuer.wrapped_key.empty()) return unsealOwnKey(issuer);
  const std::lock_guard lock(loaded_->mutex);
  const auto brought = loaded_->brought.find(issuer.name);
  if (brought == loaded_->brought.end()) return keyAway(issuer);
  return brought->second.pkcs8();
}

void Authority::keepBrought(const std::string& name, const crypto::SoftwareKey& key) {
  const std::lock_guard lock(loaded_->mutex);
  loaded_->brought.insert_or_assign(name, key);
}

Result<> Authority::bringKey(std::span<const crypto::KeyShare> shares) {
  const auto pkcs8 = crypto::joinKey(shares);
  if (!pkcs8) return pkcs8.error();
  const auto key = crypto::SoftwareKey::fromPkcs8(pkcs8->view());
  if (!key) return key.error();
  const auto& name = shares.front().label.authority;
  const auto authority = keyNamed(name);
  const bool fits =
      authority && std::ranges::equal((*authority)->certificate.spkiDer(), key->publicKey().spki());
  if (!fits) return Error{Code::RuleRefused, "authority_key_wrong", {{"issuer", name}}};
  keepBrought(name, *key);
  return load();
}

Result<> Authority::removeKey(std::string_view name) {
  const auto key = keyNamed(name);
  if (!key || (*key)->record.kind != CertificateKind::Root) {
    return Error{Code::NotFound, "issuer_missing"};
  }
  if ((*key)->place == crypto::KeyPlace::Token) return keyInToken((*key)->issuer.name);
  const auto removed =
      work::runUntilCurrent<std::monostate>(transactions_, [&](work::Tx& tx) -> Result<> {
        auto row = store_.findIssuer(tx, (*key)->issuer.id);
        if (!row) return row.error();
        row->wrapped_key.clear();
        const auto kept = store_.replaceIssuer(tx, *row);
        if (!kept) return kept;
        return trail_.record(tx, issuerEvent(audit::EventKind::AuthorityKeyRemoved, *row));
      });
  if (!removed) return removed;
  return load();
}

Result<> Authority::publishFor(std::string_view name, Duration period) {
  const auto key = keyNamed(name);
  if (!key) return Error{Code::NotFound, "issuer_missing"};
  if (!(*key)->signer) return keyAway((*key)->issuer);
  const auto shards = transactions_.read<std::vector<CrlShard>>(
      [&](work::Tx& tx) { return store_.shardsOf(tx, (*key)->issuer.id); });
  if (!shards) return shards.error();
  for (const auto& shard : *shards) {
    const auto published = crlInTurn(**key, shard, period);
    if (!published) return published.error();
  }
  return kDone;
}

Result<> Authority::recordCeremony(BytesView transcript, const std::vector<std::string>& present) {
  std::string people;
  for (const auto& person : present) people += (people.empty() ? "" : "; ") + person;
  const auto hash = crypto::digest(crypto::DigestAlgorithm::Sha256, transcript);
  return transactions_.run<std::monostate>([&](work::Tx& tx) {
    return trail_.record(
        tx,
        {.kind = audit::EventKind::CeremonyRecorded,
         .subject_kind = "authority",
         .details =
             audit::Details().say("transcript_sha256", toHex(hash)).say("present", people).text()});
  });
}

}  // namespace congvan::authority
