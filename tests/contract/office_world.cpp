// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/office_world.h"

#include "edge/print/directive.h"
#include "edge/print/mark.h"
#include "tests/support/ram_folder.h"
#include "trust/crypto/digest.h"
#include "trust/tlog/check.h"

#include <fstream>

namespace congvan::test {
namespace {

using directory::AgencyId;
using directory::AgencyKind;
using directory::Caller;
using directory::Capacity;
using directory::Role;

template <typename T>
T valueOrThrow(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().reason + ": " + result.error().detail);
  return std::move(*result);
}

tlog::NoteKey freshKey(std::string_view name) {
  crypto::SystemRandom random;
  return valueOrThrow(tlog::NoteKey::fromSeed(name, tlog::NoteKey::generateSeed(random)));
}

Result<pades::Appearance> appearanceOf(Result<Bytes> drawn) {
  if (!drawn) return drawn.error();
  return pades::Appearance::prepare(*drawn);
}

}  // namespace

OwnFolder::OwnFolder() {
  auto pattern = (databaseFolder() / "congvan-office-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
  path = pattern;
}

OwnFolder::~OwnFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

TestLog::TestLog(audit::Log log,
                 work::Transactions& transactions,
                 audit::LeafQueue& queue,
                 const Clock& clock)
    : root_(storage::openFiles(folder_.path)),
      tiles_(*root_),
      key_(freshKey("example.vn/log/" + std::string(audit::name(log)))),
      log_(log),
      sequencer_({transactions, leases_, queue, state_, tiles_},
                 key_,
                 clock,
                 {.log = log, .origin = key_.verifier().name(), .holder = "test"}),
      thread_([this](const std::stop_token& stop) { static_cast<void>(sequencer_.run(stop)); }) {}

void TestLog::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  sequencer_.wake();
  thread_.join();
}

tlog::WholeLogReport TestLog::report() {
  stop();
  while (valueOrThrow(sequencer_.sequence()) > 0) {
  }
  const auto published = valueOrThrow(tiles_.published());
  return tlog::checkWholeLog(
      {.tiles = tiles_,
       .bundles = tiles_,
       .checkpoint = published.value_or(""),
       .key = key_.verifier(),
       .rules = log_ == audit::Log::Issuance ? tlog::LogRules::Issuance : tlog::LogRules::Events});
}

std::string TestLog::check() {
  std::string found;
  for (const auto& finding : report().findings) {
    if (finding.gravity == tlog::Gravity::Broken) {
      found += finding.reason + " at " + finding.where + "\n";
    }
  }
  return found;
}

int TestLog::openIntents() {
  int open = 0;
  for (const auto& finding : report().findings) open += finding.reason == "intent_open" ? 1 : 0;
  return open;
}

Result<Uuid> TestIssuanceLog::add(work::Tx& tx, BytesView leaf) {
  const auto queued = queue_.add(tx, audit::Log::Issuance, leaf);
  if (!queued) return queued.error();
  return queued->value;
}

Result<std::uint64_t> TestIssuanceLog::wait(const Uuid& queued) {
  return sequencer_.waitForIndex(audit::LeafId{queued}, std::chrono::seconds{20});
}

Result<pades::Appearance> DrawnMarks::person(const signing::PersonMark& mark) {
  return appearanceOf(
      print::drawMark({.name = mark.name, .time = mark.time}, {mark.width, mark.height}));
}
Result<pades::Appearance> DrawnMarks::initials(const signing::PersonMark& mark) {
  return appearanceOf(print::drawMark({.name = mark.name}, {mark.width, mark.height}));
}
Result<pades::Appearance> DrawnMarks::seal(const signing::SealMark& mark) {
  static const auto image = print::demonstrationSeal("ỦY BAN NHÂN DÂN", "");
  if (!image) return image.error();
  return appearanceOf(print::drawImage(*image, {mark.width, mark.height}));
}
Result<pades::Appearance> DrawnMarks::text(const signing::TextMark& mark) {
  if (mark.text == refuse_text) return Error{Code::Unavailable, "font_missing"};
  return appearanceOf(print::drawFieldValue(mark.text, {mark.width, mark.height}));
}

Result<std::string> ProfileFolder::read(std::string_view name) {
  if (const auto own = instead.find(name); own != instead.end()) return own->second;
  const auto certs = std::filesystem::path(CONGVAN_SOURCE_DIR) / "certs";
  const auto file_name = std::string(name) + ".yaml";
  const bool rule = std::filesystem::exists(certs / file_name);
  std::ifstream file(rule ? certs / file_name : certs / "profiles" / file_name);
  if (!file) return Error{Code::NotFound, "profile_missing"};
  return std::string(std::istreambuf_iterator<char>(file), {});
}

World::World(work::Transactions& used, crypto::KeyToken& token, authority::KeyPlaces places)
    : transactions(used),
      key_token(token),
      key_places(places),
      blob_files(storage::openFiles(folder.path)),
      blobs(*blob_files, clock, random),
      issuance_log(audit::Log::Issuance, used, leaves, clock),
      records_log(audit::Log::Records, used, leaves, clock),
      issuance(leaves, issuance_log.sequencer()),
      trail(events, leaves, clock, random),
      once(idempotency, clock),
      authentication(used, directory_store, trail, once, server_secret, clock, random),
      ca(newAuthority(server_secret)),
      requests({used,
                request_store,
                certificates,
                directory_store,
                *ca,
                profiles,
                trail,
                once,
                clock,
                random}),
      numbers(used, request_store, directory_store, *ca, trail, once, server_secret, clock, random),
      timestamps(*ca, random),
      custody(used,
              keys,
              directory_store,
              trail,
              server_secret,
              key_token,
              clock,
              random,
              {.cost = {.n = 2}}),
      people(used, directory_store, trail, custody, once, clock, random),
      signer(blobs, *ca, custody, marks, timestamps, clock),
      deliveries(delivery_store, trail, clock, random),
      outgoing({used,
                jobs,
                record_store,
                directory_store,
                deliveries,
                signer,
                trail,
                once,
                clock,
                random}),
      reception({used,
                 blobs,
                 record_store,
                 directory_store,
                 deliveries,
                 signer,
                 trail,
                 once,
                 clock,
                 random}),
      evidence({used,
                outgoing,
                record_store,
                directory_store,
                deliveries,
                signer,
                events,
                records_log.files(),
                trail,
                clock}),
      issuance_desk(used, *ca, leaves, issuance_log.files()),
      completion({used, jobs, record_store, deliveries, signer, trail, clock, random}) {
  valueOrThrow(ca->create());
  province = addAgency("UBND tỉnh Mẫu", "UBND", AgencyKind::ProvinceCommittee, {});
  office = addAgency("Văn phòng UBND tỉnh", "VP", AgencyKind::Office, province);
  department = addAgency("Sở Nội vụ", "SNV", AgencyKind::Department, province);
  unit = addAgency("Phòng Tổ chức", "TC", AgencyKind::Unit, department);
  commune = addAgency("UBND xã An Phú", "UBND", AgencyKind::Commune, province);
  other_commune = addAgency("UBND xã Bình Hòa", "UBND", AgencyKind::Commune, province);
  drafter = addPerson("Trần Thị Bình", "Chuyên viên", unit, {{Role::Drafter, department}});
  head = addPerson("Lê Văn Cường", "Giám đốc Sở", department, {{Role::UnitHead, department}});
  checker = addPerson("Phạm Thị Dung", "Chánh Văn phòng", office, {{Role::FormChecker, province}});
  chairman =
      addPerson("Nguyễn Văn An", "Chủ tịch", province, {{Role::Leader, province}}, Capacity::Tm);
  clerk = addPerson("Hoàng Thị Lan", "Văn thư", office, {{Role::Clerk, province}});
  second_clerk = addPerson("Đỗ Văn Minh", "Văn thư", office, {{Role::Clerk, province}});
  commune_clerk = addPerson("Vũ Thị Oanh", "Văn thư xã", commune, {{Role::Clerk, commune}});
  commune_leader = addPerson("Bùi Văn Phú", "Chủ tịch xã", commune, {{Role::Leader, commune}});
  commune_officer = addPerson("Đặng Thị Quỳnh", "Công chức", commune, {{Role::Drafter, commune}});
  department_clerk =
      addPerson("Ngô Thị Sen", "Văn thư Sở", department, {{Role::Clerk, department}});
  officer =
      addPerson("Phan Văn Tài", "Cán bộ chứng thư", office, {{Role::CertificateOfficer, province}});
  second_officer = addPerson(
      "Tạ Thị Yên", "Cán bộ duyệt chứng thư", office, {{Role::CertificateOfficer, province}});
  office_clerk = addPerson("Cao Thị Ánh", "Văn thư Văn phòng", office, {{Role::Clerk, office}});
  other_commune_clerk =
      addPerson("Mạc Thị Bưởi", "Văn thư xã", other_commune, {{Role::Clerk, other_commune}});
  commune_certificate_officer =
      addPerson("Lý Văn Uy", "Cán bộ chứng thư xã", commune, {{Role::CertificateOfficer, commune}});
  auditor = addPerson("Mai Thị Vân", "Thanh tra", province, {{Role::Auditor, province}});
  administrator = addPerson("Hồ Văn Xuân", "Quản trị", province, {{Role::Administrator, province}});
}

namespace {

std::unique_ptr<authority::Authority> authorityOf(World& w,
                                                  const crypto::SecretBytes& secret,
                                                  const authority::AuthorityOptions& options) {
  return std::make_unique<authority::Authority>(w.transactions,
                                                w.certificates,
                                                w.request_store,
                                                w.directory_store,
                                                w.trail,
                                                w.once,
                                                w.issuance,
                                                w.leases,
                                                w.profiles,
                                                secret,
                                                w.key_token,
                                                w.clock,
                                                w.random,
                                                options);
}

}  // namespace

std::unique_ptr<authority::Authority> World::newAuthority(const crypto::SecretBytes& secret) {
  return authorityOf(
      *this,
      secret,
      {.public_url = "http://ca.example.vn", .province = "UBND tỉnh Mẫu", .keys = key_places});
}

std::unique_ptr<authority::Authority> World::newInstance(const std::string& holder,
                                                         std::int64_t crl_shard_certificates) {
  auto made = authorityOf(*this,
                          server_secret,
                          {.public_url = "http://ca.example.vn",
                           .province = "UBND tỉnh Mẫu",
                           .keys = key_places,
                           .holder = holder,
                           .crl_shard_certificates = crl_shard_certificates});
  valueOrThrow(made->start());
  return made;
}

AgencyId World::addAgency(const std::string& name,
                          const std::string& letters,
                          AgencyKind kind,
                          std::optional<AgencyId> parent) {
  static std::atomic<int> next{10};
  const directory::Agency agency{
      .id = ids.make<directory::AgencyTag>(),
      .parent = parent,
      .code = kind == AgencyKind::Unit ? "" : "H01." + std::to_string(++next),
      .name = name,
      .letters = letters,
      .kind = kind,
      .valid_from = vietnamDate(clock.now()),
      .valid_to = {},
      .successor = {}};
  valueOrThrow(transactions.run<std::monostate>(
      [&](work::Tx& tx) { return directory_store.addAgency(tx, agency); }));
  return agency.id;
}

Caller World::addPerson(const std::string& name,
                        const std::string& title,
                        AgencyId agency,
                        std::vector<directory::Grant> grants,
                        Capacity capacity) {
  const directory::Person person{.id = ids.make<directory::PersonTag>(), .name = name, .email = {}};
  const directory::Post post{.id = ids.make<directory::PostTag>(),
                             .agency = agency,
                             .title = title,
                             .capacity = capacity,
                             .signs_for = capacity == Capacity::None ? "" : "ỦY BAN NHÂN DÂN",
                             .holder = person.id,
                             .grants = std::move(grants),
                             .valid_from = vietnamDate(clock.now()),
                             .valid_to = {}};
  return valueOrThrow(transactions.run<Caller>([&](work::Tx& tx) -> Result<Caller> {
    const auto added = directory_store.addPerson(tx, person);
    if (!added) return added.error();
    const auto placed = directory_store.addPost(tx, post);
    if (!placed) return placed.error();
    return directory::makeCaller(tx, directory_store, person.id, post);
  }));
}

const Caller& World::clerkOf(AgencyId agency) const {
  if (agency == province) return clerk;
  if (agency == office) return office_clerk;
  if (agency == department) return department_clerk;
  return agency == commune ? commune_clerk : other_commune_clerk;
}

authority::RequestContent World::personRequest(const Caller& holder) {
  const auto lineage = valueOrThrow(transactions.read<directory::Lineage>(
      [&](work::Tx& tx) { return directory::lineageOf(tx, directory_store, holder.agency); }));
  return {.kind = authority::CertificateKind::Person,
          .person = holder.person.value,
          .agency = directory::legalPersonOf(lineage).value(),
          .device_name = {},
          .csr = {},
          .document_number = "15/CV-SNV",
          .document_date = vietnamDate(clock.now())};
}

authority::RequestContent World::sealRequest(AgencyId agency, const Caller& activator) const {
  return {.kind = authority::CertificateKind::OrganisationSeal,
          .agency = agency,
          .device_name = {},
          .activator = activator.person.value,
          .csr = {},
          .document_number = "16/CV-SNV",
          .document_date = vietnamDate(clock.now())};
}

authority::RequestRecord World::approved(const authority::RequestRecord& request) {
  const auto accepted = valueOrThrow(requests.accept(officer, request.id, request.version));
  return valueOrThrow(requests.approve(
      second_officer, accepted.id, accepted.version, authority::contentHash(accepted)));
}

authority::Order World::orderFor(const authority::RequestContent& content) {
  const auto entered = valueOrThrow(requests.enter(clerkOf(content.agency), content));
  const auto done = approved(entered);
  return valueOrThrow(transactions.read<authority::Order>(
      [&](work::Tx& tx) { return certificates.findOrder(tx, done.order.value()); }));
}

authority::CertificateRecord World::certify(const Caller& holder) {
  return valueOrThrow(
      signing::activate(holder, *ca, custody, orderFor(personRequest(holder)), pin));
}

authority::CertificateRecord World::certifySeal(AgencyId agency, const Caller& by) {
  return valueOrThrow(signing::activate(by, *ca, custody, orderFor(sealRequest(agency, by)), pin));
}

void World::shareSeal(const authority::CertificateRecord& seal,
                      const crypto::SecretBytes& own_pin) {
  const auto offer =
      valueOrThrow(custody.offer(clerk, seal.id.value, pin, second_clerk.person.value));
  const crypto::SecretBytes code{std::string_view(offer.code)};
  valueOrThrow(custody.takeUp(second_clerk, seal.id.value, code, own_pin));
}

records::NewDocument World::newDocument(const std::vector<AgencyId>& recipients) const {
  return {.agency = province,
          .type = "CT",
          .subject = "Về việc sử dụng chữ ký số",
          .recipients = recipients,
          .slots = {}};
}

records::Document World::drafted(const std::vector<AgencyId>& recipients) {
  const auto draft = valueOrThrow(outgoing.draft(drafter, newDocument(recipients)));
  const auto& pdf = directivePdf();
  return valueOrThrow(outgoing.attachFile(
      drafter, draft.id, draft.version, {putFile(pdf), static_cast<std::int64_t>(pdf.size())}));
}

records::Document World::submitted(const std::vector<AgencyId>& recipients) {
  const auto draft = drafted(recipients);
  return valueOrThrow(outgoing.submit(drafter, draft.id, draft.version, route()));
}

records::Document World::signedOff(const std::vector<AgencyId>& recipients) {
  auto document = submitted(recipients);
  for (const auto* person : {&head, &checker, &chairman}) {
    const bool has = static_cast<bool>(
        ca->active({.person = person->person.value}, authority::CertificateKind::Person));
    if (!has) certify(*person);
    document = valueOrThrow(outgoing.sign(*person, document.id, document.version, pin));
  }
  return document;
}

records::Document World::issued(const std::vector<AgencyId>& recipients) {
  const auto document = signedOff(recipients);
  const bool has = static_cast<bool>(
      ca->active({.agency = province.value}, authority::CertificateKind::OrganisationSeal));
  if (!has) certifySeal(province, clerk);
  return valueOrThrow(outgoing.issue(clerk, document.id, document.version, pin));
}

records::Document World::dispatched(const std::vector<AgencyId>& recipients) {
  const auto document = issued(recipients);
  return valueOrThrow(outgoing.dispatch(clerk, document.id, document.version));
}

records::Document World::documentNow(records::DocumentId id) {
  return valueOrThrow(transactions.read<records::Document>(
      [&](work::Tx& tx) { return record_store.findDocument(tx, id); }));
}

std::string World::eventsOf(const Uuid& subject) {
  const auto kept = valueOrThrow(transactions.read<std::vector<audit::KeptEvent>>(
      [&](work::Tx& tx) { return events.list(tx, {.subjects = {subject}, .limit = 500}); }));
  std::string names;
  for (const auto& one : kept) {
    names += (names.empty() ? "" : " ") + std::string(audit::name(one.event.kind));
  }
  return names;
}

std::string World::detailsOf(const Uuid& subject, audit::EventKind kind) {
  const auto kept = valueOrThrow(transactions.read<std::vector<audit::KeptEvent>>(
      [&](work::Tx& tx) { return events.list(tx, {.subjects = {subject}, .limit = 500}); }));
  std::string details;
  for (const auto& one : kept) {
    if (one.event.kind == kind) details = one.event.details;
  }
  return details;
}

std::size_t World::eventCount() {
  return valueOrThrow(transactions.read<std::vector<audit::KeptEvent>>(
                          [&](work::Tx& tx) { return events.list(tx, {.limit = 500}); }))
      .size();
}

std::vector<records::Incoming> World::arrivals(AgencyId agency) {
  return valueOrThrow(transactions.read<std::vector<records::Incoming>>([&](work::Tx& tx) {
    return record_store.incoming(tx, {{agency}, {}}, {});
  }));
}

Caller withKey(Caller caller, const std::string& key, std::string_view request) {
  caller.once = work::IdempotencyKey{
      caller.person.text(), key, crypto::digest(crypto::DigestAlgorithm::Sha256, asBytes(request))};
  return caller;
}

void OfficeTest::SetUp() {
  DatabaseTest::SetUp();
  if (IsSkipped() || HasFatalFailure()) return;
  world_ = newWorld();
}

std::unique_ptr<World> OfficeTest::newWorld() {
  return std::make_unique<World>(transactions());
}

void OfficeTest::TearDown() {
  if (!world_) return;
  EXPECT_EQ(world_->issuance_log.check(), "");
  EXPECT_EQ(world_->records_log.check(), "");
  world_.reset();
}

const Bytes& directivePdf() {
  static const auto pdf = valueOrThrow(print::drawDirective(print::demonstrationDirective())).pdf;
  return pdf;
}

}  // namespace congvan::test
