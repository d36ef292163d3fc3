// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include "trust/report/catalogue.h"
#include "trust/report/report.h"
#include "trust/report/words.h"

#include <fmt/format.h>

namespace congvan::report {
namespace {

using validation::CheckLine;
using validation::SignatureVerdict;
using validation::TimestampVerdict;

/// Names in certificates and files come from outside: nothing of theirs may steer a terminal.
std::string harmless(std::string_view text) {
  std::string clean;
  for (const char character : text) {
    const auto code = static_cast<unsigned char>(character);
    clean += code < 0x20 || code == 0x7F ? '?' : character;
  }
  return hasControlCharacters(clean) ? "?" : clean;
}

void line(std::string& text, std::string_view key, std::string_view value) {
  text += fmt::format("  {}: {}\n", sayBoth(key), harmless(value));
}

void question(std::string& text, std::string_view asked, std::string_view answer) {
  text += fmt::format("  {}\n    {}\n    {}\n",
                      sayBoth(asked),
                      say(Language::Vietnamese, answer),
                      say(Language::English, answer));
}

std::string shown(const std::optional<Instant>& time) {
  return time ? formatVietnam(*time) : sayBoth("none");
}

/// Only what went wrong or needs a look; the JSON has every line.
void remarks(std::string& text, const std::vector<CheckLine>& checks) {
  for (const auto& check : checks) {
    const bool worth = check.result == validation::CheckResult::Fail ||
                       check.result == validation::CheckResult::Warn;
    if (!worth) continue;
    text += fmt::format("    [{}] {}: {}\n",
                        validation::name(check.result),
                        sayBoth("check." + check.name),
                        harmless(check.detail));
  }
}

void signatureText(std::string& text, const SignatureVerdict& signature) {
  text += fmt::format("\n{} {}: {}\n",
                      sayBoth("signature"),
                      harmless(signature.field.value_or(signature.id)),
                      indicationText(signature));
  line(text, "signer", signature.signer_subject);
  line(text, "serial", signature.signer_serial);
  line(text, "level", signature.level);
  line(text, "covers", signature.covers);
  line(text, "claimed_time", shown(signature.claimed_time));
  line(text, "best_signature_time", shown(signature.best_signature_time));
  question(text, "question.intact", intactKey(signature));
  question(text, "question.document", documentKey(signature));
  for (const auto& change : signature.changes_after)
    text += "      - " + harmless(changeText(change)) + "\n";
  question(text, "question.trusted", sentenceKey(signature));
  remarks(text, signature.checks);
}

void timestampText(std::string& text, const TimestampVerdict& timestamp) {
  text += fmt::format("\n{} {}: {}\n  {}\n",
                      sayBoth("timestamp"),
                      harmless(timestamp.id),
                      indicationText(timestamp),
                      formatVietnam(timestamp.time));
  line(text, "covers", timestamp.covers);
  remarks(text, timestamp.checks);
}

}  // namespace

std::string toText(const validation::FileVerdict& verdict, const Subject& subject) {
  const std::string overall(validation::name(verdict.overall));
  auto text = fmt::format("{}: {}\nSHA-256: {}\n{}: {}\n  {}\n  {}\n",
                          sayBoth("file"),
                          harmless(subject.file),
                          subject.sha256,
                          sayBoth("judged"),
                          overall,
                          say(Language::Vietnamese, overallKey(verdict)),
                          say(Language::English, overallKey(verdict)));
  for (const auto& problem : verdict.problems) {
    text += "  ! " + harmless(problemText(problem)) + "\n";
  }
  for (const auto& signature : verdict.signatures) signatureText(text, signature);
  for (const auto& timestamp : verdict.timestamps) timestampText(text, timestamp);
  return text;
}

}  // namespace congvan::report
