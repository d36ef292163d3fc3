// SPDX-License-Identifier: Apache-2.0
#include "tests/support/pdf_updates.h"
#include "trust/formats/pades/read.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace congvan::pades {
namespace {

namespace fs = std::filesystem;

fs::path corpora() {
  const char* named = std::getenv("CONGVAN_CORPORA");
  return fs::path(named != nullptr ? named : CONGVAN_SOURCE_DIR "/../shared/corpora") / "ades";
}

Bytes contentsOf(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool painted(const evidence::PdfFacts& facts) {
  if (!facts.later_changes) return false;  // not known, and a breach says so
  return std::any_of(
      facts.later_changes->begin(), facts.later_changes->end(), [&](const auto& change) {
        using Kind = evidence::ChangeKind;
        switch (change.kind) {
          case Kind::SignatureAdded:
          case Kind::SignatureDrawn:
          case Kind::FieldFilled:
          case Kind::EmptyFieldAdded:
            return facts.changes_allowed == 1;
          case Kind::DocumentTimestampAdded:
          case Kind::ValidationDataAdded:
          case Kind::MetadataChanged:
            return false;
          case Kind::AnnotationAdded:
          case Kind::AnnotationChanged:
          case Kind::AnnotationRemoved:
            return facts.changes_allowed != 3;
          default:
            return true;
        }
      });
}

bool intact(const evidence::SignerBlock& signer) {
  return std::all_of(
      signer.digests.begin(), signer.digests.end(), [](const auto& one) { return one.matches(); });
}

bool suspicious(const Result<evidence::SignedFile>& file) {
  if (!file || file->signatures.empty()) return true;
  return std::any_of(file->signatures.begin(), file->signatures.end(), [](const auto& one) {
    return painted(*one.pdf) || !intact(one.signer) || !one.signer.breaches.empty();
  });
}

bool clean(const Result<evidence::SignedFile>& file) {
  if (!file || file->signatures.empty()) return false;
  return std::none_of(file->signatures.begin(), file->signatures.end(), [](const auto& one) {
    return painted(*one.pdf) || !intact(one.signer);
  });
}

/// Locked fields are filled in it: its makers only warn of that.
constexpr const char* kLeftToPolicy = "dss/pades/test-with-vri.pdf";

TEST(PadesCorpora, AgreeAboutIntegrityAndLaterChanges) {
  std::ifstream gate(corpora() / "gate.tsv");
  if (!gate) GTEST_SKIP() << "no corpora at " << corpora();
  std::size_t judged = 0;
  for (std::string line; std::getline(gate, line);) {
    std::istringstream columns(line);
    std::string source, path, format, expect;
    std::getline(columns, source, '\t');
    std::getline(columns, path, '\t');
    std::getline(columns, format, '\t');
    std::getline(columns, expect, '\t');
    const bool pdf =
        format.find("PAdES") != std::string::npos || format.find("PDF") != std::string::npos;
    const bool changed = expect.starts_with("MUST-REPORT-MODIFIED");
    const bool good = expect.starts_with("INTEGRITY-OK");
    if (!pdf || !(changed || good) || path == kLeftToPolicy) continue;
    const auto file = contentsOf(corpora() / path);
    const auto found = read(file);
    ++judged;
    EXPECT_TRUE(changed ? suspicious(found) : clean(found)) << path << " " << expect;
  }
  EXPECT_GT(judged, 100U);
}

TEST(PadesCorpora, DamagedFilesAreReadOrRefusedAndNothingElse) {
  const auto folder = corpora() / "pdf-torture";
  if (!fs::exists(folder)) GTEST_SKIP() << "no corpora at " << folder;
  std::size_t refused = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".pdf") continue;
    const auto file = contentsOf(entry.path());
    const auto found = read(file);
    if (!found) {
      ++refused;
      EXPECT_TRUE(found.error().reason.starts_with("pdf_")) << entry.path();
    }
  }
  EXPECT_GT(refused, 0U);
}

}  // namespace
}  // namespace congvan::pades
