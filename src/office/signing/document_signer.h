// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/signing/custody.h"
#include "office/signing/foreign_lists.h"
#include "office/signing/marks.h"
#include "office/work/blobs.h"
#include "trust/formats/pades/sign.h"
#include "trust/verify/verify.h"

#include <memory>
#include <string>
#include <vector>

namespace congvan::authority {

// Not by its headers: those who use this room need not see that one.
class Authority;
struct CertificateRecord;
struct Holder;
enum class CertificateKind;

}  // namespace congvan::authority

/// Putting signatures into the PDFs of the office, and judging what comes back.
namespace congvan::signing {

/// A stored file.
struct StoredFile {
  work::BlobHash blob;
  std::int64_t size = 0;
  /// Some signature in it has no time-stamp that our own validator credits as proof of its time.
  bool awaits_timestamp = false;
};

/// What a step of the route wants done.
enum class MarkStyle { Signature, Initials };

struct PersonTask {
  work::BlobHash file;
  std::string field;
  MarkStyle style = MarkStyle::Signature;
  double width = 0;  ///< of the field, points
  double height = 0;
  std::string reason;
};

struct TextTask {
  std::string field;
  std::string value;
  TextFace face = TextFace::Upright;
  double width = 0;
  double height = 0;
};

struct SealTask {
  work::BlobHash file;
  std::string field;
  Uuid agency{};
  std::string agency_name;
  double width = 0;
  double height = 0;
  /// Number and date as wide as they may become: tried before the number is known.
  std::vector<TextTask> widest;
};

struct SignerOptions {
  std::size_t pages_most = 5000;
  /// Outside time-stamping authorities to believe, for time-stamps alone.
  std::vector<pki::Certificate> timestamp_anchors = {};
  /// Outlives the signer; null: there are none.
  const ForeignLists* foreign_lists = nullptr;
};

/// Safe from any thread.
class DocumentSigner {
  struct Act;

 public:
  DocumentSigner(work::Blobs& blobs,
                 authority::Authority& authority,
                 Custody& custody,
                 Marks& marks,
                 timestamp::Source& timestamps,
                 const Clock& clock,
                 SignerOptions options = {});

  /// Can this upload become a document of ours? Malformed `pdf_malformed`, `pdf_encrypted`,
  /// `pdf_damaged`; TooLarge `pdf_too_complex`, `pdf_too_many_pages`; RuleRefused
  /// `pdf_signed_already`. Answers the page sizes.
  Result<std::vector<pades::PageSize>> inspect(const work::BlobHash& file);

  /// One revision with all fields of the route (DESIGN decision 8).
  Result<StoredFile> prepareFields(const work::BlobHash& file,
                                   const std::vector<pades::NewField>& fields);

  /// Can each mark be drawn into its place? RuleRefused `slot_size_wrong` naming the field;
  /// refusals of Marks.
  Result<> tryPerson(const directory::Caller& signer, const PersonTask& task);
  Result<> trySeal(const SealTask& task);

  /// Signs with the caller's own certificate into an empty field, and re-verifies before answering:
  /// B-T, or B-B when no time-stamping authority answers. Refusals of Authority::usable,
  /// Custody::open and pades::sign; Unavailable `result_not_valid` when our own validator does not
  /// pass what was made (its bytes are then named by nothing, and swept).
  Result<StoredFile> signAsPerson(const directory::Caller& caller,
                                  const PersonTask& task,
                                  const crypto::SecretBytes& pin);

  /// A seal with nothing left to be refused but the seal itself: certificate found, mark drawn, key
  /// open. For one act, and gone with it.
  class ReadySeal {
   private:
    friend class DocumentSigner;
    ReadySeal(work::BlobHash file,
              std::shared_ptr<Act> act,
              std::shared_ptr<const crypto::Signer> key)
        : file_(file), act_(std::move(act)), key_(std::move(key)) {}
    work::BlobHash file_;
    std::shared_ptr<Act> act_;  // for what it is made of is known only inside
    std::shared_ptr<const crypto::Signer> key_;
  };

  /// Refusals of Authority::usable, trySeal and Custody::open.
  Result<ReadySeal> readySeal(const directory::Caller& caller,
                              const SealTask& task,
                              const crypto::SecretBytes& pin);

  /// Fills number and date and seals with the agency's certificate, in one revision. Refusals of
  /// pades::sign; Unavailable `result_not_valid` as above.
  Result<StoredFile> seal(ReadySeal ready, const std::vector<TextTask>& fills);

  /// One revision with a document time-stamp: proof of time for every signature in `file`.
  /// Unavailable `tsa_unavailable`, `timestamp_not_trusted` (our own validator does not credit the
  /// token; nothing is kept), `result_not_valid`.
  Result<StoredFile> addTimestamp(const work::BlobHash& file);

  /// Judges a stored file against the province's trust.
  Result<verify::Outcome> judge(const work::BlobHash& file);
  /// The same for bytes at hand.
  Result<verify::Outcome> judgeBytes(BytesView file);

 private:
  Result<authority::CertificateRecord> certificateFor(const directory::Caller& caller,
                                                      const authority::Holder& holder,
                                                      authority::CertificateKind kind);
  Result<Act> act(const directory::Caller& caller,
                  const authority::Holder& holder,
                  authority::CertificateKind kind,
                  std::string_view field);
  Result<pades::Appearance> drawPerson(const directory::Caller& signer,
                                       const PersonTask& task,
                                       Instant time);
  /// With its texts tried.
  Result<pades::Appearance> drawSeal(const SealTask& task, Instant time);
  Result<StoredFile> signAndKeep(const work::BlobHash& file, Act&& act, const crypto::Signer& key);
  Result<StoredFile> keep(BytesView before, BytesView update);
  Result<StoredFile> keepJudged(BytesView before, BytesView update);

  work::Blobs& blobs_;
  authority::Authority& authority_;
  Custody& custody_;
  Marks& marks_;
  timestamp::Source& timestamps_;
  const Clock& clock_;
  SignerOptions options_;
};

}  // namespace congvan::signing
