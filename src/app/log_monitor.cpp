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
#include <cstdio>
#include <thread>

namespace congvan::app {
namespace {

/// A checkpoint that was made this moment gets its cosignatures within seconds.
constexpr std::chrono::seconds kCosignaturesWait{10};
constexpr std::chrono::milliseconds kCosignaturesPoll{500};

const std::vector<Option> kMonitorOptions = {
    {"key",
     "VKEY",
     "khóa công khai của nhật ký, hoặc tệp chứa nó / the log's public key, or a file with it"},
    {"state", "DIR", "nơi giữ bản sao giữa các lần xem / what is kept between visits"},
    {"witness", "VKEY", "bên chứng kiến phải đã ký / a witness that must have cosigned"},
    {"register", "CSV", "sổ đăng ký chứng thư đã xuất / an exported register of certificates"},
    {"rules", "none|records|issuance", "loại nhật ký (issuance) / what the entries must be"},
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

Result<std::string> readCheckpoint(const fetch::RemoteLog& log,
                                   const std::vector<tlog::NoteVerifier>& witnesses) {
  const auto deadline = std::chrono::steady_clock::now() + kCosignaturesWait;
  for (;;) {
    auto note = log.checkpoint();
    const bool last = std::chrono::steady_clock::now() >= deadline;
    if (!note || last || bearsAll(*note, witnesses)) return note;
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
  // An intent without its certificate is a matter of moments.
  const bool open = has([](const auto& one) { return one.reason != "intent_open"; });
  return open ? Exit::Undecided : Exit::Good;
}

void printVisit(const Monitor::Report& report, const std::string& state, bool json) {
  const bool broken = exitOf(report) == Exit::Bad || exitOf(report) == Exit::MalformedInput;
  if (json) {
    Json findings = Json::array();
    for (const auto& finding : report.findings) findings.push_back(findingJson(finding));
    Json object{{"sound", !broken},
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
             broken ? "KHÔNG TOÀN VẸN / NOT SOUND" : "TOÀN VẸN / SOUND",
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

Exit runVisit(const Options& options, const std::string& url, tlog::LogRules rules) {
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
  const fetch::RemoteLog log(url);
  auto checkpoint = readCheckpoint(log, *witnesses);
  if (!checkpoint) return complain(checkpoint.error());
  const auto report = (*monitor)->visit({log, log, std::move(*checkpoint)},
                                        {*key, *witnesses, rules, std::move(rows)});
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
  return runVisit(*options, options->positionals().front(), *rules);
}

}  // namespace congvan::app
