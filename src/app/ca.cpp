// SPDX-License-Identifier: Apache-2.0
#include "app/commands.h"
#include "app/files.h"
#include "app/init.h"
#include "app/options.h"
#include "app/program.h"
#include "app/tls.h"
#include "app/transcript.h"
#include "base/encoding.h"
#include "base/text.h"
#include "trust/crypto/digest.h"

#include <charconv>
#include <cstdio>
#include <functional>
#include <memory>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <tuple>

/// `congvan ca`: what people do to the authorities around a table.
namespace congvan::app {
namespace {

constexpr std::size_t kShareMost = 16U << 10U;
constexpr int kRootListDays = 365;
constexpr int kRootListDaysMost = 400;
constexpr std::size_t kPresentLongest = 200;

const Option kConfig{"config", "FILE", "tệp cấu hình / settings (congvan.yaml of the data folder)"};
const Option kShare{
    "share", "FILE", "phần khóa của CA gốc, lặp lại / a share of the root's key, repeated"};
const std::vector<Option> kTable = {
    {"present",
     "TEXT",
     "họ tên, chức vụ của người có mặt, ít nhất hai / who is there, at least two, repeated"},
    {"transcript", "FILE", "biên bản, tệp mới / the record of the ceremony, a new file"},
};
const std::vector<Option> kShares = {
    {"share-out",
     "FILE",
     "tệp mới cho một phần khóa, lặp lại: mỗi người một tệp / a new file for a share, repeated"},
    {"needed", "K", "số phần cần để khôi phục / how many of them restore the key"},
    {"crl-days",
     "N",
     "danh sách thu hồi của CA gốc có hiệu lực N ngày / how long the root's list lasts (365)"},
};

std::vector<Option> joined(std::initializer_list<std::vector<Option>> parts) {
  std::vector<Option> all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  all.push_back({"help", "", "trợ giúp / this help"});
  return all;
}

Error usage(std::string_view reason, std::string option, std::string value = {}) {
  return {Code::Malformed,
          std::string(reason),
          {{"option", std::move(option)}, {"value", std::move(value)}}};
}

/// `otherwise` when it is not given.
Result<int> number(const Options& options,
                   const std::string& name,
                   int least,
                   int most,
                   std::optional<int> otherwise) {
  const auto text = options.value(name);
  if (!text && otherwise) return *otherwise;
  if (!text) return usage("usage_option_missing", "--" + name);
  int value = 0;
  const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), value);
  const bool whole = failed == std::errc{} && end == text->data() + text->size();
  if (!whole || value < least || value > most)
    return usage("usage_value_wrong", "--" + name, *text);
  return value;
}

Result<std::string> required(const Options& options, const std::string& name) {
  auto value = options.value(name);
  if (!value) return usage("usage_option_missing", "--" + name);
  return *value;
}

/// Nothing that is there is written over: it may be the only copy.
Result<> requireNew(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) return kDone;
  return Error{Code::Conflict, "output_exists", {{"file", file.string()}}};
}

Result<std::string> programText() {
  const auto file = std::filesystem::read_symlink("/proc/self/exe");
  const auto program = MappedFile::open(file);
  if (!program) return program.error();
  return "congvan " CONGVAN_VERSION ", " + file.string() + ", SHA-256 " +
         toHex(crypto::digest(crypto::DigestAlgorithm::Sha256, program->bytes()));
}

/// The people, and the file that they will sign: it is there from the beginning, so that what was
/// done is never without a record, and goes again when nothing was.
struct Table {
  std::filesystem::path file;
  Transcript transcript;
  bool finished = false;

  Table(std::filesystem::path path, Transcript begun)
      : file(std::move(path)), transcript(std::move(begun)) {}
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;
  ~Table() {
    if (finished) return;
    std::error_code ignored;
    if (transcript.isEmpty()) std::filesystem::remove(file, ignored);
    if (!transcript.isEmpty()) static_cast<void>(writeUnfinished());
  }
  Result<> writeUnfinished() const { return writeFile(file, {asBytes(transcript.unfinished())}); }
};

Result<std::unique_ptr<Table>> sitDown(const Options& options) {
  const auto file = required(options, "transcript");
  if (!file) return file.error();
  const auto fresh = requireNew(*file);
  if (!fresh) return fresh.error();
  std::vector<std::string> present;
  for (const auto& given : options.values("present")) {
    const auto person = toNfc(given);
    const bool good = person && !trim(*person).empty() && !hasControlCharacters(*person) &&
                      person->find_first_of("\t\n") == std::string::npos &&
                      countCharacters(*person) <= kPresentLongest;
    if (!good) return usage("usage_value_wrong", "--present", given);
    present.emplace_back(trim(*person));
  }
  std::ranges::sort(present);
  if (std::ranges::adjacent_find(present) != present.end() || present.size() < 2) {
    return Error{Code::RuleRefused, "ceremony_needs_two"};
  }
  auto program = programText();
  if (!program) return program.error();
  auto table = std::make_unique<Table>(
      *file, Transcript(SystemClock().now(), std::move(*program), std::move(present)));
  const auto begun = table->writeUnfinished();
  if (!begun) return begun.error();
  return table;
}

Result<> standUp(Table& table, House& house) {
  const auto checkpoint = house.issuanceLog().files().published();
  if (!checkpoint) return checkpoint.error();
  table.transcript.act("Sổ nhật ký cấp phát sau cùng", "The issuance log in the end");
  std::string_view text = *checkpoint ? std::string_view(**checkpoint) : std::string_view();
  for (const auto* name : {"nhật ký / log", "số mục / entries", "gốc cây / root"}) {
    const auto end = text.find('\n');
    table.transcript.line(name, text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  const auto record = table.transcript.text(house.clock().now());
  const auto written = writeFile(table.file, {asBytes(record)});
  if (!written) return written;
  table.finished = true;
  const auto recorded =
      house.authority().recordCeremony(asBytes(record), table.transcript.present());
  if (!recorded) return recorded;
  std::printf("Biên bản, để ký tay / record, to be signed by hand: %s\n", table.file.c_str());
  return kDone;
}

// --- shares ---

struct SharePlan {
  std::vector<std::filesystem::path> files;
  int needed = 0;
  int list_days = kRootListDays;
};

Result<SharePlan> sharePlan(const Options& options) {
  SharePlan plan;
  for (const auto& file : options.values("share-out")) {
    const auto fresh = requireNew(file);
    if (!fresh) return fresh.error();
    if (std::ranges::find(plan.files, std::filesystem::path(file)) != plan.files.end()) {
      return usage("usage_value_wrong", "--share-out", file);
    }
    plan.files.emplace_back(file);
  }
  if (plan.files.empty()) return usage("usage_option_missing", "--share-out");
  const auto needed = number(options, "needed", 2, crypto::kSharesMost, {});
  if (!needed) return needed.error();
  const auto days = number(options, "crl-days", 1, kRootListDaysMost, kRootListDays);
  if (!days) return days.error();
  plan.needed = *needed;
  plan.list_days = *days;
  const auto count = static_cast<int>(plan.files.size());
  if (plan.needed > count || count > crypto::kSharesMost) {
    return Error{Code::RuleRefused, "share_counts_wrong"};
  }
  return plan;
}

Result<std::vector<crypto::KeyShare>> readShares(const std::vector<std::filesystem::path>& files) {
  std::vector<crypto::KeyShare> shares;
  for (const auto& file : files) {
    auto bytes = readFile(file, kShareMost);
    if (!bytes) return bytes.error();
    auto share = crypto::readShare(asText(*bytes));
    crypto::wipe(bytes->data(), bytes->size());
    if (!share) {
      auto error = share.error();
      error.params.push_back({"file", file.string()});
      return error;
    }
    shares.push_back(std::move(*share));
  }
  return shares;
}

/// Shares that were written and came to nothing, with what was to be said of them.
class Written {
 public:
  ~Written() {
    std::error_code ignored;
    for (const auto& file : files_) std::filesystem::remove(file, ignored);
  }
  Result<> write(const std::filesystem::path& file, BytesView text) {
    files_.push_back(file);
    return writeSecretFile(file, text);
  }
  void keep() { files_.clear(); }

 private:
  std::vector<std::filesystem::path> files_;
};

/// The root's list for as long as its key is away, the shares, and only when they were read back
/// and give the key again: the end of the key in the service.
Result<> giveOut(House& house, const std::string& root, const SharePlan& plan, Table& table) {
  auto& authority = house.authority();
  const auto listed = authority.publishFor(root, std::chrono::days(plan.list_days));
  if (!listed) return listed;
  const auto shares = authority.shareKey(root, plan.needed, static_cast<int>(plan.files.size()));
  if (!shares) return shares.error();
  table.transcript.act(
      "Khóa của CA gốc " + root + " được chia, cần " + std::to_string(plan.needed) + " trong " +
          std::to_string(plan.files.size()) + " phần để khôi phục",
      "The key of root " + root + " was split, any " + std::to_string(plan.needed) + " of " +
          std::to_string(plan.files.size()) + " shares restore it");
  Written written;
  table.transcript.line("lần chia / split", shares->front().label.split.text());
  for (std::size_t at = 0; at < shares->size(); ++at) {
    const auto text = crypto::shareText((*shares)[at]);
    const auto wrote = written.write(plan.files[at], text.view());
    if (!wrote) return wrote;
    table.transcript.line("phần / share " + std::to_string(at + 1),
                          plan.files[at].string() + ", SHA-256 " +
                              toHex(crypto::digest(crypto::DigestAlgorithm::Sha256, text.view())));
  }
  const auto back = readShares(plan.files);
  if (!back) return back.error();
  const auto proved = authority.bringKey(*back);
  if (!proved) return proved;
  written.keep();  // from here on the key may be nowhere else
  const auto removed = authority.removeKey(root);
  if (!removed) return removed;
  table.transcript.act(
      "Các phần khóa đã được đọc lại và khôi phục đúng khóa; khóa đã rời khỏi dịch vụ",
      "The shares were read back and restored the key; the key left the service");
  table.transcript.line("danh sách thu hồi có hiệu lực / revocation list lasts",
                        std::to_string(plan.list_days) + " ngày / days");
  return kDone;
}

// --- a folder that is there ---

/// The house of a folder that nobody serves under this node's name meanwhile.
struct Closed {
  Settings settings;
  LockedFile lock;
  std::unique_ptr<House> house;
};

Result<Closed> openClosed(const Options& options) {
  auto settings = readSettings(options.valueOr("config", "congvan.yaml"));
  if (!settings) return settings.error();
  const DataFolder folder(settings->data);
  auto lock = folder.serveAs(settings->node);
  if (!lock) return lock.error();
  auto house = House::open(*settings);
  if (!house) return house.error();
  const auto started = (*house)->startAuthority();
  if (!started) return started.error();
  return Closed{std::move(*settings), std::move(*lock), std::move(*house)};
}

/// The root's key is here, or comes from the shares that were put on the table.
Result<> bringShares(const Options& options, House& house) {
  const auto& names = options.values("share");
  if (names.empty()) return kDone;
  const auto shares = readShares({names.begin(), names.end()});
  if (!shares) return shares.error();
  return house.authority().bringKey(*shares);
}

void tellAuthority(Transcript& transcript, House& house, std::string_view name) {
  for (const auto& one : house.authority().authorities()) {
    if (one.name == name) transcript.certificate(one.name, one.certificate);
  }
}

/// The one that is named, or the newest of those whose key is here or was brought, or the newest.
std::string rootOf(const Options& options, House& house) {
  std::tuple<bool, Instant, std::string> best;
  for (const auto& one : house.authority().authorities()) {
    if (one.kind != authority::CertificateKind::Root) continue;
    best = std::max(best, {one.key_here, one.certificate.notBefore(), one.name});
  }
  return options.valueOr("root", std::get<std::string>(best));
}

// --- the acts ---

Result<> initAct(const Options& options) {
  auto wanted = readInitOptions(options);
  if (!wanted) return wanted.error();
  const auto issuing = number(options, "issuing", 1, authority::kIssuingMost, 1);
  if (!issuing) return issuing.error();
  const auto plan = sharePlan(options);
  if (!plan) return plan.error();
  auto table = sitDown(options);
  if (!table) return table.error();
  const auto database = readInitFiles(options, wanted->settings);
  if (!database) return database;
  wanted->authority = {.issuing = *issuing, .root_key_stays = false};
  crypto::SystemRandom random;
  const auto password = makePassword(random);
  auto made = initialise(*wanted, crypto::SecretBytes(std::string_view(password)));
  if (!made) return made.error();
  auto& house = *made->house;
  (*table)->transcript.act("Tạo CA gốc và các CA cấp phát",
                           "Root and issuing authorities were made");
  for (const auto& one : house.authority().authorities()) {
    (*table)->transcript.certificate(one.name, one.certificate);
  }
  const auto given = giveOut(house, "goc", *plan, **table);
  if (!given) return given;
  const auto ended = standUp(**table, house);
  if (!ended) return ended;
  const auto told = tellPassword(*wanted, password);
  if (!told) return told;
  return made->finish();
}

Result<> listAct(const Options& options) {
  const auto closed = openClosed(options);
  if (!closed) return closed.error();
  for (const auto& one : closed->house->authority().authorities()) {
    const auto* const key = one.key_here ? "khóa ở đây / key here" : "khóa ở ngoài / key away";
    std::printf("%-6s %-8s %-9s %s  %s  %s%s\n",
                one.name.c_str(),
                std::string(authority::name(one.kind)).c_str(),
                std::string(authority::name(one.state)).c_str(),
                formatUtc(one.certificate.notAfter()).c_str(),
                key,
                one.certificate.subject().c_str(),
                one.issues ? "  ← đang cấp phát / issues now" : "");
  }
  return kDone;
}

Result<> addAct(const Options& options) {
  auto table = sitDown(options);
  if (!table) return table.error();
  auto closed = openClosed(options);
  if (!closed) return closed.error();
  const auto brought = bringShares(options, *closed->house);
  if (!brought) return brought;
  const auto root = rootOf(options, *closed->house);
  const auto name = closed->house->authority().addIssuing(root);
  if (!name) return name.error();
  (*table)->transcript.act("Tạo CA cấp phát " + *name + " dưới " + root,
                           "Issuing authority " + *name + " was made under " + root);
  tellAuthority((*table)->transcript, *closed->house, *name);
  std::printf("%s\n", name->c_str());
  return standUp(**table, *closed->house);
}

Result<> useAct(const Options& options) {
  if (options.positionals().size() != 1) return usage("usage_value_missing", "NAME");
  auto table = sitDown(options);
  if (!table) return table.error();
  auto closed = openClosed(options);
  if (!closed) return closed.error();
  const auto& name = options.positionals().front();
  const auto chosen = closed->house->authority().issueFrom(name);
  if (!chosen) return chosen;
  (*table)->transcript.act("Từ nay CA cấp phát " + name + " cấp chứng thư",
                           "Issuing authority " + name + " issues from now on");
  tellAuthority((*table)->transcript, *closed->house, name);
  return standUp(**table, *closed->house);
}

Result<> rolloverAct(const Options& options) {
  // Where the one before is kept in shares, the next one is.
  const bool away = options.has("share") || options.has("needed") || options.has("crl-days");
  const bool shares = away || options.has("share-out");
  const auto plan = shares ? sharePlan(options) : Result<SharePlan>(SharePlan());
  if (!plan) return plan.error();
  auto table = sitDown(options);
  if (!table) return table.error();
  auto closed = openClosed(options);
  if (!closed) return closed.error();
  auto& house = *closed->house;
  const auto brought = bringShares(options, house);
  if (!brought) return brought;
  const auto before = rootOf(options, house);
  const auto name = house.authority().addRoot(before);
  if (!name) return name.error();
  (*table)->transcript.act("Tạo CA gốc " + *name + ", chứng thực chéo với " + before,
                           "Root " + *name + " was made and cross-certified with " + before);
  tellAuthority((*table)->transcript, house, *name);
  for (const auto& cross : house.authority().crossCertificates()) {
    (*table)->transcript.certificate("chéo / cross", cross);
  }
  const auto anchors = writeAnchors(house, DataFolder(closed->settings.data));
  if (!anchors) return anchors;
  std::printf("%s\n", name->c_str());
  if (!plan->files.empty()) {
    const auto given = giveOut(house, *name, *plan, **table);
    if (!given) return given;
  }
  return standUp(**table, house);
}

Result<> splitAct(const Options& options) {
  const auto plan = sharePlan(options);
  if (!plan) return plan.error();
  auto table = sitDown(options);
  if (!table) return table.error();
  auto closed = openClosed(options);
  if (!closed) return closed.error();
  const auto brought = bringShares(options, *closed->house);
  if (!brought) return brought;
  const auto given = giveOut(*closed->house, rootOf(options, *closed->house), *plan, **table);
  if (!given) return given;
  return standUp(**table, *closed->house);
}

Result<> crlAct(const Options& options) {
  const auto days = number(options, "crl-days", 1, kRootListDaysMost, kRootListDays);
  if (!days) return days.error();
  auto table = sitDown(options);
  if (!table) return table.error();
  auto closed = openClosed(options);
  if (!closed) return closed.error();
  const auto brought = bringShares(options, *closed->house);
  if (!brought) return brought;
  const auto root = rootOf(options, *closed->house);
  const auto listed = closed->house->authority().publishFor(root, std::chrono::days(*days));
  if (!listed) return listed;
  (*table)->transcript.act("Danh sách thu hồi mới của " + root, "A new revocation list of " + root);
  (*table)->transcript.line("có hiệu lực / lasts", std::to_string(*days) + " ngày / days");
  return standUp(**table, *closed->house);
}

struct Act {
  std::string_view name;
  std::string_view words;
  Result<> (*run)(const Options&);
  std::vector<Option> known;
  std::string_view summary;
};

const std::vector<Act>& acts() {
  const Option root{"root", "NAME", "CA gốc nào / which root (the newest)"};
  const Option issuing{"issuing", "N", "số CA cấp phát / how many issuing authorities (1)"};
  static const std::vector<Act> all = {
      {"init",
       "",
       &initAct,
       joined({initOptions(), {issuing}, kShares, kTable}),
       "thư mục dữ liệu mới, khóa CA gốc chia thành nhiều phần / a new data folder whose root key "
       "is kept in shares"},
      {"list", "", &listAct, joined({{kConfig}}), "các CA / the authorities"},
      {"add",
       "",
       &addAct,
       joined({{kConfig, root, kShare}, kTable}),
       "thêm CA cấp phát / another issuing authority"},
      {"use",
       " NAME",
       &useAct,
       joined({{kConfig}, kTable}),
       "chọn CA cấp phát / which issuing authority issues from now on"},
      {"rollover",
       "",
       &rolloverAct,
       joined({{kConfig, root, kShare}, kShares, kTable}),
       "CA gốc mới, chứng thực chéo / another root, cross-certified with the one before"},
      {"split",
       "",
       &splitAct,
       joined({{kConfig, root, kShare}, kShares, kTable}),
       "chia khóa CA gốc, đưa ra khỏi dịch vụ / split a root's key and take it out of the service"},
      {"crl",
       "",
       &crlAct,
       joined({{kConfig, root, kShare, kShares[2]}, kTable}),
       "danh sách thu hồi mới của CA gốc / a new revocation list of a root"},
  };
  return all;
}

void printActs(std::FILE* to) {
  std::fputs("Usage: congvan ca ACT [OPTIONS]; congvan ca ACT --help\n\n", to);
  for (const auto& act : acts()) {
    std::fprintf(to, "  %-10s %s\n", act.name.data(), act.summary.data());
  }
}

bool isUsage(const Error& error) {
  return error.reason.starts_with("usage_");
}

}  // namespace

Exit runCa(const Arguments& arguments) {
  // Keys that are nowhere else stand in this memory: no core file, no debugger.
  const rlimit none{0, 0};
  if (::setrlimit(RLIMIT_CORE, &none) != 0 || ::prctl(PR_SET_DUMPABLE, 0) != 0) {
    return complain({Code::Unavailable, "memory_not_private"});
  }
  if (arguments.empty() || arguments.front() == "--help") {
    printActs(arguments.empty() ? stderr : stdout);
    return arguments.empty() ? Exit::Usage : Exit::Good;
  }
  const auto act = std::ranges::find(acts(), arguments.front(), &Act::name);
  if (act == acts().end()) {
    return complain({Code::Malformed, "usage_unknown_command", {{"command", arguments.front()}}},
                    Exit::Usage);
  }
  const Arguments rest(arguments.begin() + 1, arguments.end());
  const auto options = act->words.empty() ? Options::parse(rest, act->known)
                                          : Options::parseWithWords(rest, act->known);
  if (!options) return complain(options.error(), Exit::Usage);
  if (options->has("help")) {
    std::printf("Usage: congvan ca %s%s [OPTIONS]\n\n%s",
                act->name.data(),
                act->words.data(),
                helpText(act->known).c_str());
    return Exit::Good;
  }
  const auto done = act->run(*options);
  if (done) return Exit::Good;
  return isUsage(done.error()) ? complain(done.error(), Exit::Usage) : complain(done.error());
}

}  // namespace congvan::app
