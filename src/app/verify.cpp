// SPDX-License-Identifier: Apache-2.0
#include "trust/verify/verify.h"

#include "app/commands.h"
#include "app/files.h"
#include "app/options.h"
#include "base/encoding.h"
#include "trust/report/report.h"
#include "trust/validation/policy_file.h"
#include "trust/verify/material.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace congvan::app {
namespace {

using validation::Overall;

enum class Output { Text, Json, Page };

const std::vector<Option>& verifyOptions() {
  static const std::vector<Option> kOptions{
      {"content", "FILE", "nội dung của chữ ký rời / content of a detached signature (repeatable)"},
      {"trust", "PEM|DIR", "chứng thư tin cậy / trust anchors, a file or a folder (repeatable)"},
      {"extra",
       "FILE",
       "chứng thư, CRL, OCSP bổ sung / certificates, CRLs, OCSP answers (repeatable)"},
      {"at", "TIME", "thời điểm xét / time of judgement, RFC 3339 (now)"},
      {"policy", "FILE", "chính sách / policy in YAML"},
      {"revocation", "MODE", "require | try | off (require)"},
      {"checks", "WHICH", "full | integrity (full)"},
      {"format", "FORMAT", "text | json | page (text)"},
      {"online", "", "hỏi trạng thái qua mạng / fetch what is missing (not available yet)"},
      {"offline", "", "không dùng mạng / use no network (always so)"},
      {"help", "", "trợ giúp / this help"},
  };
  return kOptions;
}

struct Settings {
  Output output = Output::Text;
  verify::Request request;  // without the file
  std::vector<MappedFile> contents;
};

Error badValue(std::string_view option, std::string_view value) {
  return Error{Code::Malformed,
               "usage_value_wrong",
               {{"option", fmt::format("--{}", option)}, {"value", std::string(value)}}};
}

Result<Output> outputOf(const Options& options) {
  const auto text = options.valueOr("format", "text");
  if (text == "text") return Output::Text;
  if (text == "json") return Output::Json;
  if (text == "page") return Output::Page;
  if (text == "etsi-xml") return Error{Code::Unavailable, "etsi_xml_not_built"};
  return badValue("format", text);
}

Result<validation::Policy> policyOf(const Options& options) {
  validation::Policy policy;
  if (const auto path = options.value("policy")) {
    const auto text = readFile(*path, 1U << 16U);
    if (!text) return text.error();
    const auto parsed = validation::parsePolicy(asText(*text));
    if (!parsed) return parsed.error();
    policy = *parsed;
  }
  if (const auto text = options.value("revocation")) {
    const auto mode = validation::revocationByName(*text);
    if (!mode) return badValue("revocation", *text);
    policy.revocation = *mode;
  }
  if (const auto text = options.value("checks")) {
    const auto checks = validation::checksByName(*text);
    if (!checks) return badValue("checks", *text);
    policy.checks = *checks;
  }
  return policy;
}

/// A folder stands for the files in it, in name order; folders below it and hidden files are passed
/// over.
Result<std::vector<std::filesystem::path>> filesOf(const std::filesystem::path& path) {
  std::error_code failure;
  if (!std::filesystem::is_directory(path, failure)) return std::vector{path};
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(path, failure)) {
    const bool hidden = entry.path().filename().string().starts_with(".");
    if (entry.is_regular_file(failure) && !hidden) files.push_back(entry.path());
  }
  if (failure) return Error{Code::NotFound, "input_unreadable", {{"file", path.string()}}};
  std::ranges::sort(files);
  return files;
}

Error naming(Error error, const std::filesystem::path& path) {
  error.params.push_back({"file", path.string()});
  return error;
}

Result<> loadAnchors(const Options& options, validation::Material& material) {
  for (const auto& given : options.values("trust")) {
    const auto files = filesOf(given);
    if (!files) return files.error();
    for (const auto& path : *files) {
      const auto bytes = readFile(path);
      if (!bytes) return bytes.error();
      if (verify::isTrustList(*bytes)) {  // leaving an anchor out can only make verdicts stricter
        complain({Code::Unavailable, "trust_list_not_built", {{"file", path.string()}}});
        continue;
      }
      const auto certificates = verify::readCertificates(*bytes);
      if (!certificates) return naming(certificates.error(), path);
      material.anchors.insert(material.anchors.end(), certificates->begin(), certificates->end());
    }
  }
  return kDone;
}

Result<> loadExtra(const Options& options, validation::Material& material) {
  for (const auto& given : options.values("extra")) {
    const auto files = filesOf(given);
    if (!files) return files.error();
    for (const auto& path : *files) {
      const auto bytes = readFile(path);
      if (!bytes) return bytes.error();
      const auto added = verify::addMaterial(material, *bytes);
      if (!added) return naming(added.error(), path);
    }
  }
  return kDone;
}

Result<Instant> timeOf(const Options& options) {
  const auto text = options.value("at");
  if (!text) return SystemClock().now();
  const auto time = parseTime(*text);
  if (!time) return badValue("at", *text);
  return *time;
}

Result<Settings> settingsOf(const Options& options) {
  Settings settings;
  const auto output = outputOf(options);
  if (!output) return output.error();
  settings.output = *output;
  const auto policy = policyOf(options);
  if (!policy) return policy.error();
  settings.request.policy = *policy;
  const auto time = timeOf(options);
  if (!time) return time.error();
  settings.request.time = *time;
  const auto anchors = loadAnchors(options, settings.request.material);
  if (!anchors) return anchors.error();
  const auto extra = loadExtra(options, settings.request.material);
  if (!extra) return extra.error();
  for (const auto& path : options.values("content")) {
    auto content = MappedFile::open(path);
    if (!content) return content.error();
    settings.request.contents.push_back(content->bytes());
    settings.contents.push_back(std::move(*content));
  }
  return settings;
}

Exit exitOf(Overall overall) {
  switch (overall) {
    case Overall::TotalPassed:
      return Exit::Good;
    case Overall::TotalFailed:
      return Exit::Bad;
    case Overall::Indeterminate:
      return Exit::Undecided;
    case Overall::NoSignature:
      return Exit::NothingSigned;
    case Overall::Malformed:
      return Exit::MalformedInput;
  }
  return Exit::Internal;
}

/// Of several files the gravest answer counts. A forgery is graver than a file that was not judged,
/// and that is graver than any other verdict.
Exit graver(Exit left, Exit right) {
  constexpr std::array kByGravity{Exit::Bad,
                                  Exit::InputUnreadable,
                                  Exit::MalformedInput,
                                  Exit::Undecided,
                                  Exit::NothingSigned,
                                  Exit::Good};
  const auto rank = [&](Exit exit) { return std::ranges::find(kByGravity, exit); };
  return rank(left) <= rank(right) ? left : right;
}

void print(Output output, const verify::Outcome& outcome, const std::string& path) {
  const report::Subject subject{path, toHex(outcome.sha256)};
  std::string text;
  switch (output) {
    case Output::Json:
      text = report::toJsonLine(outcome.verdict, subject);
      break;
    case Output::Text:
      text = report::toText(outcome.verdict, subject);
      break;
    case Output::Page:
      text = report::toPage(outcome.verdict, subject);
      break;
  }
  std::fwrite(text.data(), 1, text.size(), stdout);
}

Exit verifyOne(const std::string& path, Settings& settings) {
  const auto file = MappedFile::open(path);
  if (!file) return complain(file.error(), Exit::InputUnreadable);
  settings.request.file = file->bytes();
  const auto outcome = verify::verify(settings.request);
  print(settings.output, outcome, path);
  return exitOf(outcome.verdict.overall);
}

void printVerifyHelp() {
  fmt::print(
      "Usage: congvan verify FILE... [OPTIONS]\n\n{}\n"
      "0 tốt / good, 1 xấu / bad, 2 chưa đủ căn cứ / undecided, 3 không có chữ ký / nothing "
      "signed,\n"
      "65 hỏng / malformed, 66 không đọc được / unreadable\n"
      "nhiều tệp: mã nặng nhất / of several files the gravest: 1 > 66 > 65 > 2 > 3 > 0\n",
      helpText(verifyOptions()));
}

/// A wrong option is told apart from a file of trust material or policy that is no good.
Exit refuse(const Error& error) {
  const bool usage = error.reason.starts_with("usage_") || error.reason == "etsi_xml_not_built";
  return usage ? complain(error, Exit::Usage) : complain(error);
}

}  // namespace

Exit runVerify(const Arguments& arguments) {
  const auto options = Options::parseWithWords(arguments, verifyOptions());
  if (!options) return complain(options.error(), Exit::Usage);
  if (options->has("help")) {
    printVerifyHelp();
    return Exit::Good;
  }
  if (options->has("online")) {
    return complain({Code::Unavailable, "online_not_built"}, Exit::ServiceUnavailable);
  }
  if (options->positionals().empty()) {
    return complain({Code::Malformed, "usage_file_missing"}, Exit::Usage);
  }
  auto settings = settingsOf(*options);
  if (!settings) return refuse(settings.error());

  auto exit = Exit::Good;
  for (const auto& path : options->positionals()) exit = graver(exit, verifyOne(path, *settings));
  if (std::fflush(stdout) != 0) return Exit::OutputUnwritable;
  return exit;
}

}  // namespace congvan::app
