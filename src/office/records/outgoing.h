// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/directory/permissions.h"
#include "office/exchange/deliveries.h"
#include "office/records/store.h"
#include "office/signing/document_signer.h"
#include "office/work/once.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

/// Outgoing documents (văn bản đi): drafted, initialled, checked, signed, issued, dispatched.
namespace congvan::records {

struct NewDocument {
  AgencyId agency;  ///< that will issue it
  std::string type;
  std::string subject;
  Urgency urgency = Urgency::Normal;
  std::vector<AgencyId> recipients;
  std::vector<Slot> slots;  ///< where the fields go; missing ones get a place by default
};

/// Whose turn, in order. Each post has to hold the role its step needs.
struct Route {
  std::vector<PostId> initials;  ///< heads who answer for content, at most 8
  PostId form_checker;
  PostId signer;
};

/// Every change names the version it saw and is refused as Stale `version_stale` when it moved on.
/// All answer the document as it then is. Safe from any thread.
class Outgoing {
 public:
  struct Parts {
    work::Transactions& transactions;
    work::Jobs& jobs;
    RecordStore& records;
    directory::DirectoryStore& directory;
    exchange::Deliveries& deliveries;
    signing::DocumentSigner& signer;
    audit::Trail& trail;
    work::Once once;
    const Clock& clock;
    Random& random;
  };
  explicit Outgoing(Parts parts) : parts_(parts), ids_(parts.clock, parts.random) {}

  /// Needs Drafter over the caller's agency, under the issuing agency. RuleRefused
  /// `document_type_unknown`, `subject_wrong` (1 to 500 characters; kept in NFC), `slot_unknown`,
  /// `slot_twice`, `recipient_unknown` (or ended), `recipient_is_unit`, `recipient_twice`,
  /// `recipient_is_issuer`, `recipients_missing`, `agency_cannot_issue`; TooLarge
  /// `recipients_too_many`.
  Result<Document> draft(const directory::Caller& caller, const NewDocument& wanted);

  /// Says anew what a draft, or one that came back, is about; the drafter only. One that came back
  /// begins again with the file as it was uploaded. Refusals of `draft`; Conflict
  /// `document_state_wrong`.
  Result<Document> revise(const directory::Caller& caller,
                          DocumentId id,
                          std::int64_t version,
                          const NewDocument& wanted);

  /// Gives a draft, or one that came back, its file. The drafter only. Refusals of
  /// DocumentSigner::inspect.
  Result<Document> attachFile(const directory::Caller& caller,
                              DocumentId id,
                              std::int64_t version,
                              const signing::StoredFile& file);

  /// The drafter's act: prepares the file with every field of the route, once.
  /// RuleRefused `file_missing`, `route_initials_missing`, `route_initials_too_many`,
  /// `route_initials_twice`, `route_post_wrong` naming the post,
  /// `slot_off_page`, `slot_size_wrong`, `slot_overlaps` naming the slot: what cannot be drawn must
  /// not get so far that it has a number. Conflict `document_state_wrong`.
  Result<Document> submit(const directory::Caller& caller,
                          DocumentId id,
                          std::int64_t version,
                          const Route& route);

  /// The next step of the route, done by the holder of its post with their PIN. No time-stamping
  /// authority stands in the way: without one the document awaits its time-stamp, and a job
  /// completes it.
  /// Forbidden `not_your_turn`, `role_missing`; Conflict `document_state_wrong`; refusals of
  /// DocumentSigner::signAsPerson.
  Result<Document> sign(const directory::Caller& caller,
                        DocumentId id,
                        std::int64_t version,
                        const crypto::SecretBytes& pin);

  /// Sends it back to the drafter with a reason; signatures so far stay in the old versions.
  Result<Document> giveBack(const directory::Caller& caller,
                            DocumentId id,
                            std::int64_t version,
                            std::string_view reason);

  /// Number, date and seal in one act of the clerk (NĐ 30 Đ15, Đ32), time-stamped as `sign` is.
  /// Once the key is open the number is reserved and stays with the document: calling again after a
  /// failed seal goes on with the same number. Conflict `document_state_wrong`; refusals of
  /// DocumentSigner::readySeal, which change nothing, and of DocumentSigner::seal.
  Result<Document> issue(const directory::Caller& caller,
                         DocumentId id,
                         std::int64_t version,
                         const crypto::SecretBytes& pin);

  /// The way out for a document that has a number and can never be sealed: the number stays in the
  /// register as cancelled (hủy số) and is never given again; the document ends here. Needs Clerk.
  /// RuleRefused `reason_missing`; Conflict `document_state_wrong` unless it is Issuing.
  Result<Document> cancelNumber(const directory::Caller& caller,
                                DocumentId id,
                                std::int64_t version,
                                std::string_view reason);

  /// To every recipient at once. Needs Clerk.
  Result<Document> dispatch(const directory::Caller& caller, DocumentId id, std::int64_t version);

  /// Once more to one recipient who returned it: the same file as the document now has, as a
  /// delivery of its own with its own receipt. Needs Clerk. NotFound `delivery_missing`: it was not
  /// sent there; Conflict `delivery_state_wrong`: the last copy sent there was not returned;
  /// RuleRefused `recipient_unknown`: the agency has ended.
  Result<Document> dispatchAgain(const directory::Caller& caller,
                                 DocumentId id,
                                 std::int64_t version,
                                 AgencyId recipient);

  // --- reading ---

  /// NotFound `document_missing` unless the caller drafted it, is on its route, heads the unit
  /// that drafted it, clerks, leads or checks form for its agency, or audits. A recipient is none
  /// of these: it has its own record of what arrived, and no business in drafts.
  Result<Document> find(const directory::Caller& caller, DocumentId id);
  Result<std::vector<DocumentFile>> files(const directory::Caller& caller, DocumentId id);
  Result<std::vector<exchange::Delivery>> deliveries(const directory::Caller& caller,
                                                     DocumentId id);

  enum class Box {
    Mine,      ///< drafted by me
    ToSign,    ///< waiting for my step
    ToIssue,   ///< signed, waiting for the clerk
    OfAgency,  ///< all of the agencies I clerk or lead for
  };
  Result<std::vector<Document>> list(const directory::Caller& caller,
                                     Box box,
                                     const Page<DocumentId>& page);

 private:
  using Change = std::function<Result<>(work::Tx&, Document&)>;
  /// What to do before any other check: the document a retry asks for, or the one to work on.
  struct Start {
    Document document;
    bool made_already = false;
  };
  Result<Start> startOn(work::Tx& tx,
                        const directory::Caller& caller,
                        DocumentId id,
                        std::int64_t version);
  Result<Document> readable(work::Tx& tx, const directory::Caller& caller, DocumentId id);
  /// Finds, compares the version, lets `change` alter it, stores it and records the event.
  Result<Document> alter(const directory::Caller& caller,
                         DocumentId id,
                         std::int64_t version,
                         audit::EventKind kind,
                         const Change& change);
  /// The same for an act that ends in `return_reason`. RuleRefused `reason_missing`.
  Result<Document> alterFor(std::string_view reason,
                            const directory::Caller& caller,
                            DocumentId id,
                            std::int64_t version,
                            audit::EventKind kind,
                            const Change& change);
  /// Makes `file` the document's newest version.
  Result<> takeFile(work::Tx& tx,
                    Document& document,
                    const signing::StoredFile& file,
                    FilePurpose purpose,
                    const directory::Caller& caller);
  Result<> awaitTimestamp(work::Tx& tx, const directory::Caller& caller, const Document& document);
  Result<directory::Agency> issuerFor(work::Tx& tx,
                                      const directory::Caller& caller,
                                      AgencyId agency);
  Result<> describe(work::Tx& tx,
                    const directory::Caller& caller,
                    const NewDocument& wanted,
                    Document& document);
  Result<> takeUpDraftFile(work::Tx& tx, Document& document);
  Result<std::string> drafterLetters(work::Tx& tx, const directory::Lineage& own, AgencyId issuer);
  Result<directory::Lineage> lineageOfStep(work::Tx& tx,
                                           const Document& document,
                                           const Step& step);
  Result<> checkRecipients(work::Tx& tx, const NewDocument& wanted);
  /// Answers the holders of its posts, in the order of the steps.
  Result<std::vector<directory::Caller>> checkRoute(work::Tx& tx,
                                                    const Document& document,
                                                    const Route& route);
  Result<> tryMarks(const Document& document, const std::vector<directory::Caller>& signers);
  Result<Document> reserveNumber(const directory::Caller& caller,
                                 DocumentId id,
                                 std::int64_t version);
  Result<signing::DocumentSigner::ReadySeal> readySeal(const directory::Caller& caller,
                                                       const Document& document,
                                                       const crypto::SecretBytes& pin);
  Result<> requireClerk(work::Tx& tx, const directory::Caller& caller, const Document& document);
  Result<> deliverTo(work::Tx& tx,
                     const directory::Caller& caller,
                     const Document& document,
                     const directory::Agency& sender,
                     AgencyId recipient,
                     int attempt = 1);

  Parts parts_;
  Ids ids_;
};

}  // namespace congvan::records
