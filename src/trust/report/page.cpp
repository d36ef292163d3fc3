// SPDX-License-Identifier: Apache-2.0
#include "trust/report/catalogue.h"
#include "trust/report/embedded.h"
#include "trust/report/report.h"
#include "trust/report/template.h"
#include "trust/report/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace congvan::report {
namespace {

using validation::CheckLine;
using validation::DocumentState;
using validation::Indication;
using validation::SignatureVerdict;
using validation::TimestampVerdict;

constexpr auto kVi = Language::Vietnamese;
constexpr auto kEn = Language::English;
constexpr std::size_t kEventsDrawn =
    24;  // more would only be a black bar; the list under it has them all

const Template& pageTemplate() {
  static const Template kParts(embeddedText(embeddedFiles(), "page").value());
  return kParts;
}

std::string items(const std::vector<std::string>& texts) {
  std::string filled;
  for (const auto& text : texts) filled += pageTemplate().fill("item", {{"text", text}});
  return filled;
}

std::string row(std::string_view key, const std::string& value) {
  return pageTemplate().fill("row", {{"label", sayBoth(key)}, {"value", value}});
}

std::string timeText(const std::optional<Instant>& time) {
  return time ? formatVietnam(*time) : sayBoth("none");
}

std::string coversText(const std::string& covers) {
  return covers.starts_with("revision") ? covers : sayBoth("covers." + covers);
}

std::string checkRows(const std::vector<CheckLine>& checks) {
  std::string rows;
  for (const auto& check : checks) {
    const std::string result(validation::name(check.result));
    rows += pageTemplate().fill("check",
                                {{"name", sayBoth("check." + check.name)},
                                 {"result", result},
                                 {"result_vi", say(kVi, "result." + result)},
                                 {"detail", check.detail}});
  }
  return rows;
}

struct Question {
  std::string_view asked;
  std::string answer;
  std::string_view tone;  ///< good, bad, open
  std::string more = {};  ///< a filled part
};

std::string questionPart(const Question& question) {
  return pageTemplate().fill("question",
                             {{"tone", std::string(question.tone)},
                              {"asked_vi", say(kVi, question.asked)},
                              {"asked_en", say(kEn, question.asked)},
                              {"answer_vi", say(kVi, question.answer)},
                              {"answer_en", say(kEn, question.answer)},
                              {"more", question.more}});
}

std::string_view toneOf(Indication indication) {
  switch (indication) {
    case Indication::TotalPassed:
      return "good";
    case Indication::TotalFailed:
      return "bad";
    case Indication::Indeterminate:
      break;
  }
  return "open";
}

/// The three questions, apart, in the order in which an official asks them.
std::string questions(const SignatureVerdict& signature) {
  const auto intact_tone = !signature.intact ? "open" : *signature.intact ? "good" : "bad";
  const auto document_tone = !signature.document                              ? "open"
                             : *signature.document == DocumentState::Modified ? "bad"
                                                                              : "good";
  std::string changes;
  if (!signature.changes_after.empty()) {
    std::vector<std::string> lines;
    for (const auto& change : signature.changes_after) lines.push_back(changeText(change));
    changes = pageTemplate().fill("list", {{"items", items(lines)}});
  }
  return questionPart({"question.intact", intactKey(signature), intact_tone}) +
         questionPart({"question.document", documentKey(signature), document_tone, changes}) +
         questionPart({"question.trusted", sentenceKey(signature), toneOf(signature.indication)});
}

template <typename Verdict>
Template::Values commonValues(const Verdict& verdict, std::string heading) {
  const std::string indication(validation::name(verdict.indication));
  return {{"heading", std::move(heading)},
          {"indication", indication},
          {"indication_vi", say(kVi, "indication." + indication)},
          {"verdict", indicationText(verdict)},
          {"checks_label", sayBoth("checks")},
          {"checks", checkRows(verdict.checks)}};
}

std::string signatureSection(const SignatureVerdict& signature) {
  auto values = commonValues(
      signature,
      fmt::format("{} {}", say(kVi, "signature"), signature.field.value_or(signature.id)));
  values["rows"] = row("signer", signature.signer_subject) +
                   row("serial", signature.signer_serial) + row("level", signature.level) +
                   row("covers", coversText(signature.covers)) +
                   row("claimed_time", timeText(signature.claimed_time)) +
                   row("best_signature_time", timeText(signature.best_signature_time));
  values["questions"] = questions(signature);
  return pageTemplate().fill("signature", values);
}

std::string timestampSection(const TimestampVerdict& timestamp) {
  auto values = commonValues(timestamp, fmt::format("{} {}", say(kVi, "timestamp"), timestamp.id));
  values["rows"] = row("check.time", formatVietnam(timestamp.time)) +
                   row("covers", coversText(timestamp.covers));
  values["questions"] =
      questionPart({"question.trusted", sentenceKey(timestamp), toneOf(timestamp.indication)});
  return pageTemplate().fill("signature", values);
}

struct Event {
  Instant time;
  std::string text;
  std::string_view colour;
};

std::vector<Event> eventsOf(const validation::FileVerdict& verdict) {
  std::vector<Event> events;
  for (const auto& signature : verdict.signatures) {
    const auto who = signature.field.value_or(signature.id);
    if (signature.claimed_time) {
      events.push_back({*signature.claimed_time, who + ": " + say(kVi, "claimed_time"), "#54585f"});
    }
    if (signature.best_signature_time) {
      events.push_back({*signature.best_signature_time,
                        who + ": " + say(kVi, "best_signature_time"),
                        "#14663a"});
    }
  }
  for (const auto& timestamp : verdict.timestamps) {
    events.push_back({timestamp.time, say(kVi, "timestamp") + " " + timestamp.id, "#1f4e8c"});
  }
  std::ranges::stable_sort(events, {}, &Event::time);
  return events;
}

/// Where an event stands between the first and the last, in the drawing's units.
int placeOf(const Event& event, const std::vector<Event>& events) {
  constexpr double kLeft = 30;
  constexpr double kWidth = 700;
  const auto span = toMicros(events.back().time) - toMicros(events.front().time);
  if (span == 0) return static_cast<int>(kLeft + kWidth / 2);
  const auto past = toMicros(event.time) - toMicros(events.front().time);
  return static_cast<int>(kLeft + kWidth * static_cast<double>(past) / static_cast<double>(span));
}

std::string timeline(const validation::FileVerdict& verdict) {
  const auto events = eventsOf(verdict);
  if (events.empty()) return {};
  constexpr int kRowHeight = 18;
  const auto drawn = std::min(events.size(), kEventsDrawn);
  const auto axis = std::to_string(20 + kRowHeight * static_cast<int>(drawn));
  std::string drawing;
  std::vector<std::string> list;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto& event = events[i];
    list.push_back(formatVietnam(event.time) + ": " + event.text);
    if (i >= drawn) continue;
    const auto x = placeOf(event, events);
    drawing += pageTemplate().fill("event",
                                   {{"x", std::to_string(x)},
                                    {"y", std::to_string(14 + kRowHeight * static_cast<int>(i))},
                                    {"axis", axis},
                                    {"anchor", x < 380 ? "start" : "end"},
                                    {"colour", std::string(event.colour)},
                                    {"text", formatVietnam(event.time) + " " + event.text}});
  }
  return pageTemplate().fill("timeline",
                             {{"label", sayBoth("timeline")},
                              {"axis", axis},
                              {"height", std::to_string(34 + kRowHeight * static_cast<int>(drawn))},
                              {"events", drawing},
                              {"items", items(list)}});
}

}  // namespace

std::string toPage(const validation::FileVerdict& verdict, const Subject& subject) {
  const std::string overall(validation::name(verdict.overall));
  std::string problems;
  if (!verdict.problems.empty()) {
    std::vector<std::string> told;
    for (const auto& problem : verdict.problems) told.push_back(problemText(problem));
    problems =
        pageTemplate().fill("problems", {{"label", sayBoth("problems")}, {"items", items(told)}});
  }
  std::string signatures;
  for (const auto& signature : verdict.signatures) signatures += signatureSection(signature);
  std::string timestamps;
  for (const auto& timestamp : verdict.timestamps) timestamps += timestampSection(timestamp);
  return pageTemplate().fill("page",
                             {{"title_vi", say(kVi, "title")},
                              {"title_en", say(kEn, "title")},
                              {"file_label", sayBoth("file")},
                              {"file", subject.file},
                              {"sha256_label", sayBoth("sha256")},
                              {"sha256", subject.sha256},
                              {"format_label", sayBoth("format")},
                              {"format", std::string(validation::name(verdict.format))},
                              {"overall", overall},
                              {"overall_vi", say(kVi, overallKey(verdict))},
                              {"overall_en", say(kEn, overallKey(verdict))},
                              {"problems", problems},
                              {"signatures", signatures},
                              {"timestamps", timestamps},
                              {"timeline", timeline(verdict)}});
}

}  // namespace congvan::report
