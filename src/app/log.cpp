// SPDX-License-Identifier: Apache-2.0
#include "app/commands.h"
#include "app/files.h"
#include "app/log_event.h"
#include "app/log_text.h"
#include "app/note_files.h"
#include "app/options.h"
#include "base/encoding.h"
#include "edge/storage/tile_files.h"
#include "office/audit/log_proof.h"
#include "trust/tlog/check.h"
#include "trust/tlog/tree.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

namespace congvan::app {
namespace {

constexpr std::size_t kTrailFileBytes = 256U << 20U;
constexpr unsigned kTileFoldersMost = 10;  // `tile/LEVEL/` and seven groups of digits and a `.p`

const std::vector<Option>& logOptions() {
  static const std::vector<Option> kOptions{
      {"key",
       "VKEY",
       "khóa công khai của nhật ký, hoặc tệp chứa nó / the log's public key, or a file with it"},
      {"index", "N", "vị trí của mục / index of an entry"},
      {"leaf", "FILE", "tệp chứa mục / a file that holds the entry"},
      {"leaf-hash", "HEX", "băm của mục / hash of the entry"},
      {"event", "FILE", "nhật ký đã tải về / a trail of events as it was downloaded"},
      {"previous", "FILE", "điểm kiểm tra đã lưu từ trước / a checkpoint kept from earlier"},
      {"rules", "none|records|issuance", "loại nhật ký / what the entries must be"},
      {"format", "text|json", "dạng kết quả / form of the output"},
      {"help", "", "trợ giúp / this help"},
  };
  return kOptions;
}

void printLogHelp() {
  std::fputs(
      "congvan log check DIR --key VKEY [--previous FILE]... [--rules none|records|issuance]\n"
      "    kiểm tra toàn bộ nhật ký / check the whole log\n"
      "congvan log prove DIR --index N [--key VKEY]\n"
      "    bằng chứng có trong nhật ký / print the proof that an entry is in the log\n"
      "congvan log verify PROOF --leaf FILE | --leaf-hash HEX --key VKEY\n"
      "    kiểm tra bằng chứng, không cần mạng / check such a proof, offline\n"
      "congvan log verify --event FILE --key VKEY\n"
      "    từng sự việc của nhật ký đã tải: nội dung và bằng chứng, không cần mạng\n"
      "    each event of a downloaded trail: what it says and its proof, offline\n"
      "congvan log consistency OLD NEW DIR [--key VKEY]\n"
      "    nhật ký mới có tiếp nối nhật ký cũ / does the newer checkpoint continue the older\n"
      "congvan log show DIR [--index N]...\n"
      "    xem điểm kiểm tra và các mục / show the checkpoint and entries\n"
      "congvan log monitor URL --key VKEY --state DIR [--witness VKEY]... [--register CSV]\n"
      "    theo dõi nhật ký từ bên ngoài / watch a log from outside; more with --help\n"
      "congvan log witness --data DIR --listen ADDRESS:PORT --log VKEY...\n"
      "    chứng kiến nhật ký của nơi khác / run a witness of other people's logs; more with "
      "--help\n"
      "không có --key thì chữ ký của điểm kiểm tra chưa được kiểm tra, mã thoát là 2\n"
      "without --key nobody's signature is checked, and the exit code is 2\n\n",
      stdout);
  std::fputs(helpText(logOptions()).c_str(), stdout);
}

Exit usage(std::string_view what) {
  return complain({Code::Malformed, "usage_option_missing", {{"option", std::string(what)}}},
                  Exit::Usage);
}

bool wantsJson(const Options& options) {
  return options.valueOr("format", "text") == "json";
}

void printLine(const std::string& line) {
  fmt::print("{}\n", line);
}

Error inFile(Error error, const std::string& file) {
  error.params.push_back({"file", file});
  return error;
}

/// A log's folder, opened for reading only.
struct LogFolder {
  std::unique_ptr<storage::Files> disk;
  std::unique_ptr<storage::TileFiles> files;
  std::string checkpoint;

  static Result<LogFolder> open(const std::string& folder) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(folder, ignored)) {
      return Error{Code::NotFound, "input_unreadable", {{"file", folder}}};
    }
    LogFolder log;
    log.disk = storage::openFiles(folder);
    log.files = std::make_unique<storage::TileFiles>(*log.disk);
    auto published = log.files->published();
    if (!published) return published.error();
    if (!*published) return Error{Code::NotFound, "log_without_checkpoint", {{"file", folder}}};
    log.checkpoint = std::move(**published);
    return log;
  }
};

/// Every partial tile that lies in the folder, also those left from earlier sizes.
Result<> listPartials(const storage::Files& disk,
                      const std::string& folder,
                      unsigned depth,
                      std::vector<tlog::TileId>& partials) {
  if (depth > kTileFoldersMost) return kDone;
  const auto entries = disk.list(folder);
  if (!entries) return entries.error();
  for (const auto& entry : *entries) {
    const auto path = fmt::format("{}/{}", folder, entry.name);
    if (entry.is_folder) {
      const auto inner = listPartials(disk, path, depth + 1, partials);
      if (!inner) return inner;
    } else if (const auto tile = tlog::parseTilePath(path); tile && tile->partial()) {
      partials.push_back(*tile);
    }
  }
  return kDone;
}

Result<tlog::LogRules> readRules(const Options& options) {
  const auto rules = options.valueOr("rules", "none");
  if (rules == "none") return tlog::LogRules::None;
  if (rules == "records") return tlog::LogRules::Events;
  if (rules == "issuance") return tlog::LogRules::Issuance;
  return Error{Code::Malformed, "usage_value_wrong", {{"option", "--rules"}, {"value", rules}}};
}

void printReport(const tlog::WholeLogReport& report, bool json) {
  if (json) {
    Json findings = Json::array();
    for (const auto& finding : report.findings) findings.push_back(findingJson(finding));
    printLine(toJsonText({{"sound", report.sound()},
                          {"size", report.head.size},
                          {"root", tlog::hashText(report.head.root)},
                          {"entries_checked", report.entries_checked},
                          {"tiles_checked", report.tiles_checked},
                          {"findings", findings}}));
    return;
  }
  for (const auto& finding : report.findings) printLine(findingLine(finding));
  printLine(fmt::format("{}: {} mục / entries, {} tệp băm / tiles, gốc / root {}",
                        report.sound() ? "TOÀN VẸN / SOUND" : "KHÔNG TOÀN VẸN / NOT SOUND",
                        report.entries_checked,
                        report.tiles_checked,
                        tlog::hashText(report.head.root)));
}

/// The checker counts earlier checkpoints; people gave files.
void namePrevious(tlog::WholeLogReport& report, const std::vector<std::string>& files) {
  for (auto& finding : report.findings) {
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (finding.where == fmt::format("previous {}", i)) finding.where += ": " + files[i];
    }
  }
}

Exit runLogCheck(const Options& options, const std::vector<std::string>& names) {
  if (names.size() != 1) return usage("DIR");
  if (!options.has("key")) return usage("--key");
  const auto rules = readRules(options);
  if (!rules) return complain(rules.error(), Exit::Usage);
  const auto key = readKey(*options.value("key"));
  if (!key) return complain(key.error());
  const auto log = LogFolder::open(names[0]);
  if (!log) return complain(log.error());
  std::vector<std::string> previous;
  for (const auto& file : options.values("previous")) {
    auto note = readNote(file);
    if (!note) return complain(note.error());
    previous.push_back(std::move(*note));
  }
  std::vector<tlog::TileId> partials;
  const auto listed = listPartials(*log->disk, "tile", 0, partials);
  if (!listed) return complain(listed.error());

  auto report = tlog::checkWholeLog({.tiles = *log->files,
                                     .bundles = *log->files,
                                     .checkpoint = log->checkpoint,
                                     .key = *key,
                                     .previous = std::move(previous),
                                     .partials = std::move(partials),
                                     .rules = *rules});
  namePrevious(report, options.values("previous"));
  printReport(report, wantsJson(options));
  const bool unreadable =
      !report.findings.empty() && report.findings.front().reason == "checkpoint_malformed";
  if (unreadable) return Exit::MalformedInput;
  return report.sound() ? Exit::Good : Exit::Bad;
}

Result<std::uint64_t> readIndex(const std::string& given) {
  auto index = tlog::parseDecimal(given);
  if (!index)
    return Error{Code::Malformed, "usage_value_wrong", {{"option", "--index"}, {"value", given}}};
  return index;
}

/// Anybody can write a checkpoint: what is said of one that no key was held against is no verdict.
Exit complainOfNoKey() {
  return complain({Code::RuleRefused, "checkpoint_not_checked"}, Exit::Undecided);
}

Exit runLogProve(const Options& options, const std::vector<std::string>& names) {
  if (names.size() != 1) return usage("DIR");
  if (!options.has("index")) return usage("--index");
  const auto index = readIndex(*options.value("index"));
  if (!index) return complain(index.error(), Exit::Usage);
  const auto log = LogFolder::open(names[0]);
  if (!log) return complain(log.error());
  const auto logged = audit::proveLeaf(*log->files, *index);
  if (!logged) {
    const bool broken = logged.error().reason == "tree_root_differs";
    return broken ? complain(logged.error(), Exit::Bad) : complain(logged.error());
  }
  const auto& evidence = logged->evidence;
  if (options.has("key")) {
    const auto key = readKey(*options.value("key"));
    if (!key) return complain(key.error());
    const auto opened = tlog::openCheckpoint(evidence.checkpoint, {*key});
    if (!opened) return complain(opened.error());
    if (!tlog::verifiedBy(opened->note, *key)) {
      return complain({Code::RuleRefused, "checkpoint_not_signed"}, Exit::Bad);
    }
  }
  fmt::print("{}", tlog::evidenceText(evidence));
  return options.has("key") ? Exit::Good : complainOfNoKey();
}

Result<tlog::Hash> readLeaf(const Options& options) {
  if (const auto hex = options.value("leaf-hash")) {
    const auto bytes = fromHex(*hex);
    if (!bytes) return Error{Code::Malformed, "hash_malformed"};
    return tlog::hashFromBytes(*bytes);
  }
  const auto entry = readFile(*options.value("leaf"), tlog::kEntryBytesMost);
  if (!entry) return entry.error();
  return tlog::leafHash(*entry);
}

std::string_view verdictName(tlog::EvidenceVerdict verdict) {
  switch (verdict) {
    case tlog::EvidenceVerdict::Good:
      return "good";
    case tlog::EvidenceVerdict::NotSigned:
      return "checkpoint_not_signed";
    case tlog::EvidenceVerdict::WrongOrigin:
      return "checkpoint_origin";
    case tlog::EvidenceVerdict::WrongProof:
      return "proof_wrong";
  }
  return "unknown";
}

std::string_view verdictText(tlog::EvidenceVerdict verdict) {
  switch (verdict) {
    case tlog::EvidenceVerdict::Good:
      return "CÓ TRONG NHẬT KÝ / IN THE LOG";
    case tlog::EvidenceVerdict::NotSigned:
      return "KHÔNG: điểm kiểm tra không do khóa này ký / NO: the checkpoint is not signed by this "
             "key";
    case tlog::EvidenceVerdict::WrongOrigin:
      return "KHÔNG: điểm kiểm tra của nhật ký khác / NO: the checkpoint of another log";
    case tlog::EvidenceVerdict::WrongProof:
      return "KHÔNG: bằng chứng không dẫn tới gốc đã ký / NO: the proof does not lead to the "
             "signed root";
  }
  return "";
}

Exit printTrailReport(const TrailReport& report, const tlog::NoteVerifier& key, bool json) {
  const auto open =
      std::ranges::count(report.findings, tlog::Gravity::Open, &tlog::Finding::gravity);
  const auto all = std::ssize(report.findings);
  const auto exit = all > open                       ? Exit::Bad
                    : open > 0 || report.events == 0 ? Exit::Undecided
                                                     : Exit::Good;
  if (json) {
    Json findings = Json::array();
    for (const auto& finding : report.findings) findings.push_back(findingJson(finding));
    printLine(toJsonText({{"events", report.events}, {"findings", findings}}));
    return exit;
  }
  for (const auto& finding : report.findings) printLine(findingLine(finding));
  const auto good = report.events - report.findings.size();
  printLine(fmt::format(
      "{} trong {} sự việc đúng như nhật ký / of {} events {} are as the log has them: {}",
      good,
      report.events,
      report.events,
      good,
      key.name()));
  return exit;
}

Exit runLogVerifyEvents(const Options& options, const tlog::NoteVerifier& key) {
  const auto file = *options.value("event");
  const auto bytes = readFile(file, kTrailFileBytes);
  if (!bytes) return complain(bytes.error());
  const auto trail = parseJson(asText(*bytes), {.bytes = kTrailFileBytes});
  if (!trail) return complain(inFile(trail.error(), file));
  return printTrailReport(checkTrail(*trail, key), key, wantsJson(options));
}

Exit runLogVerify(const Options& options, const std::vector<std::string>& names) {
  if (!options.has("key")) return usage("--key");
  if (options.has("event") && names.empty()) {
    const auto key = readKey(*options.value("key"));
    return key ? runLogVerifyEvents(options, *key) : complain(key.error());
  }
  if (names.size() != 1) return usage("PROOF");
  if (options.has("leaf") == options.has("leaf-hash")) return usage("--leaf | --leaf-hash");
  const auto key = readKey(*options.value("key"));
  if (!key) return complain(key.error());
  const auto leaf = readLeaf(options);
  if (!leaf) return complain(leaf.error());
  const auto text = readNote(names[0]);
  if (!text) return complain(text.error());
  const auto evidence = tlog::parseEvidence(*text);
  if (!evidence) return complain(inFile(evidence.error(), names[0]));
  const auto verdict = tlog::checkEvidence(*evidence, *leaf, *key);
  if (!verdict) return complain(inFile(verdict.error(), names[0]));

  if (wantsJson(options)) {
    printLine(toJsonText({{"verdict", verdictName(*verdict)},
                          {"index", evidence->index},
                          {"leaf_hash", toHex(*leaf)}}));
  } else {
    printLine(fmt::format("{}: {} {}", verdictText(*verdict), key->name(), evidence->index));
  }
  return *verdict == tlog::EvidenceVerdict::Good ? Exit::Good : Exit::Bad;
}

/// A checkpoint from a file; when a key is given it must have signed it.
Result<tlog::TreeHead> readHead(const std::string& file,
                                const std::optional<tlog::NoteVerifier>& key) {
  const auto note = readNote(file);
  if (!note) return note.error();
  const auto opened =
      tlog::openCheckpoint(*note, key ? std::vector{*key} : std::vector<tlog::NoteVerifier>{});
  if (!opened) return inFile(opened.error(), file);
  if (key && !tlog::verifiedBy(opened->note, *key)) {
    return Error{Code::RuleRefused, "checkpoint_not_signed", {{"file", file}}};
  }
  return opened->checkpoint.head;
}

Exit complainAboutHead(const Error& error) {
  return error.reason == "checkpoint_not_signed" ? complain(error, Exit::Bad) : complain(error);
}

struct Consistency {
  const tlog::TreeHead& older;
  const tlog::TreeHead& newer;
  const tlog::Proof& proof;
  bool signatures_checked;
};

Exit printConsistency(const Consistency& shown, bool json) {
  const auto& [older, newer, proof, checked] = shown;
  const bool good = tlog::checkConsistency(older, newer, proof) == tlog::ProofVerdict::Good;
  if (json) {
    Json hashes = Json::array();
    for (const auto& hash : proof) hashes.push_back(tlog::hashText(hash));
    printLine(toJsonText({{"consistent", good},
                          {"signatures_checked", checked},
                          {"old", older.size},
                          {"new", newer.size},
                          {"proof", hashes}}));
  } else {
    printLine(fmt::format("{}: {} → {}{}",
                          good ? "TIẾP NỐI / CONSISTENT" : "KHÔNG TIẾP NỐI / NOT CONSISTENT",
                          older.size,
                          newer.size,
                          checked ? "" : " (chưa kiểm tra chữ ký / signatures not checked)"));
    for (const auto& hash : proof) printLine(tlog::hashText(hash));
  }
  if (!good) return Exit::Bad;
  return checked ? Exit::Good : complainOfNoKey();
}

Exit runLogConsistency(const Options& options, const std::vector<std::string>& names) {
  if (names.size() != 3) return usage("OLD NEW DIR");
  std::optional<tlog::NoteVerifier> key;
  if (options.has("key")) {
    auto read = readKey(*options.value("key"));
    if (!read) return complain(read.error());
    key = std::move(*read);
  }
  const auto older = readHead(names[0], key);
  if (!older) return complainAboutHead(older.error());
  const auto newer = readHead(names[1], key);
  if (!newer) return complainAboutHead(newer.error());
  const auto log = LogFolder::open(names[2]);
  if (!log) return complain(log.error());
  const auto proof = tlog::TileTree(*log->files, newer->size).consistency(older->size);
  if (proof) return printConsistency({*older, *newer, *proof, key.has_value()}, wantsJson(options));
  // From nothing every log grows; a longer old one was cut.
  if (proof.error().reason != "no_such_proof") return complain(proof.error());
  return complain(proof.error(), older->size == 0 ? Exit::Undecided : Exit::Bad);
}

Result<Bytes> entryAt(const LogFolder& log, std::uint64_t size, std::uint64_t index) {
  if (index >= size) return Error{Code::NotFound, "leaf_not_in_tree"};
  const auto entries = tlog::readEntries(*log.files, tlog::bundleHolding(size, index));
  if (!entries) return entries.error();
  return entries->at(index % tlog::kTileWidth);
}

Exit runLogShow(const Options& options, const std::vector<std::string>& names) {
  if (names.size() != 1) return usage("DIR");
  const auto log = LogFolder::open(names[0]);
  if (!log) return complain(log.error());
  const auto opened = tlog::openCheckpoint(log->checkpoint, {});
  if (!opened) return complain(opened.error());
  const auto& checkpoint = opened->checkpoint;
  Json json{{"origin", checkpoint.origin},
            {"size", checkpoint.head.size},
            {"root", tlog::hashText(checkpoint.head.root)},
            {"signed_by", Json::array()},
            {"entries", Json::array()}};
  for (const auto& signature : opened->note.note.signatures)
    json["signed_by"].push_back(signature.name);
  std::vector<std::string> lines;
  for (const auto& given : options.values("index")) {
    const auto index = readIndex(given);
    if (!index) return complain(index.error(), Exit::Usage);
    const auto entry = entryAt(*log, checkpoint.head.size, *index);
    if (!entry) return complain(entry.error());
    json["entries"].push_back(entryJson(*index, *entry));
    lines.push_back(entryLine(*index, *entry));
  }
  if (wantsJson(options)) {
    printLine(toJsonText(json));
    return Exit::Good;
  }
  fmt::print("{}", log->checkpoint);
  for (const auto& line : lines) printLine(line);
  return Exit::Good;
}

struct LogCommand {
  std::string_view name;
  Exit (*run)(const Options&, const std::vector<std::string>&);
};

constexpr LogCommand kLogCommands[] = {
    {"check", &runLogCheck},
    {"prove", &runLogProve},
    {"verify", &runLogVerify},
    {"consistency", &runLogConsistency},
    {"show", &runLogShow},
};

}  // namespace

bool needsNetwork(const Arguments& of_log) {
  return !of_log.empty() && (of_log.front() == "witness" || of_log.front() == "monitor");
}

Exit runLog(const Arguments& arguments) {
  const auto options = Options::parseWithWords(arguments, logOptions());
  if (!options) return complain(options.error(), Exit::Usage);
  if (options->has("help")) {
    printLogHelp();
    return Exit::Good;
  }
  const auto format = options->valueOr("format", "text");
  if (format != "text" && format != "json") {
    return complain(
        {Code::Malformed, "usage_value_wrong", {{"option", "--format"}, {"value", format}}},
        Exit::Usage);
  }
  auto names = options->positionals();
  if (names.empty()) return usage("check|prove|verify|consistency|show");
  for (const auto& command : kLogCommands) {
    if (command.name != names.front()) continue;
    names.erase(names.begin());
    return command.run(*options, names);
  }
  return complain({Code::Malformed, "usage_unknown_command", {{"command", "log " + names.front()}}},
                  Exit::Usage);
}

}  // namespace congvan::app
