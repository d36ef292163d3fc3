// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/audit/trail.h"
#include "office/authority/store.h"
#include "office/directory/permissions.h"
#include "office/directory/store.h"
#include "office/directory/types.h"
#include "office/work/once.h"
#include "trust/crypto/secret.h"
#include "trust/crypto/software_key.h"
#include "trust/formats/timestamp/source.h"
#include "trust/pki/certificate.h"
#include "trust/pki/make_ocsp.h"
#include "trust/pki/ocsp_request.h"
#include "trust/pki/revocation.h"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

/// The certificate authority and its office: orders, issuance with an intent in the issuance log
/// before the key is used, revocation, CRLs and time-stamps. Bytes to bytes: edge/http carries what
/// it makes.
namespace congvan::authority {

/// A port: queues a leaf of the issuance log and waits until one is in a signed checkpoint.
class IssuanceLog {
 public:
  virtual ~IssuanceLog() = default;
  /// Queues `leaf` in the transaction of the change; answers the queue id.
  virtual Result<Uuid> add(work::Tx& tx, BytesView leaf) = 0;
  /// Returns once the leaf is durable under a checkpoint, with its index. Unavailable
  /// `leaf_waiting`.
  virtual Result<std::uint64_t> wait(const Uuid& queued) = 0;
};

/// A port: the text of a certificate profile by name (files in certs/profiles).
class Profiles {
 public:
  virtual ~Profiles() = default;
  virtual Result<std::string> read(std::string_view name) = 0;  ///< NotFound `profile_missing`
};

struct AuthorityOptions {
  std::string public_url;  ///< of the PKI listener, stands in every certificate: `http://host:port`
  std::string province;    ///< O of the authority's own names
  crypto::KeyKind ca_key = crypto::KeyKind::P256;
  Duration crl_period = std::chrono::hours{24};
};

/// What a validator of this province needs.
struct TrustMaterial {
  std::vector<pki::Certificate> anchors;
  std::vector<pki::Certificate> intermediates;
  std::vector<pki::Crl> crls;
};

/// Who answers for one issuer about the status of what it issued (OCSP).
struct StatusSigner {
  IssuerId issuer;
  Instant issuing_since{};
  pki::OcspIssuer asked_as;
  std::optional<pki::OcspSigner> signer;  ///< nullopt: not made yet
};
using StatusSigners = std::shared_ptr<const std::vector<StatusSigner>>;

/// Stores something in the transaction that makes a certificate's intent known (its key, say).
using Alongside = std::function<Result<>(work::Tx&, CertificateId)>;

/// Safe from any thread.
class Authority {
 public:
  Authority(work::Transactions& transactions,
            CertificateStore& store,
            directory::DirectoryStore& directory,
            audit::Trail& trail,
            work::Once once,
            IssuanceLog& log,
            Profiles& profiles,
            const crypto::SecretBytes& server_secret,
            const Clock& clock,
            Random& random,
            AuthorityOptions options);
  ~Authority();

  /// Makes root, issuing CA, the responders of both and the time-stamping certificate, each through
  /// the log; goes on where a try that was cut short stopped. Conflict `authority_exists`.
  Result<> create();

  /// A TLS certificate for the service's own listener, through the log like every other. `names`
  /// are DNS names or IP addresses, the first is the common name. RuleRefused `tls_names_missing`,
  /// or as the profile says.
  Result<CertificateRecord> issueTls(const std::vector<std::string>& names, BytesView spki);

  /// Loads issuers and keys and settles as below. Call once before serving. NotFound
  /// `authority_missing`. What keeps a responder from being renewed does not keep the rest from
  /// starting.
  Result<> start();

  /// Marks intents that a crash left open (DESIGN: recovery completes or marks each), once they are
  /// too old to be under way in another instance on the same database. Takes over the responders
  /// that another instance made, and makes those that are missing, revoked or near their end. Call
  /// now and then.
  Result<> settle();

  // --- the officer ---

  /// Needs CertificateOfficer over the holder's agency. RuleRefused `order_for_oneself`,
  /// `holder_wrong` (a person for Person, a sealed agency for OrganisationSeal), `seal_needs_clerk`
  /// (a seal is activated by a clerk of its own agency); Conflict `seal_active`: the agency has one
  /// that is not near its end.
  Result<Order> order(const directory::Caller& officer,
                      CertificateKind kind,
                      const Holder& holder,
                      const Uuid& activator);
  /// One that the caller is to activate, or did. NotFound `order_missing`: there is none.
  Result<Order> orderOf(const directory::Caller& caller, OrderId id);
  Result<std::vector<Order>> openOrders(const directory::Caller& caller);

  /// Revokes at once: status, log, and a CRL that says so. Needs CertificateOfficer over the
  /// holder's agency; over the top agency where the service itself is the holder. Conflict
  /// `certificate_not_active`.
  Result<CertificateRecord> revoke(const directory::Caller& officer,
                                   CertificateId id,
                                   pki::RevocationReason reason,
                                   std::optional<Instant> invalidity_date);

  /// The whole register: for officers and auditors of any agency, since certificates are there to
  /// be looked up. Forbidden `role_missing`.
  Result<std::vector<CertificateRecord>> list(const directory::Caller& caller,
                                              std::optional<CertificateId> after,
                                              int limit);
  Result<CertificateRecord> find(const directory::Caller& caller, CertificateId id);

  // --- the holder ---

  /// Issues the certificate of an open order for a key that the caller just made. `alongside` runs
  /// in the transaction of the intent. Of two at once one gets the certificate, the intent of the
  /// other is abandoned. Forbidden `order_not_yours`, `role_missing` (a seal, and the caller is no
  /// clerk of its agency any more); Conflict `order_used`, `seal_active`.
  Result<CertificateRecord> fulfil(const directory::Caller& caller,
                                   OrderId order,
                                   BytesView spki,
                                   const Alongside& alongside);

  // --- everybody ---

  /// What the holder can sign with now, newest first and at least one. NotFound
  /// `certificate_missing`; RuleRefused `certificate_expired`, `certificate_revoked` when there is
  /// one but not good any more.
  Result<std::vector<CertificateRecord>> usable(const Holder& holder, CertificateKind kind);
  /// The newest of them.
  Result<CertificateRecord> active(const Holder& holder, CertificateKind kind);
  /// Issuing CA up to the root for embedding, root left out.
  Result<std::vector<pki::Certificate>> chainOf(const CertificateRecord& record);
  Result<TrustMaterial> material();

  /// DER; NotFound `issuer_missing`.
  Result<Bytes> issuerCertificate(std::string_view name);
  /// The newest CRL, made anew when less than half its time is left or something was revoked
  /// since.
  Result<Bytes> crl(std::string_view issuer_name);
  /// RFC 3161 answer to a DER request; always an answer.
  Result<Bytes> timestampAnswer(BytesView request);
  /// One for each issuer, as they are now.
  StatusSigners statusSigners() const;

 private:
  struct Key;     // an authority's certificate and opened key
  struct Loaded;  // all of them, and what was parsed of their CRLs
  struct Making;  // one certificate on its way

  Result<CertificateRecord> make(const Making& making);
  Result<CertificateRecord> declareIntent(const Making& making, CertificateRecord record);
  Result<CertificateRecord> completeIntent(const Making& making,
                                           CertificateRecord record,
                                           const pki::Certificate& certificate,
                                           std::uint64_t intent_index);
  Result<CertificateRecord> signIntended(const Making& making,
                                         const CertificateRecord& intended,
                                         BytesView tbs);
  Result<> abandon(const CertificateRecord& record);
  Result<> settleOpenIntents(Instant limit);
  /// A newer CRL is due from now on: whoever asks next gets one.
  Result<> markCrlDue(work::Tx& tx, const CertificateRecord& record);
  Result<> useOrder(work::Tx& tx, const Order& order, CertificateId certificate);
  Result<> ensureKey(std::string_view name, CertificateKind kind, std::string_view common_name);
  Result<> renewStatusSigners();
  Result<> renewStatusSigner(const std::shared_ptr<const Key>& issuer);
  bool statusSignerLasts(const Key& issuer);
  Result<> load();
  void loadStatusSigners();
  std::vector<std::shared_ptr<const Key>> issuers();
  Result<std::shared_ptr<const Key>> keyNamed(std::string_view name);
  Result<std::shared_ptr<const Key>> keyOf(const IssuerId& issuer);
  Result<Bytes> freshCrl(const Key& key);
  Result<pki::Crl> parsedCrl(std::string_view issuer_name);
  Result<Bytes> publishCrl(const Key& key, const Issuer& seen);
  /// At least one. RuleRefused `holder_wrong`: a person without any post.
  Result<std::vector<directory::Lineage>> lineagesOfHolder(work::Tx& tx,
                                                           const directory::Caller& officer,
                                                           const Holder& holder);
  Result<> requireOfficer(work::Tx& tx, const directory::Caller& officer, const Holder& holder);
  Result<> keepRevocation(work::Tx& tx,
                          const directory::Caller& officer,
                          CertificateRecord& record);
  Result<> orderAllowed(work::Tx& tx, const directory::Caller& officer, const Order& order);
  Result<> sealMayBeMade(work::Tx& tx, const Holder& holder);
  Result<Making> makingFor(const directory::Caller& caller, const Order& order);
  Bytes sealingKeyBinding(const IssuerId& issuer) const;
  Bytes sealOwnKey(const IssuerId& issuer, const crypto::SoftwareKey& key);

  std::unique_ptr<Loaded> loaded_;
  work::Transactions& transactions_;
  CertificateStore& store_;
  directory::DirectoryStore& directory_;
  audit::Trail& trail_;
  work::Once once_;
  IssuanceLog& log_;
  Profiles& profiles_;
  const crypto::SecretBytes& server_secret_;
  const Clock& clock_;
  Random& random_;
  Ids ids_;
  AuthorityOptions options_;
};

/// The built-in time-stamping authority as a source of tokens for our own signatures.
class BuiltInTimestamps final : public timestamp::Source {
 public:
  BuiltInTimestamps(Authority& authority, Random& random)
      : authority_(authority), random_(random) {}
  Result<Bytes> stamp(crypto::DigestAlgorithm algorithm, BytesView imprint) override;

 private:
  Authority& authority_;
  Random& random_;
};

}  // namespace congvan::authority
