// SPDX-License-Identifier: Apache-2.0
#include "app/files.h"
#include "app/log_online.h"
#include "app/log_text.h"
#include "app/monitor.h"
#include "app/note_files.h"
#include "app/options.h"
#include "edge/fetch/remote_log.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <thread>

namespace congvan::app {
namespace {

/// A checkpoint that was made this moment gets its cosignatures within seconds.
constexpr std::chrono::seconds kCosignaturesWait{10};
constexpr std::chrono::milliseconds kCosignaturesPoll{500};

/// The office closes what a crash left open at its start, or within a quarter of an hour.
constexpr std::chrono::minutes kIntentLongest{60};
constexpr int kIntentMinutesMost = 7 * 24 * 60;

const std::vector<Option> kMonitorOptions = {
    {"key",
     "VKEY",
     "khóa công khai của nhật ký, hoặc tệp chứa nó / the log's public key, or a file with it"},
    {"state", "DIR", "nơi giữ bản sao giữa các lần xem / what is kept between visits"},
    {"witness", "VKEY", "bên chứng kiến phải đã ký / a witness that must have cosigned"},
    {"register", "CSV", "sổ đăng ký chứng thư đã xuất / an exported register of certificates"},
    {"rules", "none|records|issuance", "loại nhật ký (issuance) / what the entries must be"},
    {"intent-limit",
     "MINUTES",
     "ý định cấp được để chờ bao lâu (60) / how long an intent may stand alone"},
    {"format", "text|json", "dạng kết quả / form of the output"},
    {"help", "", "trợ giúp / this help"},
};

Exit wrong(std::string_view reason, std::string option, std::string value = {}) {
  return complain({Code::Malformed,
                   std::string(reason),
                   {{"option", std::move(option)}, {"value", std::move(value)}}},
                  Exit::Usage);
}

Result<std::vector<tlog::NoteVerifier>> readWitnesses(const std::vector<std::string>& given) {
  std::vector<tlog::NoteVerifier> witnesses;
  for (const auto& one : given) {
    auto key = readKey(one);
    if (!key) return key.error();
    witnesses.push_back(std::move(*key));
  }
  return witnesses;
}

bool bearsAll(const std::string& checkpoint, const std::vector<tlog::NoteVerifier>& witnesses) {
  return std::ranges::all_of(witnesses, [&](const tlog::NoteVerifier& witness) {
    const auto opened = tlog::openNote(checkpoint, {witness});
    return !opened || opened->verdict != tlog::NoteVerdict::Unverified;
  });
}

/// 0 of one that cannot be read.
std::uint64_t sizeOf(const std::string& checkpoint) {
  const auto note = tlog::parseNote(checkpoint);
  const auto read = note ? tlog::parseCheckpoint(note->text) : note.error();
  return read ? read->head.size : 0;
}

/// The newest one, or, where the log goes on faster than witnesses answer, one that they cosigned
/// and that holds all that was there when this was called.
Result<std::string> readCheckpoint(const fetch::RemoteLog& log,
                                   const std::vector<tlog::NoteVerifier>& witnesses) {
  const auto deadline = std::chrono::steady_clock::now() + kCosignaturesWait;
  std::optional<std::uint64_t> size;
  for (;;) {
    auto note = log.checkpoint();
    if (!note || bearsAll(*note, witnesses)) return note;
    if (!size) size = sizeOf(*note);
    auto cosigned = log.cosigned();
    if (cosigned && sizeOf(*cosigned) >= *size && bearsAll(*cosigned, witnesses)) return cosigned;
    if (std::chrono::steady_clock::now() >= deadline) return note;
    std::this_thread::sleep_for(kCosignaturesPoll);
  }
}

Exit exitOf(const Monitor::Report& report) {
  const auto has = [&](auto&& condition) {
    return std::ranges::any_of(report.findings, condition);
  };
  if (has([](const auto& one) { return one.reason == "checkpoint_malformed"; })) {
    return Exit::MalformedInput;
  }
  if (has([](const auto& one) { return one.gravity == tlog::Gravity::Broken; })) return Exit::Bad;
  // An intent without its certificate is a matter of moments; overdue it is broken.
  const bool open = has([](const auto& one) { return one.reason != "intent_open"; });
  return open ? Exit::Undecided : Exit::Good;
}

void printVisit(const Monitor::Report& report, const std::string& state, bool json) {
  const auto exit = exitOf(report);
  const char* word = exit == Exit::Good        ? "TOÀN VẸN / SOUND"
                     : exit == Exit::Undecided ? "CHƯA KẾT LUẬN / UNDECIDED"
                                               : "KHÔNG TOÀN VẸN / NOT SOUND";
  if (json) {
    Json findings = Json::array();
    for (const auto& finding : report.findings) findings.push_back(findingJson(finding));
    Json object{{"sound", exit == Exit::Good},
                {"before", report.before},
                {"size", report.head.size},
                {"root", tlog::hashText(report.head.root)},
                {"findings", findings}};
    if (!report.evidence.empty()) object["evidence"] = state + "/" + report.evidence;
    fmt::print("{}\n", toJsonText(object));
    return;
  }
  for (const auto& finding : report.findings) fmt::print("{}\n", findingLine(finding));
  if (!report.evidence.empty()) {
    fmt::print("bằng chứng / evidence: {}/{}\n", state, report.evidence);
  }
  fmt::print("{}: {} → {} mục / entries, gốc / root {}\n",
             word,
             report.before,
             report.head.size,
             tlog::hashText(report.head.root));
}

std::optional<tlog::LogRules> rulesNamed(std::string_view name) {
  if (name == "none") return tlog::LogRules::None;
  if (name == "records") return tlog::LogRules::Events;
  if (name == "issuance") return tlog::LogRules::Issuance;
  return std::nullopt;
}

struct Visiting {
  std::string url;
  tlog::LogRules rules = tlog::LogRules::Issuance;
  std::chrono::minutes intent_limit = kIntentLongest;
};

Exit runVisit(const Options& options, const Visiting& visiting) {
  const auto key = readKey(*options.value("key"));
  if (!key) return complain(key.error());
  const auto witnesses = readWitnesses(options.values("witness"));
  if (!witnesses) return complain(witnesses.error());
  std::optional<std::vector<RegisterRow>> rows;
  if (const auto file = options.value("register")) {
    // Before the checkpoint: what is in the register by now must be under it.
    const auto bytes = readFile(*file);
    if (!bytes) return complain(bytes.error());
    auto read = readRegister(asText(*bytes));
    if (!read) {
      auto error = read.error();
      error.params.push_back({"file", *file});
      return complain(error);
    }
    rows = std::move(*read);
  }
  const auto state = *options.value("state");
  const auto monitor = Monitor::open(state);
  if (!monitor) return complain(monitor.error());
  const fetch::RemoteLog log(visiting.url);
  auto checkpoint = readCheckpoint(log, *witnesses);
  if (!checkpoint) return complain(checkpoint.error());
  const auto report =
      (*monitor)->visit({log, log, std::move(*checkpoint)},
                        {*key,
                         *witnesses,
                         visiting.rules,
                         std::move(rows),
                         tlog::IntentLimit{SystemClock().now(), visiting.intent_limit}});
  if (!report) return complain(report.error());
  printVisit(*report, state, options.valueOr("format", "text") == "json");
  return exitOf(*report);
}

}  // namespace

Exit runLogMonitor(const Arguments& arguments) {
  const auto options = Options::parseWithWords(arguments, kMonitorOptions);
  if (!options) return complain(options.error(), Exit::Usage);
  if (options->has("help")) {
    std::printf("Usage: congvan log monitor URL --key VKEY --state DIR\n\n%s",
                helpText(kMonitorOptions).c_str());
    return Exit::Good;
  }
  if (options->positionals().size() != 1) return wrong("usage_option_missing", "URL");
  for (const auto* const needed : {"key", "state"}) {
    if (!options->has(needed)) return wrong("usage_option_missing", std::string("--") + needed);
  }
  const auto rules = rulesNamed(options->valueOr("rules", "issuance"));
  if (!rules) return wrong("usage_value_wrong", "--rules", *options->value("rules"));
  const auto format = options->valueOr("format", "text");
  if (format != "text" && format != "json") return wrong("usage_value_wrong", "--format", format);
  Visiting visiting{options->positionals().front(), *rules};
  if (const auto text = options->value("intent-limit")) {
    int minutes = 0;
    const auto* const end = text->data() + text->size();
    const auto [rest, failed] = std::from_chars(text->data(), end, minutes);
    if (failed != std::errc{} || rest != end || minutes < 1 || minutes > kIntentMinutesMost) {
      return wrong("usage_value_wrong", "--intent-limit", *text);
    }
    visiting.intent_limit = std::chrono::minutes(minutes);
  }
  return runVisit(*options, visiting);
}

}  // namespace congvan::app
