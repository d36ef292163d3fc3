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

Bytes Authority::sealOwnKey(const IssuerId& issuer, const crypto::SoftwareKey& key) {
  const auto pkcs8 = key.pkcs8();
  return crypto::seal(sealKeyOf(server_secret_), pkcs8.view(), sealingKeyBinding(issuer), random_);
}

Result<> Authority::create() {
  const auto there = load();
  if (!there) return there;
  if (keyNamed(kTsa)) return Error{Code::Conflict, "authority_exists"};
  const auto settled = settleOpenIntents(clock_.now());
  if (!settled) return settled;
  struct Wanted {
    std::string_view name;
    CertificateKind kind;
    std::string_view common_name;
  };
  for (const auto& one : {Wanted{kRoot, CertificateKind::Root, "Chứng thực gốc "},
                          Wanted{kIssuing, CertificateKind::Issuing, "Chứng thực cấp phát số 1 "},
                          Wanted{kTsa, CertificateKind::Tsa, "Máy chủ cấp dấu thời gian "}}) {
    // The last of them is the mark that all are there.
    const auto answering = one.name == kTsa ? renewStatusSigners() : Result<>(kDone);
    if (!answering) return answering;
    const auto made = ensureKey(one.name, one.kind, one.common_name);
    if (!made) return made;
    const auto read = load();
    if (!read) return read;
  }
  for (const auto& one : {kRoot, kIssuing}) {
    const auto key = keyNamed(one);
    if (!key) return key.error();
    const auto published = freshCrl(**key);
    if (!published) return published.error();
  }
  return transactions_.run<std::monostate>([&](work::Tx& tx) {
    return trail_.record(tx,
                         {.kind = audit::EventKind::AuthorityCreated, .subject_kind = "authority"});
  });
}

Result<> Authority::ensureKey(std::string_view name,
                              CertificateKind kind,
                              std::string_view common_name) {
  if (keyNamed(name)) return kDone;
  const auto key = crypto::SoftwareKey::generate(kind == CertificateKind::Tsa ? options_.tsa.key
                                                                              : options_.ca_key);
  // A row left by a try that a crash cut short is taken over: its certificate was never issued.
  const auto rows =
      transactions_.read<std::vector<Issuer>>([&](work::Tx& tx) { return store_.issuers(tx); });
  if (!rows) return rows.error();
  const auto before = std::ranges::find(*rows, name, &Issuer::name);
  const bool is_new = before == rows->end();
  Issuer issuer =
      is_new ? Issuer{.id = ids_.make<IssuerTag>(), .name = std::string(name)} : *before;
  issuer.wrapped_key = sealOwnKey(issuer.id, key);

  Making making{.kind = kind,
                .subject = {{"C", "VN"},
                            {"O", options_.province},
                            {"CN", std::string(common_name) + options_.province}},
                .spki = key.publicKey().spki()};
  if (kind == CertificateKind::Root) {
    making.signer = &key;
    making.issuer_name = kRoot;
  } else {
    const auto parent = keyNamed(kind == CertificateKind::Issuing ? kRoot : kIssuing);
    if (!parent) return parent.error();
    making.issuer = *parent;
    making.signer = &(*parent)->key;
    making.issuer_name = (*parent)->issuer.name;
  }
  making.alongside = [&](work::Tx& tx, CertificateId certificate) -> Result<> {
    auto row = issuer;
    row.certificate = certificate;
    return is_new ? store_.addIssuer(tx, row) : store_.replaceIssuer(tx, row);
  };
  const auto made = make(making);
  if (!made) return made.error();
  return kDone;
}

Result<CertificateRecord> Authority::issueTls(const std::vector<std::string>& names,
                                              BytesView spki) {
  if (names.empty()) return Error{Code::RuleRefused, "tls_names_missing"};
  const auto issuer = keyNamed(kIssuing);
  if (!issuer) return issuer.error();
  Making making{.kind = CertificateKind::TlsServer, .spki = toBytes(spki)};
  making.subject = {{"C", "VN"}, {"O", options_.province}, {"CN", names.front()}};
  for (const auto& name : names) {
    const bool address = name.find_first_not_of("0123456789.") == std::string::npos ||
                         name.find(':') != std::string::npos;
    (address ? making.ip_addresses : making.dns_names).push_back(name);
  }
  making.issuer = *issuer;
  making.signer = &(*issuer)->key;
  making.issuer_name = kIssuing;
  return make(making);
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
  const auto seal_key = sealKeyOf(server_secret_);
  for (const auto& row : *rows) {
    if (row.record.der.empty()) continue;
    const auto pkcs8 =
        crypto::unseal(seal_key, row.issuer.wrapped_key, sealingKeyBinding(row.issuer.id));
    if (!pkcs8) return Error{Code::Unauthenticated, "server_secret_wrong"};
    auto key = crypto::SoftwareKey::fromPkcs8(pkcs8->view());
    if (!key) return key.error();
    auto certificate = pki::Certificate::parse(row.record.der);
    if (!certificate) return certificate.error();
    auto opened =
        std::make_shared<const Key>(Key{row.issuer, row.record, *certificate, std::move(*key)});
    const std::lock_guard lock(loaded_->mutex);
    loaded_->keys.insert_or_assign(row.issuer.name, std::move(opened));
  }
  loadStatusSigners();
  return kDone;
}

Result<> Authority::start() {
  const auto read = load();
  if (!read) return read;
  const auto complete = keyNamed(kTsa);
  if (!complete) return complete.error();
  const auto settled = settleOpenIntents(clock_.now() - kIntentAlive);
  if (!settled) return settled;
  static_cast<void>(renewStatusSigners());  // the next settle() says why not
  return kDone;
}

Result<> Authority::settle() {
  const auto settled = settleOpenIntents(clock_.now() - kIntentAlive);
  return settled ? renewStatusSigners() : settled;
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
