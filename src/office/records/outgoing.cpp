// SPDX-License-Identifier: Apache-2.0
#include "office/records/outgoing.h"

#include "office/audit/details.h"
#include "office/records/numbering.h"
#include "office/records/outgoing_internal.h"
#include "office/records/slots.h"
#include "office/records/text_limits.h"
#include "office/records/timestamp_completion.h"

#include <algorithm>

namespace congvan::records {
namespace {

constexpr std::size_t kRecipientsMost = 5000;

Result<> mayAttach(const Caller& caller, const Document& document) {
  if (document.drafter != caller.person) return Error{Code::Forbidden, "document_not_yours"};
  const bool open =
      document.state == DocumentState::Returned || document.state == DocumentState::Draft;
  if (!open) return wrongState(document);
  return kDone;
}

/// What does not need the database.
Result<std::string> subjectOf(const NewDocument& wanted) {
  if (documentType(wanted.type) == nullptr) {
    return ruleRefused("document_type_unknown", "type", wanted.type);
  }
  auto subject = textWithin(wanted.subject, kSubjectLongest);
  if (!subject) return Error{Code::RuleRefused, "subject_wrong"};
  const auto places = checkSlots(wanted.slots);
  if (!places) return places.error();
  return *subject;
}

std::string postsOf(const std::vector<Step>& steps) {
  std::string posts;
  for (const auto& step : steps) posts += (posts.empty() ? "" : " ") + step.post.text();
  return posts;
}

}  // namespace

audit::Entry documentEvent(audit::EventKind kind, const Caller& caller, const Document& document) {
  audit::Details details;
  details.say("state", name(document.state))
      .say("sha256", document.file.hex())
      .say("number", document.number);
  if (kind == audit::EventKind::DocumentDrafted || kind == audit::EventKind::DocumentRevised) {
    details.say("agency", document.agency)
        .say("type", document.type)
        .say("subject", document.subject)
        .say("urgency", name(document.urgency))
        .say("recipients", static_cast<std::int64_t>(document.recipients.size()));
  }
  if (kind == audit::EventKind::DocumentSubmitted) details.say("route", postsOf(document.steps));
  if (kind == audit::EventKind::DocumentReturned || kind == audit::EventKind::NumberCancelled) {
    details.say("reason", document.return_reason);
  }
  return {.kind = kind,
          .by = directory::actor(caller),
          .subject_kind = "document",
          .subject = document.id.value,
          .trace = caller.trace,
          .details = details.text()};
}

const Step* nextStep(const Document& document) {
  const auto found =
      std::ranges::find_if(document.steps, [](const Step& step) { return !step.done_at; });
  return found == document.steps.end() ? nullptr : &*found;
}

Result<> Outgoing::checkRecipients(work::Tx& tx, const NewDocument& wanted) {
  if (wanted.recipients.empty()) return Error{Code::RuleRefused, "recipients_missing"};
  if (wanted.recipients.size() > kRecipientsMost)
    return Error{Code::TooLarge, "recipients_too_many"};
  const auto today = vietnamDate(parts_.clock.now());
  std::vector<AgencyId> seen;
  for (const auto recipient : wanted.recipients) {
    const auto agency = parts_.directory.findAgency(tx, recipient);
    if (!agency) {
      if (agency.error().code != Code::NotFound) return agency.error();
      return ruleRefused("recipient_unknown", "agency", recipient.text());
    }
    if (!directory::inForce(*agency, today)) {
      return ruleRefused("recipient_unknown", "agency", agency->name);
    }
    if (!agency->isLegalPerson()) return ruleRefused("recipient_is_unit", "agency", agency->name);
    if (recipient == wanted.agency) {
      return ruleRefused("recipient_is_issuer", "agency", agency->name);
    }
    seen.push_back(recipient);
  }
  std::ranges::sort(seen);
  if (std::ranges::adjacent_find(seen) != seen.end()) {
    return Error{Code::RuleRefused, "recipient_twice"};
  }
  return kDone;
}

Result<directory::Agency> Outgoing::issuerFor(work::Tx& tx, const Caller& caller, AgencyId agency) {
  const Error refused{Code::RuleRefused, "agency_cannot_issue"};
  if (!directory::belongsTo(caller, agency)) return refused;
  // Between the drafter and the agency there may be units and departments, which work for it, but
  // no commune, which works for itself.
  const auto own = directory::lineageOf(tx, parts_.directory, caller.agency);
  if (!own) return own.error();
  for (const auto& link : own->links) {
    if (link.agency == agency) break;
    if (link.kind == directory::AgencyKind::Commune) return refused;
  }
  auto issuer = parts_.directory.findAgency(tx, agency);
  if (!issuer) return issuer;
  const bool fit =
      issuer->isLegalPerson() && directory::inForce(*issuer, vietnamDate(parts_.clock.now()));
  if (!fit) return refused;
  return issuer;
}

/// Of the office or unit right below the issuing agency that the drafter belongs to; empty: the
/// agency itself drafts.
Result<std::string> Outgoing::drafterLetters(work::Tx& tx,
                                             const directory::Lineage& own,
                                             AgencyId issuer) {
  const auto at = std::ranges::find(own.links, issuer, &directory::Lineage::Link::agency);
  if (at == own.links.begin() || at == own.links.end()) return std::string();
  const auto below = parts_.directory.findAgency(tx, std::prev(at)->agency);
  if (!below) return below.error();
  return below->letters;
}

Result<> Outgoing::describe(work::Tx& tx,
                            const Caller& caller,
                            const NewDocument& wanted,
                            Document& document) {
  const auto subject = subjectOf(wanted);
  if (!subject) return subject.error();
  const auto own = directory::lineageOf(tx, parts_.directory, caller.agency);
  if (!own) return own.error();
  const auto allowed = directory::require(caller, Role::Drafter, *own);
  if (!allowed) return allowed.error();
  const auto issuer = issuerFor(tx, caller, wanted.agency);
  if (!issuer) return issuer.error();
  const auto fine = checkRecipients(tx, wanted);
  if (!fine) return fine.error();
  const auto drafter = drafterLetters(tx, *own, wanted.agency);
  if (!drafter) return drafter.error();
  document.agency = wanted.agency;
  document.type = wanted.type;
  document.subject = *subject;
  document.urgency = wanted.urgency;
  document.notation = notation(wanted.type, issuer->letters, *drafter);
  document.slots = wanted.slots;
  document.recipients = wanted.recipients;
  return kDone;
}

Result<Document> Outgoing::draft(const Caller& caller, const NewDocument& wanted) {
  const auto now = parts_.clock.now();
  return parts_.transactions.run<Document>([&](work::Tx& tx) -> Result<Document> {
    const auto before = parts_.once.before(tx, caller.once);
    if (!before) return before.error();
    if (*before) return parts_.records.findDocument(tx, DocumentId{*Uuid::parse(**before)});
    Document document{.id = ids_.make<DocumentTag>(),
                      .drafted_in = caller.agency,
                      .drafter = caller.person,
                      .drafter_post = caller.post,
                      .created = now,
                      .changed = now};
    const auto described = describe(tx, caller, wanted, document);
    if (!described) return described.error();
    const auto added = parts_.records.addDocument(tx, document);
    if (!added) return added.error();
    const auto recorded =
        parts_.trail.record(tx, documentEvent(audit::EventKind::DocumentDrafted, caller, document));
    if (!recorded) return recorded.error();
    const auto kept = parts_.once.after(tx, caller.once, document.id.text());
    if (!kept) return kept.error();
    return document;
  });
}

Result<Document> Outgoing::revise(const Caller& caller,
                                  DocumentId id,
                                  std::int64_t version,
                                  const NewDocument& wanted) {
  return alter(caller,
               id,
               version,
               audit::EventKind::DocumentRevised,
               [&](work::Tx& tx, Document& document) -> Result<> {
                 const auto open = mayAttach(caller, document);
                 if (!open) return open;
                 const auto described = describe(tx, caller, wanted, document);
                 if (!described) return described;
                 if (document.state == DocumentState::Draft) return kDone;
                 document.state = DocumentState::Draft;
                 document.steps.clear();
                 return takeUpDraftFile(tx, document);
               });
}

/// The file as it was uploaded last, without the fields and signatures of the route that ended.
Result<> Outgoing::takeUpDraftFile(work::Tx& tx, Document& document) {
  const auto files = parts_.records.files(tx, document.id);
  if (!files) return files.error();
  const auto uploaded = std::find_if(files->rbegin(), files->rend(), [](const DocumentFile& file) {
    return file.purpose == FilePurpose::Draft;
  });
  if (uploaded == files->rend()) return kDone;
  document.file = uploaded->blob;
  document.file_size = uploaded->size;
  document.timestamp_job.reset();
  return kDone;
}

Result<> Outgoing::takeFile(work::Tx& tx,
                            Document& document,
                            const signing::StoredFile& file,
                            FilePurpose purpose,
                            const Caller& caller) {
  document.file = file.blob;
  document.file_size = file.size;
  if (!file.awaits_timestamp) document.timestamp_job.reset();
  if (file.awaits_timestamp && !document.timestamp_job) {
    document.timestamp_job = ids_.make<work::JobTag>();
  }
  const auto before = parts_.records.files(tx, document.id);
  if (!before) return before.error();
  return parts_.records.addFile(tx,
                                {.document = document.id,
                                 .ordinal = static_cast<int>(before->size()) + 1,
                                 .purpose = purpose,
                                 .blob = document.file,
                                 .size = document.file_size,
                                 .by = caller.person,
                                 .at = parts_.clock.now()});
}

Result<> Outgoing::awaitTimestamp(work::Tx& tx, const Caller& caller, const Document& document) {
  const auto added =
      parts_.jobs.add(tx, timestampJob(*document.timestamp_job, document.id, parts_.clock.now()));
  if (!added) return added;
  return parts_.trail.record(
      tx, documentEvent(audit::EventKind::DocumentTimestampAwaited, caller, document));
}

Result<Outgoing::Start> Outgoing::startOn(work::Tx& tx,
                                          const Caller& caller,
                                          DocumentId id,
                                          std::int64_t version) {
  const auto before = parts_.once.before(tx, caller.once);
  if (!before) return before.error();
  // Who may not even read it learns nothing of its state or version.
  auto document = readable(tx, caller, id);
  if (!document) return document.error();
  if (*before) return Start{std::move(*document), true};
  if (document->version != version) return Error{Code::Stale, "version_stale"};
  return Start{std::move(*document), false};
}

Result<Document> Outgoing::alter(const Caller& caller,
                                 DocumentId id,
                                 std::int64_t version,
                                 audit::EventKind kind,
                                 const Change& change) {
  return parts_.transactions.run<Document>([&](work::Tx& tx) -> Result<Document> {
    auto start = startOn(tx, caller, id, version);
    if (!start) return start.error();
    if (start->made_already) return start->document;
    auto* document = &start->document;
    const auto job_before = document->timestamp_job;
    const auto changed = change(tx, *document);
    if (!changed) return changed.error();
    document->changed = parts_.clock.now();
    const auto kept = parts_.records.replaceDocument(tx, *document);
    if (!kept) return kept.error();
    document->version += 1;
    const auto recorded = parts_.trail.record(tx, documentEvent(kind, caller, *document));
    if (!recorded) return recorded.error();
    if (document->timestamp_job && document->timestamp_job != job_before) {
      const auto awaited = awaitTimestamp(tx, caller, *document);
      if (!awaited) return awaited.error();
    }
    const auto noted = parts_.once.after(tx, caller.once, id.text());
    if (!noted) return noted.error();
    return *document;
  });
}

Result<Document> Outgoing::alterFor(std::string_view reason,
                                    const Caller& caller,
                                    DocumentId id,
                                    std::int64_t version,
                                    audit::EventKind kind,
                                    const Change& change) {
  const auto why = textWithin(reason, kReasonLongest);
  if (!why) return Error{Code::RuleRefused, "reason_missing"};
  return alter(caller, id, version, kind, [&](work::Tx& tx, Document& document) -> Result<> {
    document.return_reason = *why;
    return change(tx, document);
  });
}

Result<Document> Outgoing::attachFile(const Caller& caller,
                                      DocumentId id,
                                      std::int64_t version,
                                      const signing::StoredFile& file) {
  const auto seen = parts_.transactions.read<Start>([&](work::Tx& tx) -> Result<Start> {
    auto start = startOn(tx, caller, id, version);
    if (!start || start->made_already) return start;
    const auto open = mayAttach(caller, start->document);
    if (!open) return open.error();
    return start;
  });
  if (!seen) return seen.error();
  if (seen->made_already) return seen->document;
  const auto pages = parts_.signer.inspect(file.blob);
  if (!pages) return pages.error();
  return alter(caller,
               id,
               version,
               audit::EventKind::FileAttached,
               [&](work::Tx& tx, Document& document) -> Result<> {
                 const auto open = mayAttach(caller, document);
                 if (!open) return open;
                 // Fields of an earlier route went with the earlier file.
                 if (document.state == DocumentState::Returned) document.slots.clear();
                 document.state = DocumentState::Draft;
                 document.steps.clear();
                 return takeFile(tx, document, file, FilePurpose::Draft, caller);
               });
}

}  // namespace congvan::records
