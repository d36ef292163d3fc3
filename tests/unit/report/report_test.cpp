// SPDX-License-Identifier: Apache-2.0
#include "trust/report/report.h"

#include "trust/report/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace congvan::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using validation::CheckResult;
using validation::DocumentState;
using validation::Indication;
using validation::Overall;
using validation::SubIndication;

validation::FileVerdict modifiedPdf() {
  validation::SignatureVerdict signature;
  signature.id = "signature-1";
  signature.field = "Ký <script>alert(1)</script>";
  signature.indication = Indication::TotalFailed;
  signature.sub_indication = SubIndication::FormatFailure;
  signature.level = "B-T";
  signature.intact = true;
  signature.document = DocumentState::Modified;
  signature.covers = "revision 1 of 2";
  signature.changes_after = {{evidence::ChangeKind::PageChanged, "page 1: content", 2, false}};
  signature.signer_subject = "CN=Nguyễn Văn A,C=VN";
  signature.signer_serial = "0a1b";
  signature.claimed_time = *parseTime("2026-11-22T02:00:00Z");
  signature.best_signature_time = *parseTime("2026-11-22T02:00:05Z");
  signature.checks = {{"document", CheckResult::Fail, "page 1\x1b[2J"},
                      {"digest", CheckResult::Pass, "ok"}};
  validation::TimestampVerdict timestamp;
  timestamp.id = "timestamp-1";
  timestamp.time = *parseTime("2026-11-23T02:00:00Z");
  timestamp.indication = Indication::TotalPassed;
  timestamp.covers = "whole-file";
  validation::FileVerdict verdict;
  verdict.format = evidence::Format::Pades;
  verdict.overall = Overall::TotalFailed;
  verdict.signatures = {signature};
  verdict.timestamps = {timestamp};
  verdict.problems = {"odd: something"};
  return verdict;
}

const Subject kSubject{"chỉ thị.pdf", std::string(64, 'a')};

TEST(Report, JsonHasTheAgreedMembers) {
  const auto json = toJson(modifiedPdf(), kSubject);
  EXPECT_EQ(json.at("file"), "chỉ thị.pdf");
  EXPECT_EQ(json.at("format"), "pades");
  EXPECT_EQ(json.at("overall"), "TOTAL-FAILED");
  const auto& signature = json.at("signatures").at(0);
  EXPECT_EQ(signature.at("indication"), "TOTAL-FAILED");
  EXPECT_EQ(signature.at("sub_indication"), "FORMAT_FAILURE");
  EXPECT_EQ(signature.at("intact"), true);
  EXPECT_EQ(signature.at("document"), "modified");
  EXPECT_EQ(signature.at("signer").at("serial"), "0a1b");
  EXPECT_EQ(signature.at("best_signature_time"), "2026-11-22T02:00:05Z");
  EXPECT_EQ(signature.at("checks").at(0).at("result"), "fail");
  EXPECT_EQ(signature.at("changes_after"), Json::array({"revision 2: page 1: content"}));
  EXPECT_EQ(signature.at("changes"),
            Json::array({{{"kind", "page-changed"},
                          {"what", "page 1: content"},
                          {"revision", 2},
                          {"lawful", false}}}));
  EXPECT_EQ(json.at("timestamps").at(0).at("covers"), "whole-file");
}

TEST(Report, EveryKindOfChangeHasItsWords) {
  for (int kind = 0; kind <= static_cast<int>(evidence::ChangeKind::Unexplained); ++kind) {
    const auto key =
        "change." + std::string(validation::name(static_cast<evidence::ChangeKind>(kind)));
    EXPECT_NE(say(Language::Vietnamese, key), key);
    EXPECT_NE(say(Language::English, key), key);
  }
}

validation::FileVerdict unread(const std::string& problem) {
  validation::FileVerdict verdict;
  verdict.overall = Overall::Malformed;
  verdict.problems = {problem};
  return verdict;
}

TEST(Report, ProblemsOfAFileAreSaidInWordsWithTheirCode) {
  for (const auto* code : {"empty",
                           "format-not-supported",
                           "pdf_encrypted",
                           "pdf_malformed",
                           "pdf_too_complex",
                           "pdf-damaged",
                           "revisions-unclear",
                           "validation-data-too-large",
                           "validation-data-unreadable",
                           "cms_malformed",
                           "cms_too_large"}) {
    const auto key = std::string("problem.") + code;
    EXPECT_NE(say(Language::Vietnamese, key), key);
    EXPECT_NE(say(Language::English, key), key);
    const auto problem = std::string(code) + ": at byte 7";
    const auto said = sayBoth(key) + " [" + problem + "]";
    EXPECT_THAT(toText(unread(problem), kSubject), HasSubstr("  ! " + said + "\n"));
    EXPECT_THAT(toPage(unread(problem), kSubject), HasSubstr("[" + problem + "]"));
    EXPECT_EQ(toJson(unread(problem), kSubject).at("problems"), Json::array({problem}));
  }
  EXPECT_THAT(toText(unread("new: thing"), kSubject), HasSubstr("  ! new: thing\n"));
}

TEST(Report, AnEncryptedFileIsNotCalledBroken) {
  const auto encrypted = unread("pdf_encrypted: has /Encrypt");
  for (const auto& report : {toText(encrypted, kSubject), toPage(encrypted, kSubject)}) {
    EXPECT_THAT(report, HasSubstr("Tệp bị mã hóa"));
    EXPECT_THAT(report, Not(HasSubstr(say(Language::Vietnamese, "overall.MALFORMED"))));
    EXPECT_THAT(report, Not(HasSubstr(say(Language::English, "overall.MALFORMED"))));
  }
  EXPECT_THAT(toText(unread("pdf_malformed"), kSubject),
              HasSubstr(say(Language::English, "overall.MALFORMED")));
}

TEST(Report, JsonSaysNullWhereNothingIsKnown) {
  validation::FileVerdict verdict;
  verdict.signatures.emplace_back();
  const auto json = toJson(verdict, kSubject).at("signatures").at(0);
  for (const auto* const member :
       {"field", "sub_indication", "intact", "document", "claimed_time", "best_signature_time"}) {
    EXPECT_TRUE(json.at(member).is_null()) << member;
  }
}

TEST(Report, JsonIsOneLineEvenForOddNames) {
  const auto line = toJsonLine(modifiedPdf(), {"a\nb\xFF.pdf", std::string(64, 'a')});
  EXPECT_EQ(line.find('\n'), line.size() - 1);
}

TEST(Report, TextAnswersTheThreeQuestionsApartInVietnameseFirst) {
  const auto text = toText(modifiedPdf(), kSubject);
  const auto intact = text.find(say(Language::Vietnamese, "intact.true"));
  const auto document = text.find(say(Language::Vietnamese, "document.modified"));
  const auto trusted = text.find(say(Language::Vietnamese, "sub.FORMAT_FAILURE"));
  ASSERT_NE(intact, std::string::npos);
  EXPECT_LT(intact, document);
  EXPECT_LT(document, trusted);
  EXPECT_THAT(text, HasSubstr("Sửa trang / Page changed: revision 2: page 1: content"));
  EXPECT_THAT(text, HasSubstr("2026-11-22T09:00:05+07:00"));
}

TEST(Report, TextCannotSteerATerminal) {
  EXPECT_THAT(toText(modifiedPdf(), kSubject), Not(HasSubstr("\x1b")));
}

TEST(Report, PageEscapesWhatComesFromTheFile) {
  const auto page = toPage(modifiedPdf(), {"<img src=x>.pdf", std::string(64, 'a')});
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;"));
}

TEST(Report, PageStandsAlone) {
  const auto page = toPage(modifiedPdf(), kSubject);
  EXPECT_THAT(page, Not(HasSubstr("http://")));
  EXPECT_THAT(page, Not(HasSubstr("https://")));
  EXPECT_THAT(page, HasSubstr("<svg"));
  EXPECT_THAT(page, Not(HasSubstr("{{")));
}

constexpr int kSubIndications = static_cast<int>(SubIndication::SignedDataNotFound) + 1;

TEST(Report, HasASentenceForEverySubIndicationInBothLanguages) {
  for (int i = 0; i < kSubIndications; ++i) {
    const auto key = "sub." + std::string(validation::name(static_cast<SubIndication>(i)));
    EXPECT_NE(say(Language::Vietnamese, key), key);
    EXPECT_NE(say(Language::English, key), key);
  }
}

TEST(Report, HasASentenceForEveryOverall) {
  for (const auto overall : {Overall::TotalPassed,
                             Overall::TotalFailed,
                             Overall::Indeterminate,
                             Overall::NoSignature,
                             Overall::Malformed}) {
    const auto key = "overall." + std::string(validation::name(overall));
    EXPECT_NE(say(Language::Vietnamese, key), key);
    EXPECT_NE(say(Language::English, key), key);
  }
}

}  // namespace
}  // namespace congvan::report
