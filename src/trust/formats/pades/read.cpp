// SPDX-License-Identifier: Apache-2.0
#include "trust/formats/pades/read.h"

#include "trust/formats/cades/read.h"
#include "trust/formats/pades/byte_ranges.h"
#include "trust/formats/pades/later_changes.h"
#include "trust/formats/pades/padding.h"
#include "trust/formats/pades/pdf_date.h"
#include "trust/formats/timestamp/token.h"
#include "trust/pdf/revisions.h"
#include "trust/pdf/signatures.h"

#include <algorithm>
#include <array>

namespace congvan::pades {
namespace {

constexpr std::string_view kCades = "ETSI.CAdES.detached";
constexpr std::string_view kTimestamp = "ETSI.RFC3161";
constexpr std::string_view kDetached = "adbe.pkcs7.detached";
constexpr std::string_view kSha1 = "adbe.pkcs7.sha1";

/// One signature dictionary with everything that was worked out about its bytes.
struct Piece {
  pdf::SignatureDictionary dictionary;
  Coverage coverage;
  evidence::PdfFacts facts;
};

evidence::Change unexplained(std::string what, std::size_t revision) {
  return {evidence::ChangeKind::Unexplained, std::move(what), revision};
}

class Reader {
 public:
  Reader(BytesView file, pdf::FoundSignatures found, pdf::RevisionList revisions)
      : file_(file),
        found_(std::move(found)),
        revisions_(std::move(revisions.revisions)),
        digests_(file),
        later_(file, revisions_) {
    result_.format = evidence::Format::Pades;
    result_.damaged = found_.damaged;
    result_.problems = std::move(found_.problems);
    if (!revisions.problem.empty()) {
      result_.damaged = true;
      result_.problems.push_back(std::move(revisions.problem));
    }
  }

  Reading read() {
    gather();
    takeValidationData();
    std::vector<LaterChanges::Locking> locking;
    for (const auto& piece : pieces_) {
      locking.push_back({piece.dictionary.field, piece.dictionary.locks});
    }
    later_.lockedBy(std::move(locking));
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      judgeHole(i);
      describe(i);
      if (pieces_[i].dictionary.is_timestamp) {
        readTimestamp(pieces_[i]);
      } else {
        readSignature(pieces_[i]);
      }
    }
    return {std::move(result_), digests_.wholeFile()};
  }

 private:
  void gather() {
    for (auto& dictionary : found_.signatures) {
      auto coverage = coverageOf(file_, dictionary);
      pieces_.push_back({std::move(dictionary), std::move(coverage), {}});
    }
    // The order of signing: each covers those before it. It is also the order that hashes in one
    // pass.
    std::stable_sort(pieces_.begin(), pieces_.end(), [](const Piece& one, const Piece& other) {
      return one.coverage.end < other.coverage.end;
    });
  }

  /// Two dictionaries that claim the same hole: one of them does not sign what it seems to.
  void judgeHole(std::size_t index) {
    auto& mine = pieces_[index];
    for (const auto& other : pieces_) {
      const bool same = &other != &mine && mine.dictionary.contents_end != 0 &&
                        other.dictionary.contents_at == mine.dictionary.contents_at;
      if (!same) continue;
      mine.coverage.exact = false;
      mine.coverage.breaches.push_back("byte-range-shared: the same /Contents as field " +
                                       other.dictionary.field);
      return;
    }
  }

  /// 1-based; 0: the end is at no revision's end.
  std::size_t revisionEndingAt(std::size_t end) const {
    for (std::size_t i = 0; i < revisions_.size(); ++i) {
      if (end >= revisions_[i].end && end <= revisions_[i].blank_end) return i + 1;
    }
    return 0;
  }

  void describe(std::size_t index) {
    auto& piece = pieces_[index];
    const auto& dictionary = piece.dictionary;
    auto& facts = piece.facts;
    facts.field = dictionary.field;
    facts.subfilter = dictionary.subfilter;
    facts.is_timestamp = dictionary.is_timestamp;
    facts.byte_range = dictionary.byte_range;
    facts.revisions = revisions_.size();
    facts.revision = piece.coverage.exact ? revisionEndingAt(piece.coverage.end) : 0;
    facts.covers_whole_file = piece.coverage.exact && piece.coverage.end == file_.size();
    facts.doc_mdp = dictionary.doc_mdp;
    for (std::size_t i = 0; i <= index; ++i) {
      takeStrictest(pieces_[i].dictionary.doc_mdp, facts.changes_allowed);
      takeStrictest(pieces_[i].dictionary.lock_level, facts.changes_allowed);
    }
    facts.later_changes = changesAfter(index);
  }

  static void takeStrictest(const std::optional<int>& level, std::optional<int>& into) {
    if (level && (!into || *level < *into)) into = level;
  }

  std::optional<std::vector<evidence::Change>> changesAfter(std::size_t index) {
    auto& piece = pieces_[index];
    std::vector<evidence::Change> changes;
    if (piece.coverage.spans.empty()) return std::nullopt;
    if (!piece.coverage.exact) {
      changes.push_back(
          unexplained("bytes inside the signed part that the signature leaves out", 0));
      return changes;
    }
    if (piece.facts.covers_whole_file) return changes;
    if (piece.facts.revision == 0) {
      changes.push_back(unexplained("the signature ends in the middle of a revision, at byte " +
                                        std::to_string(piece.coverage.end),
                                    0));
      return changes;
    }
    auto made = later_.after(piece.facts.revision, index);
    if (!made) {
      piece.coverage.breaches.push_back("revision-unreadable: " + made.error().detail);
      return std::nullopt;
    }
    changes = std::move(*made);
    if (revisions_.back().blank_end < file_.size()) {
      changes.push_back(unexplained(std::to_string(file_.size() - revisions_.back().blank_end) +
                                        " bytes after the end of the last revision",
                                    0));
    }
    return changes;
  }

  cades::ContentDigest digestOf(const Piece& piece) {
    return [this, &piece](crypto::DigestAlgorithm algorithm) {
      return digests_.digest(algorithm, piece.coverage);
    };
  }

  /// Whatever is wrong with the dictionary and its bytes, for the signer's block.
  static std::vector<std::string> breachesOf(const Piece& piece) {
    auto all = piece.dictionary.breaches;
    all.insert(all.end(), piece.coverage.breaches.begin(), piece.coverage.breaches.end());
    return all;
  }

  static void addBreaches(const Piece& piece, evidence::SignerBlock& signer) {
    const auto more = breachesOf(piece);
    signer.breaches.insert(signer.breaches.end(), more.begin(), more.end());
    if (!signer.claimed_time) signer.claimed_time = parsePdfDate(piece.dictionary.time);
  }

  /// A signature that could not be read: nothing matches, and the breach says why.
  static evidence::SignerBlock unreadable(std::string breach) {
    evidence::SignerBlock signer;
    signer.digests.push_back({"message-digest", std::nullopt, {}, {}});
    signer.breaches.push_back(std::move(breach));
    return signer;
  }

  std::string nextId(std::string_view kind, std::size_t before) const {
    return std::string(kind) + "-" + std::to_string(before + 1);
  }

  void readSignature(const Piece& piece) {
    const auto der = withoutPadding(piece.dictionary.contents);
    const auto& subfilter = piece.dictionary.subfilter;
    const bool known = subfilter == kCades || subfilter == kDetached || subfilter == kSha1;
    // Filters of other makers hold CMS too (ISO 32000-2, 12.8.3.1 leaves them open): try, but say
    // so.
    const bool sha1 = subfilter == kSha1;
    auto message = subfilter == "adbe.x509.rsa_sha1"
                       ? Result<cades::Message>(Error{Code::Malformed, "cms_malformed"})
                       : cades::read(der, sha1 ? cades::ContentDigest() : digestOf(piece));
    if (!message || message->signatures.empty()) {
      auto signer = unreadable(
          known ? "cms-unreadable: " + (message ? std::string("no signer") : message.error().detail)
                : "subfilter-unsupported: " + subfilter);
      keep(piece, {"", std::move(signer), {}, {}, "", false, {}, std::nullopt});
      return;
    }
    const bool several = message->signatures.size() > 1;
    for (auto& signature : message->signatures) {
      if (!known) signature.signer.breaches.push_back("subfilter-unknown: " + subfilter);
      if (several && subfilter == kCades) {
        signature.signer.breaches.push_back("signers: more than one SignerInfo");
      }
      if (sha1) checkSha1(piece, message->content, signature.signer);
      keep(piece, std::move(signature));
    }
  }

  /// ISO 32000-1, 12.8.3.3.1: the content of the CMS is the SHA-1 of the byte range.
  void checkSha1(const Piece& piece,
                 const std::optional<Bytes>& content,
                 evidence::SignerBlock& signer) {
    const auto algorithm = crypto::DigestAlgorithm::Sha1;
    signer.digests.push_back({"byte-range",
                              algorithm,
                              content.value_or(Bytes{}),
                              digests_.digest(algorithm, piece.coverage)});
  }

  void keep(const Piece& piece, evidence::Signature signature) {
    signature.id = nextId("signature", result_.signatures.size());
    addBreaches(piece, signature.signer);
    signature.pdf = piece.facts;
    const auto& data = found_.validation_data;
    signature.has_validation_data |=
        !data.certificates.empty() && !(data.crls.empty() && data.ocsp_responses.empty());
    result_.signatures.push_back(std::move(signature));
  }

  void readTimestamp(const Piece& piece) {
    auto token = timestamp::read(withoutPadding(piece.dictionary.contents),
                                 evidence::TimestampKind::Document,
                                 digestOf(piece));
    evidence::Timestamp one;
    if (token) {
      one = std::move(*token);
    } else {
      one.kind = evidence::TimestampKind::Document;
      one.signer = unreadable("timestamp-unreadable: " + token.error().detail);
    }
    if (piece.dictionary.subfilter != kTimestamp) {
      one.signer.breaches.push_back("subfilter-unknown: " + piece.dictionary.subfilter);
    }
    one.id = nextId("timestamp", result_.timestamps.size());
    one.revision = piece.facts.revision;
    one.covers = piece.facts.covers_whole_file ? "whole-file"
                 : piece.facts.revision == 0   ? "part"
                                             : "revision " + std::to_string(piece.facts.revision) +
                                                   " of " + std::to_string(piece.facts.revisions);
    addBreaches(piece, one.signer);
    result_.timestamps.push_back(std::move(one));
    result_.pdf_timestamps.push_back(piece.facts);
  }

  void takeValidationData() {
    for (const auto& der : found_.validation_data.certificates) {
      if (auto one = pki::Certificate::parse(der)) {
        result_.certificates.push_back(std::move(*one));
      } else {
        result_.problems.push_back("validation-data-unreadable: a certificate in /DSS");
      }
    }
    for (const auto& der : found_.validation_data.crls) {
      if (auto one = pki::Crl::parse(der)) {
        result_.crls.push_back(std::move(*one));
      } else {
        result_.problems.push_back("validation-data-unreadable: a CRL in /DSS");
      }
    }
    for (const auto& der : found_.validation_data.ocsp_responses) {
      result_.ocsp_responses.push_back({der});
    }
  }

  BytesView file_;
  pdf::FoundSignatures found_;
  std::vector<pdf::Revision> revisions_;
  ByteRangeDigests digests_;
  LaterChanges later_;
  std::vector<Piece> pieces_;
  evidence::SignedFile result_;
};

}  // namespace

Result<evidence::SignedFile> read(BytesView file, const Limits& limits) {
  auto reading = readAndHash(file, limits);
  if (!reading) return reading.error();
  return std::move(reading->file);
}

Result<Reading> readAndHash(BytesView file, const Limits& limits) {
  auto found = pdf::findSignatures(file, limits.signatures);
  if (!found) return found.error();
  auto revisions = pdf::findRevisions(file, limits.revisions);
  return Reader(file, std::move(*found), std::move(revisions)).read();
}

}  // namespace congvan::pades
