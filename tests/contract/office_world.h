// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "edge/storage/audit_store.h"
#include "edge/storage/authority_store.h"
#include "edge/storage/directory_store.h"
#include "edge/storage/folder_blobs.h"
#include "edge/storage/jobs.h"
#include "edge/storage/outbox.h"
#include "edge/storage/records_store.h"
#include "edge/storage/request_store.h"
#include "edge/storage/tile_files.h"
#include "office/audit/sequencer.h"
#include "office/authority/issuance_desk.h"
#include "office/authority/personal_numbers.h"
#include "office/directory/authentication.h"
#include "office/directory/directory.h"
#include "office/records/evidence_desk.h"
#include "office/records/outgoing.h"
#include "office/records/reception.h"
#include "office/records/timestamp_completion.h"
#include "office/signing/activation.h"
#include "office/work/once.h"
#include "tests/support/databases.h"
#include "trust/crypto/random.h"
#include "trust/tlog/check.h"
#include "trust/tlog/note.h"

#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <thread>

/// The whole office over a real database: real stores, sequencers, authority, custody and PDFs, on
/// a clock that the test moves, in a small province.
namespace congvan::test {

/// Every look at it is a millisecond later, so that what happens has an order.
class TickingClock final : public Clock {
 public:
  Instant now() const override { return fromMicros(micros_ += 1000); }
  void advance(Duration by) { micros_ += by.count(); }

 private:
  mutable std::atomic<std::int64_t> micros_{toMicros(fromUnix(1'795'312'800))};  // 22.11.2026
};

/// The real store of events, which fails at a chosen kind.
class FailingEvents final : public audit::EventStore {
 public:
  /// The process dies where such an event is written.
  struct Crash {};

  std::optional<audit::EventKind> refuse_at;
  std::optional<audit::EventKind> crash_at;

  Result<> add(work::Tx& tx, const audit::KeptEvent& event, const Uuid& leaf) override {
    if (event.event.kind == crash_at) throw Crash{};
    if (event.event.kind == refuse_at) return Error{Code::Unavailable, "events_refused"};
    return real_.add(tx, event, leaf);
  }
  Result<std::vector<audit::KeptEvent>> list(work::Tx& tx,
                                             const audit::EventFilter& filter) override {
    return real_.list(tx, filter);
  }

 private:
  storage::SqlEventStore real_;
};

/// A folder that is gone with this, beside the databases.
struct OwnFolder {
  OwnFolder();
  ~OwnFolder();
  OwnFolder(const OwnFolder&) = delete;
  OwnFolder& operator=(const OwnFolder&) = delete;
  std::filesystem::path path;
};

/// One log with its files and the thread of its sequencer.
class TestLog {
 public:
  TestLog(audit::Log log,
          work::Transactions& transactions,
          audit::LeafQueue& queue,
          const Clock& clock);
  ~TestLog() { stop(); }
  void stop();
  audit::Sequencer& sequencer() { return sequencer_; }
  const storage::TileFiles& files() const { return tiles_; }
  /// Sequences the rest and checks everything; the findings, one a line.
  std::string check();
  /// Intents without a certificate or an abandonment.
  int openIntents();

 private:
  tlog::WholeLogReport report();

  OwnFolder folder_;
  std::unique_ptr<storage::Files> root_;
  storage::TileFiles tiles_;
  tlog::NoteKey key_;
  storage::SqlLeases leases_;
  storage::SqlLogState state_;
  audit::Log log_;
  audit::Sequencer sequencer_;
  std::jthread thread_;
};

class TestIssuanceLog final : public authority::IssuanceLog {
 public:
  TestIssuanceLog(audit::LeafQueue& queue, audit::Sequencer& sequencer)
      : queue_(queue), sequencer_(sequencer) {}
  Result<Uuid> add(work::Tx& tx, BytesView leaf) override;
  Result<std::uint64_t> wait(const Uuid& queued) override;

 private:
  audit::LeafQueue& queue_;
  audit::Sequencer& sequencer_;
};

/// Marks drawn by edge/print, except a text that is to fail.
class DrawnMarks final : public signing::Marks {
 public:
  std::optional<std::string> refuse_text;

  Result<pades::Appearance> person(const signing::PersonMark& mark) override;
  Result<pades::Appearance> initials(const signing::PersonMark& mark) override;
  Result<pades::Appearance> seal(const signing::SealMark& mark) override;
  Result<pades::Appearance> text(const signing::TextMark& mark) override;
};

/// Profiles and rules as they are in certs/, but those that the test says otherwise.
class ProfileFolder final : public authority::Profiles {
 public:
  std::map<std::string, std::string, std::less<>> instead;

  Result<std::string> read(std::string_view name) override;
};

inline crypto::KeyToken& noToken() {
  static crypto::NoKeyToken none;
  return none;
}

struct World {
  explicit World(work::Transactions& used,
                 crypto::KeyToken& token = noToken(),
                 authority::KeyPlaces places = {});

  /// An authority on the same stores, as after a restart.
  std::unique_ptr<authority::Authority> newAuthority(const crypto::SecretBytes& secret);
  /// Another instance, whose lists are for so many certificates.
  std::unique_ptr<authority::Authority> newInstance(const std::string& holder,
                                                    std::int64_t crl_shard_certificates);

  directory::AgencyId addAgency(const std::string& name,
                                const std::string& letters,
                                directory::AgencyKind kind,
                                std::optional<directory::AgencyId> parent);
  /// A person in a post of their own.
  directory::Caller addPerson(const std::string& name,
                              const std::string& title,
                              directory::AgencyId agency,
                              std::vector<directory::Grant> grants,
                              directory::Capacity capacity = directory::Capacity::None);
  /// Asked for by the clerk of the holder's agency, accepted, approved, activated.
  authority::CertificateRecord certify(const directory::Caller& holder);
  authority::CertificateRecord certifySeal(directory::AgencyId agency,
                                           const directory::Caller& clerk);
  /// What its clerk would ask for.
  authority::RequestContent personRequest(const directory::Caller& holder);
  authority::RequestContent sealRequest(directory::AgencyId agency,
                                        const directory::Caller& activator) const;
  const directory::Caller& clerkOf(directory::AgencyId agency) const;
  /// By the two officers, of an entered request.
  authority::RequestRecord approved(const authority::RequestRecord& request);
  /// Entered by the agency's clerk, accepted and approved: its order.
  authority::Order orderFor(const authority::RequestContent& content);
  /// From the clerk to the second clerk, with a PIN of their own.
  void shareSeal(const authority::CertificateRecord& seal, const crypto::SecretBytes& own_pin);
  work::BlobHash putFile(BytesView bytes) { return *blobs.put(bytes); }

  /// A draft with a file, for `recipients`.
  records::Document drafted(const std::vector<directory::AgencyId>& recipients);
  records::Document submitted(const std::vector<directory::AgencyId>& recipients);
  /// Initialled, checked and signed.
  records::Document signedOff(const std::vector<directory::AgencyId>& recipients);
  records::Document issued(const std::vector<directory::AgencyId>& recipients);
  records::Document dispatched(const std::vector<directory::AgencyId>& recipients);
  records::NewDocument newDocument(const std::vector<directory::AgencyId>& recipients) const;
  records::Route route() const { return {{head.post}, checker.post, chairman.post}; }

  records::Document documentNow(records::DocumentId id);
  /// Names of the events about one thing, oldest first, divided by spaces.
  std::string eventsOf(const Uuid& subject);
  /// What the newest event of this kind about one thing says.
  std::string detailsOf(const Uuid& subject, audit::EventKind kind);
  /// All events.
  std::size_t eventCount();
  /// What an agency received, newest first.
  std::vector<records::Incoming> arrivals(directory::AgencyId agency);

  const crypto::SecretBytes pin{std::string_view("135790")};
  const crypto::SecretBytes wrong_pin{std::string_view("999999")};
  const crypto::SecretBytes server_secret{std::string_view("a secret kept outside the database")};

  work::Transactions& transactions;
  crypto::KeyToken& key_token;
  authority::KeyPlaces key_places;
  TickingClock clock;
  crypto::SystemRandom random;
  Ids ids{clock, random};
  OwnFolder folder;
  std::unique_ptr<storage::Files> blob_files;
  storage::FolderBlobs blobs;
  storage::SqlIdempotency idempotency{server_secret};
  FailingEvents events;
  storage::SqlLeafQueue leaves{clock, random};
  storage::SqlJobs jobs;
  storage::SqlLeases leases;
  storage::SqlDirectoryStore directory_store;
  storage::SqlCertificateStore certificates;
  storage::SqlRequestStore request_store;
  storage::SqlKeyStore keys;
  storage::SqlDeliveryStore delivery_store;
  storage::SqlRecordStore record_store;
  TestLog issuance_log;
  TestLog records_log;
  TestIssuanceLog issuance;
  audit::Trail trail;
  work::Once once;
  directory::Authentication authentication;
  ProfileFolder profiles;
  std::unique_ptr<authority::Authority> ca;
  authority::RequestDesk requests;
  authority::PersonalNumbersDesk numbers;
  /// The built-in authority, behind a switch.
  class Timestamps final : public timestamp::Source {
   public:
    Timestamps(authority::Authority& ca, Random& random) : real_(ca, random) {}
    Result<Bytes> stamp(crypto::DigestAlgorithm algorithm, BytesView imprint) override {
      if (const auto act = std::exchange(meanwhile, {})) act();
      if (!answers) return Error{Code::Unavailable, "tsa_unavailable"};
      return real_.stamp(algorithm, imprint);
    }
    bool answers = true;
    std::function<void()> meanwhile;  ///< happens once, while somebody waits for the answer

   private:
    authority::BuiltInTimestamps real_;
  };

  Timestamps timestamps;
  signing::Custody custody;
  directory::Directory people;
  DrawnMarks marks;
  signing::DocumentSigner signer;
  exchange::Deliveries deliveries;
  records::Outgoing outgoing;
  records::Reception reception;
  records::EvidenceDesk evidence;
  authority::IssuanceDesk issuance_desk;
  records::TimestampCompletion completion;

  directory::AgencyId province, office, department, unit, commune, other_commune;
  directory::Caller drafter, head, checker, chairman, clerk, second_clerk;
  directory::Caller commune_clerk, commune_leader, commune_officer, department_clerk;
  directory::Caller officer, second_officer, commune_certificate_officer, auditor, administrator;
  directory::Caller office_clerk, other_commune_clerk;
};

/// A caller whose request names a retry key.
directory::Caller withKey(directory::Caller caller,
                          const std::string& key,
                          std::string_view request = "the request");

class OfficeTest : public DatabaseTest {
 protected:
  void SetUp() override;
  /// Both logs are sound at the end of every test.
  void TearDown() override;
  virtual std::unique_ptr<World> newWorld();
  World& world() { return *world_; }

  /// The reason of a refusal; `(done)` when there is none.
  template <typename T>
  static std::string why(const Result<T>& result) {
    return result ? "(done)" : result.error().reason;
  }
  template <typename T>
  static T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().reason + ": " + result.error().detail);
    return std::move(*result);
  }

  std::unique_ptr<World> world_;
};

/// The directive of the demonstration as PDF.
const Bytes& directivePdf();

}  // namespace congvan::test
