// SPDX-License-Identifier: Apache-2.0
#include "tests/support/shell.h"
#include "trust/formats/cades/read.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace congvan::cades {
namespace {

struct Row {
  std::string file;
  std::string expect;
  std::string content;
};

// Columns of gate.tsv: source, file, format, expect, authorities, detached, …
std::vector<Row> rows(const std::filesystem::path& ades) {
  std::ifstream table(ades / "gate.tsv");
  std::vector<Row> out;
  for (std::string line; std::getline(table, line);) {
    std::vector<std::string> cells;
    std::istringstream cut(line);
    for (std::string cell; std::getline(cut, cell, '\t');) cells.push_back(cell);
    if (cells.size() < 6 || cells[2] != "CAdES") continue;
    out.push_back({cells[1], cells[3], cells[5]});
  }
  return out;
}

Bytes fileBytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return toBytes(std::string(std::istreambuf_iterator<char>(file), {}));
}

Result<Message> readRow(const std::filesystem::path& ades, const Row& row) {
  if (row.content.empty()) return read(fileBytes(ades / row.file), {});
  const Bytes content = fileBytes(ades / row.content);
  return read(fileBytes(ades / row.file), [&](crypto::DigestAlgorithm algorithm) {
    return crypto::digest(algorithm, content);
  });
}

// Empty when digests and signature value are right and no rule of the format is broken.
std::string complaint(const evidence::Signature& signature) {
  const auto& signer = signature.signer;
  if (!signer.breaches.empty()) return signer.breaches.front();
  for (const auto& digest : signer.digests) {
    if (!digest.matches())
      return digest.what + (digest.computed.empty() ? " has no content" : " differs");
  }
  if (!signer.certificate) return "no certificate";
  if (!signer.algorithm) return "unknown algorithm " + signer.algorithm_name;
  const auto key = signer.certificate->publicKey();
  const auto check =
      signer.signed_bytes.empty()
          ? crypto::checkDigestSignature(key, *signer.algorithm, signer.signed_digest, signer.value)
          : crypto::checkSignature(key, *signer.algorithm, signer.signed_bytes, signer.value);
  return check == crypto::SignatureCheck::Good ? "" : "signature value does not verify";
}

std::string complaints(const Result<Message>& message) {
  if (!message) return message.error().reason;
  if (message->signatures.empty()) return "no signature";
  std::string found;
  for (const auto& signature : message->signatures) found += complaint(signature);
  for (const auto& signature : message->countersignatures) found += complaint(signature);
  return found;
}

TEST(CadesCorpora, ReadsWhatOthersSignedAsTheyJudgeIt) {
  const auto folder = test::corpora();
  if (folder.empty()) GTEST_SKIP() << "no corpora beside the checkout";
  const auto all = rows(folder / "ades");
  EXPECT_GE(all.size(), 40U);
  for (const Row& row : all) {
    const auto found = complaints(readRow(folder / "ades", row));
    EXPECT_EQ(found.empty(), row.expect == "INTEGRITY-OK") << row.file << ": " << found;
  }
}

TEST(CadesCorpora, SignatureTimestampsCoverTheirSignatures) {
  const auto folder = test::corpora();
  if (folder.empty()) GTEST_SKIP() << "no corpora beside the checkout";
  std::size_t seen = 0;
  for (const Row& row : rows(folder / "ades")) {
    const auto message = readRow(folder / "ades", row);
    ASSERT_TRUE(message) << row.file;
    for (const auto& signature : message->signatures) {
      for (const auto& stamp : signature.timestamps) {
        if (stamp.kind != evidence::TimestampKind::Signature) continue;
        ++seen;
        EXPECT_TRUE(stamp.imprint.matches()) << row.file << " " << stamp.id;
      }
    }
  }
  EXPECT_GE(seen, 20U);
}

TEST(CadesCorpora, ArchiveTimestampsCoverWhatStoodThere) {
  const auto folder = test::corpora();
  if (folder.empty()) GTEST_SKIP() << "no corpora beside the checkout";
  std::size_t computed = 0;
  for (const Row& row : rows(folder / "ades")) {
    const auto message = readRow(folder / "ades", row);
    ASSERT_TRUE(message) << row.file;
    bool index_broken = false;
    for (const auto& signature : message->signatures) {
      for (const auto& stamp : signature.timestamps) {
        if (stamp.kind != evidence::TimestampKind::Archive) continue;
        for (const auto& breach : stamp.signer.breaches)
          index_broken |= breach.starts_with("hash-index");
        if (stamp.imprint.computed.empty()) continue;
        ++computed;
        EXPECT_TRUE(stamp.imprint.matches()) << row.file << " " << stamp.id;
      }
    }
    if (row.file.find("ats-v3-wrong") != std::string::npos) {
      EXPECT_TRUE(index_broken) << row.file;
    }
  }
  EXPECT_GE(computed, 10U);
}

}  // namespace
}  // namespace congvan::cades
