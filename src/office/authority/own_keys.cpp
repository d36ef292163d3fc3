// SPDX-License-Identifier: Apache-2.0
#include "office/authority/internal.h"
#include "trust/crypto/digest.h"
#include "trust/crypto/sealed.h"

namespace congvan::authority {
namespace {

/// The key that authorities' private keys are sealed under: derived, so that the server secret
/// itself is used for one purpose only.
crypto::SecretBytes sealKeyOf(const crypto::SecretBytes& server_secret) {
  Bytes labelled = toBytes("congvan/authority-keys/v1\n");
  append(labelled, server_secret.view());
  auto derived = crypto::digest(crypto::DigestAlgorithm::Sha256, labelled);
  crypto::wipe(labelled.data(), labelled.size());
  crypto::SecretBytes key{BytesView(derived)};
  crypto::wipe(derived.data(), derived.size());
  return key;
}

// Between intent and certificate lie one signature and a place in the log.
constexpr std::chrono::minutes kIntentAlive{2};

}  // namespace

// --- the authority's own keys
// ---------------------------------------------------------------------------------

Bytes Authority::sealingKeyBinding(const IssuerId& issuer) const {
  Bytes binding = toBytes("congvan authority key\n");
  append(binding, issuer.value.bytes);
  return binding;
}

Bytes Authority::sealOwnKey(const IssuerId& issuer, const crypto::SecretBytes& kept) {
  return crypto::seal(sealKeyOf(server_secret_), kept.view(), sealingKeyBinding(issuer), random_);
}

crypto::KeyPlace Authority::placeFor(CertificateKind kind) const {
  switch (kind) {
    case CertificateKind::Root:
      return options_.keys.root;
    case CertificateKind::Issuing:
      return options_.keys.issuing;
    case CertificateKind::Ocsp:
      return options_.keys.ocsp;
    default:
      return options_.keys.tsa;
  }
}

Result<crypto::FreshKey> Authority::makeOwnKey(CertificateKind kind,
                                               std::string_view name,
                                               crypto::KeyPlace place) {
  auto key = options_.ca_key;
  if (kind == CertificateKind::Tsa) key = options_.tsa.key;
  if (kind == CertificateKind::Ocsp) key = crypto::KeyKind::P256;
  return crypto::makeKey(place, key, token_, "congvan " + std::string(name));
}

/// What somebody believes to be in a token is not left in the database without a word.
Result<> Authority::requirePlaces() {
  const auto stamping = keyNamed(kTsa);
  if (!stamping) return stamping.error();
  auto all = issuers();
  all.push_back(*stamping);
  for (const auto& one : all) {
    if (one->issuer.wrapped_key.empty()) continue;  // in shares
    if (one->place != placeFor(one->record.kind)) {
      return Error{Code::Conflict, "authority_key_elsewhere", {{"name", one->issuer.name}}};
    }
  }
  return kDone;
}

Result<> Authority::create(const NewAuthority& wanted) {
  if (wanted.issuing < 1 || wanted.issuing > kIssuingMost) {
    return Error{Code::RuleRefused, "issuing_count_wrong"};
  }
  const auto there = load();
  if (!there) return there;
  if (keyNamed(kTsa)) return Error{Code::Conflict, "authority_exists"};
  const auto settled = settleOpenIntents(clock_.now());
  if (!settled) return settled;
  const auto root = ensureKey({.name = std::string(kRoot),
                               .kind = CertificateKind::Root,
                               .common_name = "Chứng thực gốc ",
                               .key_stays = wanted.root_key_stays});
  if (!root) return root;
  for (int number = 1; number <= wanted.issuing; ++number) {
    const auto made = ensureKey(issuingNumber(number, kRoot));
    if (!made) return made;
  }
  const auto answering = renewStatusSigners();
  if (!answering) return answering;
  // The last of them is the mark that all are there.
  const auto stamping = ensureKey({.name = std::string(kTsa),
                                   .kind = CertificateKind::Tsa,
                                   .common_name = "Máy chủ cấp dấu thời gian ",
                                   .parent = std::string(kIssuing)});
  if (!stamping) return stamping;
  const auto published = renewCrls();
  if (!published) return published;
  return transactions_.run<std::monostate>([&](work::Tx& tx) {
    return trail_.record(tx,
                         {.kind = audit::EventKind::AuthorityCreated, .subject_kind = "authority"});
  });
}

Result<> Authority::ensureKey(const OwnKey& wanted) {
  if (keyNamed(wanted.name)) return kDone;
  // What is to leave in shares is never in a token.
  const auto place = placeFor(wanted.kind);
  if (!wanted.key_stays && place == crypto::KeyPlace::Token) return keyInToken(wanted.name);
  const auto key = makeOwnKey(wanted.kind, wanted.name, place);
  if (!key) return key.error();
  // A row left by a try that a crash cut short is taken over: its certificate was never issued.
  const auto rows =
      transactions_.read<std::vector<Issuer>>([&](work::Tx& tx) { return store_.issuers(tx); });
  if (!rows) return rows.error();
  const auto before = std::ranges::find(*rows, wanted.name, &Issuer::name);
  const bool is_new = before == rows->end();
  Issuer issuer = is_new ? Issuer{.id = ids_.make<IssuerTag>(), .name = wanted.name} : *before;
  issuer.wrapped_key = wanted.key_stays ? sealOwnKey(issuer.id, key->kept) : Bytes();

  Making making{.kind = wanted.kind,
                .subject = {{"C", "VN"},
                            {"O", options_.province},
                            {"CN", wanted.common_name + options_.province}},
                .spki = key->key->publicKey().spki()};
  if (wanted.kind == CertificateKind::Root) {
    making.signer = key->key.get();
    making.issuer_name = wanted.name;
  } else {
    const auto parent = keyNamed(wanted.parent);
    if (!parent) return parent.error();
    making.issuer = *parent;
    making.signer = (*parent)->signer.get();
    making.issuer_name = (*parent)->issuer.name;
  }
  making.alongside = [&](work::Tx& tx, CertificateId certificate) -> Result<> {
    auto row = issuer;
    row.certificate = certificate;
    return is_new ? store_.addIssuer(tx, row) : store_.replaceIssuer(tx, row);
  };
  const auto made = make(making);
  if (!made) return made.error();
  if (!wanted.key_stays) {
    const auto outside = crypto::SoftwareKey::fromPkcs8(key->kept.view());
    if (!outside) return outside.error();
    keepBrought(wanted.name, *outside);
  }
  const auto read = load();
  return read ? openFirstShards() : read;
}

Result<CertificateRecord> Authority::issueTls(const std::vector<std::string>& names,
                                              BytesView spki) {
  if (names.empty()) return Error{Code::RuleRefused, "tls_names_missing"};
  const auto issuer = issuingNow();
  if (!issuer) return issuer.error();
  Making making{.kind = CertificateKind::TlsServer, .spki = toBytes(spki)};
  making.subject = {{"C", "VN"}, {"O", options_.province}, {"CN", names.front()}};
  for (const auto& name : names) {
    const bool address = name.find_first_not_of("0123456789.") == std::string::npos ||
                         name.find(':') != std::string::npos;
    (address ? making.ip_addresses : making.dns_names).push_back(name);
  }
  making.issuer = *issuer;
  making.signer = (*issuer)->signer.get();
  making.issuer_name = (*issuer)->issuer.name;
  return make(making);
}

Result<crypto::SecretBytes> Authority::unsealOwnKey(const Issuer& issuer) {
  auto pkcs8 =
      crypto::unseal(sealKeyOf(server_secret_), issuer.wrapped_key, sealingKeyBinding(issuer.id));
  if (!pkcs8) return Error{Code::Unauthenticated, "server_secret_wrong"};
  return pkcs8;
}

Result<Authority::Opened> Authority::openOwnKey(const Issuer& issuer) {
  if (issuer.wrapped_key.empty()) {
    const std::lock_guard lock(loaded_->mutex);
    const auto brought = loaded_->brought.find(issuer.name);
    if (brought == loaded_->brought.end()) return Opened{};
    return Opened{std::make_shared<const crypto::SoftwareKey>(brought->second)};
  }
  const auto kept = unsealOwnKey(issuer);
  if (!kept) return kept.error();
  auto key = crypto::openKept(kept->view(), token_);
  if (!key) return key.error();
  return Opened{std::move(*key), crypto::placeOf(kept->view())};
}

Result<> Authority::load() {
  struct Row {
    Issuer issuer;
    CertificateRecord record;
  };
  const auto rows =
      transactions_.read<std::vector<Row>>([&](work::Tx& tx) -> Result<std::vector<Row>> {
        const auto issuers = store_.issuers(tx);
        if (!issuers) return issuers.error();
        std::vector<Row> found;
        for (const auto& issuer : *issuers) {
          const auto record = store_.find(tx, issuer.certificate);
          if (!record) return record.error();
          found.push_back({issuer, *record});
        }
        return found;
      });
  if (!rows) return rows.error();
  for (const auto& row : *rows) {
    if (row.record.der.empty()) continue;
    auto certificate = pki::Certificate::parse(row.record.der);
    if (!certificate) return certificate.error();
    auto own = openOwnKey(row.issuer);
    if (!own) return own.error();
    auto opened = std::make_shared<const Key>(
        Key{row.issuer, row.record, *certificate, std::move(own->signer), own->place});
    const std::lock_guard lock(loaded_->mutex);
    loaded_->keys.insert_or_assign(row.issuer.name, std::move(opened));
  }
  const auto crosses = loadCrosses();
  if (!crosses) return crosses;
  loadStatusSigners();
  return kDone;
}

Result<> Authority::claimOldKeys() {
  constexpr int kPage = 200;
  using Records = std::vector<CertificateRecord>;
  CertificateId last{};
  for (auto more = true; more;) {
    const auto page = transactions_.read<Records>(
        [&](work::Tx& tx) { return store_.withoutKey(tx, last, kPage); });
    if (!page) return page.error();
    more = page->size() == kPage;
    if (!page->empty()) last = page->back().id;
    const auto claimed = transactions_.run<std::monostate>([&](work::Tx& tx) -> Result<> {
      for (const auto& record : *page) {
        const auto certificate = pki::Certificate::parse(record.der);
        if (!certificate) continue;  // it keeps nobody from starting
        const auto hash = crypto::digest(crypto::DigestAlgorithm::Sha256, certificate->spkiDer());
        const auto one = store_.claimKey(tx, hash, record.id);
        // The service may certify a key of its own again.
        if (!one && one.error().code != Code::Conflict) return one;
      }
      return kDone;
    });
    if (!claimed) return claimed;
  }
  return kDone;
}

Result<> Authority::start() {
  const auto read = load();
  if (!read) return read;
  const auto complete = requirePlaces();
  if (!complete) return complete;
  const auto lists = openFirstShards();
  if (!lists) return lists;
  const auto claimed = claimOldKeys();
  if (!claimed) return claimed;
  const auto settled = settleOpenIntents(clock_.now() - kIntentAlive);
  if (!settled) return settled;
  static_cast<void>(renewStatusSigners());  // the next settle() says why not
  return kDone;
}

Result<> Authority::settle() {
  const auto settled = settleOpenIntents(clock_.now() - kIntentAlive);
  const auto signers = renewStatusSigners();
  const auto lists = renewCrls();
  if (!settled) return settled;
  return signers ? lists : signers;
}

Result<std::shared_ptr<const Authority::Key>> Authority::keyNamed(std::string_view name) {
  const std::lock_guard lock(loaded_->mutex);
  const auto found = loaded_->keys.find(name);
  if (found == loaded_->keys.end()) return Error{Code::NotFound, "authority_missing"};
  return found->second;
}

Result<std::shared_ptr<const Authority::Key>> Authority::keyOf(const IssuerId& issuer) {
  const std::lock_guard lock(loaded_->mutex);
  for (const auto& [name, key] : loaded_->keys) {
    if (key->issuer.id == issuer) return key;
  }
  return Error{Code::NotFound, "issuer_missing"};
}

}  // namespace congvan::authority
