// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/audit/trail.h"
#include "office/authority/request_rules.h"
#include "office/authority/request_store.h"
#include "office/authority/store.h"
#include "office/authority/trusted_time.h"
#include "office/directory/permissions.h"
#include "office/directory/store.h"
#include "office/directory/types.h"
#include "office/work/jobs.h"
#include "office/work/once.h"
#include "trust/crypto/key_share.h"
#include "trust/crypto/key_token.h"
#include "trust/crypto/secret.h"
#include "trust/formats/timestamp/source.h"
#include "trust/pki/certificate.h"
#include "trust/pki/make_ocsp.h"
#include "trust/pki/ocsp_request.h"
#include "trust/pki/profile.h"
#include "trust/pki/revocation.h"
#include "trust/pki/subject.h"
#include "trust/tlog/leaf.h"

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

/// A port: the text of a certificate profile by name (files in certs).
class Profiles {
 public:
  virtual ~Profiles() = default;
  /// `rules` and `working-days` are the office's own. NotFound `profile_missing`.
  virtual Result<std::string> read(std::string_view name) = 0;
};

struct TsaOptions {
  /// Dotted OIDs that tokens may be made under; the first for who asks for none. The default is of
  /// the arc for examples: a province in service sets its own.
  std::vector<std::string> policies = {"1.3.6.1.4.1.32473.1.1"};
  std::uint32_t accuracy_millis = 1500;  ///< from 1000 on, tokens show whole seconds
  crypto::KeyKind key = crypto::KeyKind::P256;
  /// Outlives the authority; null: the clock is taken at its word, as the operator chose.
  const TrustedTime* time = nullptr;
};

/// Where the authority's own keys are made. That of a responder moves with its next one; the others
/// stay where they were made.
struct KeyPlaces {
  crypto::KeyPlace root = crypto::KeyPlace::Software;
  crypto::KeyPlace issuing = crypto::KeyPlace::Software;
  crypto::KeyPlace ocsp = crypto::KeyPlace::Software;
  crypto::KeyPlace tsa = crypto::KeyPlace::Software;
};

struct AuthorityOptions {
  std::string public_url;  ///< of the PKI listener, stands in every certificate: `http://host:port`
  std::string province;    ///< O of the authority's own names
  crypto::KeyKind ca_key = crypto::KeyKind::P256;
  KeyPlaces keys = {};
  TsaOptions tsa = {};
  Duration crl_period = std::chrono::hours{24};
  std::string holder = "one";  ///< this instance, for the lease on the making of lists
  /// A list is for so many certificates; then another is begun. None may pass 10,000 entries, and
  /// instances that issue at the same time go past this by some hundreds at most.
  std::int64_t crl_shard_certificates = 9'000;
};

/// What a validator of this province needs.
struct TrustMaterial {
  std::vector<pki::Certificate> anchors;
  std::vector<pki::Certificate> intermediates;
  std::vector<pki::Crl> crls;
};

/// What the set-up makes.
struct NewAuthority {
  int issuing = 1;             ///< 1 to kIssuingMost
  bool root_key_stays = true;  ///< false: it is never written anywhere, see `shareKey`
};
inline constexpr int kIssuingMost = 9;

/// One root or issuing authority, for those who look after them.
struct AuthorityView {
  std::string name;
  CertificateKind kind = CertificateKind::Issuing;
  CertificateState state = CertificateState::Issued;
  pki::Certificate certificate;
  bool key_here = false;
  bool issues = false;  ///< it is the one that issues now
  Instant crl_next_update{};
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
            AuthorityOptions options);
  ~Authority();

  /// Makes root, issuing CA, the responders of both and the time-stamping certificate, each through
  /// the log; goes on where a try that was cut short stopped. Conflict `authority_exists`;
  /// RuleRefused `issuing_count_wrong`.
  Result<> create(const NewAuthority& wanted = {});

  /// A TLS certificate for the service's own listener, through the log like every other. `names`
  /// are DNS names or IP addresses, the first is the common name. RuleRefused `tls_names_missing`,
  /// or as the profile says.
  Result<CertificateRecord> issueTls(const std::vector<std::string>& names, BytesView spki);

  /// Loads issuers and keys and settles as below. Call once before serving. NotFound
  /// `authority_missing`; RuleRefused `token_not_set`: a key is in a token, and there is none;
  /// Conflict `authority_key_elsewhere`: not where the settings say. A token that is away keeps
  /// nothing from starting, and neither does what keeps a responder from being renewed.
  Result<> start();

  /// Marks intents that a crash left open (DESIGN: recovery completes or marks each), once they are
  /// too old to be under way in another instance on the same database. Takes over the responders
  /// that another instance made, and makes those that are missing, revoked or near their end. Makes
  /// the CRLs of which less than half the time is left. Call now and then.
  Result<> settle();

  // --- ceremonies: people around a table, by `congvan ca` ---
  // Roots are named `goc`, `goc2`, …, issuing authorities `ca1`, `ca2`, …; NotFound
  // `issuer_missing` when there is none of the name and kind. Conflict `authority_key_away`: the
  // root's key is not here and was not brought.

  std::vector<AuthorityView> authorities();
  /// Another issuing authority under `root`; it issues from `issueFrom` on. Its name.
  Result<std::string> addIssuing(std::string_view root);
  /// Conflict `certificate_not_active`.
  Result<> issueFrom(std::string_view name);
  /// Another root, and the cross-certificates of both of each other's keys, so that who trusts
  /// either comes to trust what the other issued. Its name. RuleRefused `issuer_path_length`: the
  /// one before was made for one level below it.
  Result<std::string> addRoot(std::string_view before);
  std::vector<pki::Certificate> crossCertificates() const;
  /// A root's key in shares; it stays where it is. RuleRefused `share_counts_wrong`.
  Result<std::vector<crypto::KeyShare>> shareKey(std::string_view name, int needed, int of);
  /// The key of these shares is here until the process ends. Refusals of crypto::joinKey;
  /// RuleRefused `authority_key_wrong`: not the key of that authority.
  Result<> bringKey(std::span<const crypto::KeyShare> shares);
  /// The service has a root's key no longer, but in this process.
  Result<> removeKey(std::string_view name);
  /// A list that lasts as long as nobody needs to come together again.
  Result<> publishFor(std::string_view name, Duration period);
  /// Who was there, and the hash of what they signed.
  Result<> recordCeremony(BytesView transcript, const std::vector<std::string>& present);

  // --- for the desk of requests, in its transactions ---

  /// In force today. RuleRefused `request_rules_missing`, or as the file is wrong.
  Result<RequestRule> rule();

  /// Needs CertificateOfficer over every agency of the holder. Forbidden `role_missing`;
  /// RuleRefused `holder_wrong`: a person without any post.
  Result<> requireOfficer(work::Tx& tx, const directory::Caller& officer, const Holder& holder);
  /// The order of a request that `officer` approved.
  Result<Order> order(work::Tx& tx, const directory::Caller& officer, const RequestRecord& request);
  /// Does nothing when there is none, or it is open no more.
  Result<> cancelOrder(work::Tx& tx, const std::optional<OrderId>& id);
  /// An agency has one seal in force, and near its end two. The one that is to be followed does not
  /// count. Conflict `seal_active`.
  Result<> sealMayBeMade(work::Tx& tx, const RequestContent& content);
  // Status, log entry, audit event and the mark that a newer CRL is due; `record` is as it was
  // kept.

  /// One that is suspended counts as revoked from the moment it was suspended. Conflict
  /// `certificate_not_active`.
  Result<> revoke(work::Tx& tx,
                  const audit::Actor& by,
                  std::string_view trace,
                  CertificateRecord& record,
                  const pki::Revoked& how);
  /// Conflict `certificate_not_active`; RuleRefused `suspension_kind_wrong`: one of the service's
  /// own.
  Result<> suspend(work::Tx& tx,
                   const audit::Actor& by,
                   std::string_view trace,
                   CertificateRecord& record,
                   std::optional<Instant> invalidity_date);
  /// Nothing of the suspension stays, its invalidity date neither. Conflict
  /// `certificate_not_suspended`.
  Result<> release(work::Tx& tx,
                   const audit::Actor& by,
                   std::string_view trace,
                   CertificateRecord& record);
  /// RuleRefused `key_not_allowed`: not one of the kinds that the profile allows; `key_reused`: it
  /// is in a certificate already.
  Result<> keyMayBeCertified(work::Tx& tx, CertificateKind kind, BytesView spki);

  // --- the officer ---

  /// One that the caller is to activate, or did. NotFound `order_missing`: there is none.
  Result<Order> orderOf(const directory::Caller& caller, OrderId id);
  Result<std::vector<Order>> openOrders(const directory::Caller& caller);

  /// Revokes at once: status, log, and a CRL that says so. Needs CertificateOfficer over the
  /// holder's agency; over the top agency where the service itself is the holder. Conflict
  /// `certificate_not_active`; RuleRefused `invalidity_in_future`.
  Result<CertificateRecord> revoke(const directory::Caller& officer,
                                   CertificateId id,
                                   pki::RevocationReason reason,
                                   std::optional<Instant> invalidity_date);

  /// The same, until it is released (by a request, so by two officers) or revoked. Of people,
  /// agencies and devices only: RuleRefused `suspension_kind_wrong`.
  Result<CertificateRecord> suspend(const directory::Caller& officer,
                                    CertificateId id,
                                    std::optional<Instant> invalidity_date);

  /// The whole register: for officers and auditors of any agency, since certificates are there to
  /// be looked up. Forbidden `role_missing`.
  Result<std::vector<CertificateRecord>> list(const directory::Caller& caller,
                                              std::optional<CertificateId> after,
                                              int limit);
  Result<CertificateRecord> find(const directory::Caller& caller, CertificateId id);

  /// Can a key be made in a token at all?
  bool hasToken() const { return token_.isSet(); }

  // --- the holder ---

  /// Where the key of an order is to be made: as its request says.
  Result<crypto::KeyPlace> keyPlace(const Order& order);

  /// Would `fulfil` go ahead now, whatever the key? The certificate when this is a retry of what
  /// was done. Refusals of `fulfil`; nothing changes.
  Result<std::optional<CertificateRecord>> mayFulfil(const directory::Caller& caller,
                                                     OrderId order);
  /// Issues the certificate of an open order for a key that the caller just made. `alongside` runs
  /// in the transaction of the intent. Of two at once one gets the certificate, the intent of the
  /// other is abandoned. Forbidden `order_not_yours`, `role_missing` (a seal, and the caller is no
  /// clerk of its agency any more); Conflict `order_used`, `seal_active`, `request_state_wrong`.
  Result<CertificateRecord> fulfil(const directory::Caller& caller,
                                   OrderId order,
                                   BytesView spki,
                                   const Alongside& alongside);
  /// Issues the certificate of an approved request for the key in its CSR; the desk asked whether
  /// the caller may. Of two at once one gets it. Conflict `request_state_wrong`, `seal_active`;
  /// RuleRefused as `keyMayBeCertified` and pki::readSigningRequest.
  Result<CertificateRecord> issue(const directory::Caller& officer, const RequestRecord& request);

  // --- everybody ---

  /// What the holder can sign with now, newest first and at least one. NotFound
  /// `certificate_missing`; RuleRefused `certificate_expired`, `certificate_suspended`,
  /// `certificate_revoked` when there is one but not good any more.
  Result<std::vector<CertificateRecord>> usable(const Holder& holder, CertificateKind kind);
  /// The newest of them.
  Result<CertificateRecord> active(const Holder& holder, CertificateKind kind);
  /// Issuing CA up to the root for embedding, root left out; cross-certificates of that root's key
  /// follow, for those who trust another root of ours.
  Result<std::vector<pki::Certificate>> chainOf(const CertificateRecord& record);
  Result<TrustMaterial> material();

  /// DER; NotFound `issuer_missing`.
  Result<Bytes> issuerCertificate(std::string_view name);
  /// The newest CRL of this name (`ca1`, and `ca1.2` for the certificates that name that list),
  /// made anew when less than half its time is left or something changed since. One that is in
  /// force still is good while its key cannot be reached. Unavailable `crl_in_progress`: another
  /// instance is making it.
  Result<Bytes> crl(std::string_view name);
  /// RFC 3161 answer to a DER request; always an answer. `timeNotAvailable` while nobody vouches
  /// for the clock.
  Result<Bytes> timestampAnswer(BytesView request);
  /// One for each issuer, as they are now.
  StatusSigners statusSigners() const;

 private:
  struct Key;     // an authority's certificate and opened key
  struct Loaded;  // all of them, and what was parsed of their CRLs
  struct Making;  // one certificate on its way
  struct OwnKey;  // one of the authority's own that is to be there
  struct SeenOrder {
    Order order;
    RequestRecord request;
    std::optional<CertificateRecord> made;  // by the call that this one repeats
  };

  Result<CertificateRecord> make(const Making& making);
  Result<std::vector<pki::Certificate>> authoritiesAbove(const Making& making);
  Result<CertificateRecord> declareIntent(const Making& making, CertificateRecord record);
  Result<CertificateRecord> completeIntent(const Making& making,
                                           CertificateRecord record,
                                           const pki::Certificate& certificate,
                                           std::uint64_t intent_index);
  Result<CertificateRecord> signIntended(const Making& making,
                                         const CertificateRecord& intended,
                                         BytesView tbs);
  Result<> abandon(const CertificateRecord& record);
  using StatusChange = std::function<Result<>(work::Tx&, CertificateRecord&)>;
  Result<CertificateRecord> takeAway(const directory::Caller& officer,
                                     CertificateId id,
                                     const std::optional<Instant>& invalidity_date,
                                     const StatusChange& change);
  Result<> keepStatus(work::Tx& tx,
                      const audit::Entry& event,
                      CertificateRecord& record,
                      const tlog::StatusLeaf& leaf);
  Result<> settleOpenIntents(Instant limit);
  /// Of certificates that were made before keys were kept apart.
  Result<> claimOldKeys();
  /// A newer CRL is due from now on: whoever asks next gets one.
  Result<> markStatusChanged(work::Tx& tx, const CertificateRecord& record);
  Result<> useOrder(work::Tx& tx, const Order& order, CertificateId certificate);
  Result<> ensureKey(const OwnKey& wanted);
  static OwnKey issuingNumber(int number, std::string_view root);
  int nextNumber(std::string_view prefix);
  Result<std::shared_ptr<const Key>> issuingNow();
  bool isInForce(const Key& key, Instant at);
  Result<> makeCross(const Key& under, const Key& subject);
  Result<> loadCrosses();
  Result<> noteAdded(std::string_view name);
  Result<crypto::SecretBytes> privateKey(const Issuer& issuer);
  Result<crypto::SecretBytes> unsealOwnKey(const Issuer& issuer);
  struct Opened;  // a key, and where it is
  Result<Opened> openOwnKey(const Issuer& issuer);
  void keepBrought(const std::string& name, const crypto::SoftwareKey& key);
  Result<> renewStatusSigners();
  Result<> renewStatusSigner(const std::shared_ptr<const Key>& issuer);
  bool statusSignerLasts(const Key& issuer);
  Result<> load();
  void loadStatusSigners();
  std::vector<std::shared_ptr<const Key>> issuers();
  Result<std::shared_ptr<const Key>> keyNamed(std::string_view name);
  Result<std::shared_ptr<const Key>> keyOf(const IssuerId& issuer);
  Result<CrlShard> placeOnCrl(const Key& issuer, const pki::Profile& profile);
  Result<CrlShard> openShard(const Key& issuer, const std::string& pattern);
  Result<CrlShard> newShard(const Key& issuer,
                            const std::string& pattern,
                            const std::vector<CrlShard>& shards);
  std::string firstAddress(const Key& issuer);
  Result<> openFirstShards();
  bool lasts(const CrlShard& shard) const;
  Result<> renewCrls();
  Result<pki::Crl> freshCrl(const Key& key, std::int64_t shard);
  Result<pki::Crl> crlInTurn(const Key& key, const CrlShard& seen, Duration period);
  Result<pki::Crl> readCrl(const Key& key, const CrlShard& seen);
  Result<pki::Crl> publishCrl(const Key& key,
                              const CrlShard& seen,
                              Duration period,
                              const std::function<Result<>(work::Tx&)>& alongside);
  /// At least one. RuleRefused `holder_wrong`: a person without any post.
  Result<std::vector<directory::Lineage>> lineagesOfHolder(work::Tx& tx,
                                                           const directory::Caller& officer,
                                                           const Holder& holder);
  Result<SeenOrder> seeOrder(const directory::Caller& caller, OrderId id);
  Result<Making> makingFor(const directory::Caller& caller, const RequestRecord& request);
  Result<std::vector<pki::SubjectAttribute>> subjectOf(work::Tx& tx, const RequestContent& content);
  Result<> completeRequest(work::Tx& tx, const Making& making, CertificateId certificate);
  Result<> takeSeal(work::Tx& tx, const RequestContent& content, CertificateId certificate);
  Result<CertificateRecord> followedInForce(work::Tx& tx, const RequestContent& content);
  Result<> settleFollowed(work::Tx& tx, const Making& making);
  Bytes sealingKeyBinding(const IssuerId& issuer) const;
  Bytes sealOwnKey(const IssuerId& issuer, const crypto::SecretBytes& kept);
  /// Refusals of crypto::makeKey.
  Result<crypto::FreshKey> makeOwnKey(CertificateKind kind,
                                      std::string_view name,
                                      crypto::KeyPlace place);
  Result<crypto::FreshKey> unusedKey(const std::string& name);
  crypto::KeyPlace placeFor(CertificateKind kind) const;
  Result<> requirePlaces();

  std::unique_ptr<Loaded> loaded_;
  work::Transactions& transactions_;
  CertificateStore& store_;
  RequestStore& requests_;
  directory::DirectoryStore& directory_;
  audit::Trail& trail_;
  work::Once once_;
  IssuanceLog& log_;
  work::Leases& leases_;
  Profiles& profiles_;
  const crypto::SecretBytes& server_secret_;
  crypto::KeyToken& token_;
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
