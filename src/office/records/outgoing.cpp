// SPDX-License-Identifier: Apache-2.0
#include "office/records/outgoing.h"

#include "base/text.h"
#include "office/directory/actor.h"
#include "office/records/numbering.h"
#include "office/records/slots.h"

#include <algorithm>

namespace congvan::records {
namespace {

using directory::Caller;
using directory::Role;

constexpr std::size_t kRecipientsMost = 5000;
constexpr std::size_t kInitialsMost = 8;
constexpr std::size_t kReasonLongest = 2000;

Error ruleRefused(std::string_view reason, std::string_view name, std::string value) {
  return Error{Code::RuleRefused, std::string(reason), {{std::string(name), std::move(value)}}};
}

Error wrongState(const Document& document) {
  return Error{
      Code::Conflict, "document_state_wrong", {{"state", std::string(name(document.state))}}};
}

audit::Entry documentEvent(audit::EventKind kind, const Caller& caller, const Document& document) {
  std::string details = R"({"state":")" + std::string(name(document.state)) + R"(","sha256":")" +
                        document.file.hex() + '"';
  if (document.number) details += R"(,"number":)" + std::to_string(*document.number);
  return {.kind = kind,
          .by = directory::actor(caller),
          .subject_kind = "document",
          .subject = document.id.value,
          .trace = caller.trace,
          .details = details + "}"};
}

Step* nextStep(Document& document) {
  const auto found =
      std::ranges::find_if(document.steps, [](const Step& step) { return !step.done_at; });
  return found == document.steps.end() ? nullptr : &*found;
}

FilePurpose purposeOf(StepKind kind) {
  switch (kind) {
    case StepKind::Initial:
      return FilePurpose::Initialled;
    case StepKind::FormCheck:
      return FilePurpose::FormChecked;
    case StepKind::Sign:
      return FilePurpose::Signed;
  }
  return FilePurpose::Signed;
}

audit::EventKind eventOf(StepKind kind) {
  switch (kind) {
    case StepKind::Initial:
      return audit::EventKind::DocumentInitialled;
    case StepKind::FormCheck:
      return audit::EventKind::DocumentFormChecked;
    case StepKind::Sign:
      return audit::EventKind::DocumentSigned;
  }
  return audit::EventKind::DocumentSigned;
}

DocumentState stateAfter(const Document& document) {
  const auto undone =
      std::ranges::find_if(document.steps, [](const Step& step) { return !step.done_at; });
  if (undone == document.steps.end()) return DocumentState::Signed;
  return undone->kind == StepKind::Sign ? DocumentState::Initialled : DocumentState::Submitted;
}

bool runsItsRoute(const Document& document) {
  return document.state == DocumentState::Submitted || document.state == DocumentState::Initialled;
}

std::vector<Step> stepsOf(const Route& route) {
  std::vector<Step> steps;
  for (std::size_t i = 0; i < route.initials.size(); ++i) {
    steps.push_back({StepKind::Initial, route.initials[i], initialField(i + 1), {}, {}});
  }
  steps.push_back({StepKind::FormCheck, route.form_checker, std::string(kFormCheckField), {}, {}});
  steps.push_back({StepKind::Sign, route.signer, std::string(kSignatureField), {}, {}});
  return steps;
}

Role roleOf(StepKind kind) {
  switch (kind) {
    case StepKind::Initial:
      return Role::UnitHead;
    case StepKind::FormCheck:
      return Role::FormChecker;
    case StepKind::Sign:
      return Role::Leader;
  }
  return Role::Leader;
}

}  // namespace

Result<> Outgoing::checkRecipients(work::Tx& tx, const NewDocument& wanted) {
  if (wanted.recipients.empty()) return Error{Code::RuleRefused, "recipients_missing"};
  if (wanted.recipients.size() > kRecipientsMost)
    return Error{Code::TooLarge, "recipients_too_many"};
  std::vector<AgencyId> seen;
  for (const auto recipient : wanted.recipients) {
    const auto agency = parts_.directory.findAgency(tx, recipient);
    if (!agency) {
      if (agency.error().code != Code::NotFound) return agency.error();
      return ruleRefused("recipient_unknown", "agency", recipient.text());
    }
    if (!agency->isLegalPerson()) return ruleRefused("recipient_is_unit", "agency", agency->name);
    seen.push_back(recipient);
  }
  std::ranges::sort(seen);
  if (std::ranges::adjacent_find(seen) != seen.end()) {
    return Error{Code::RuleRefused, "recipient_twice"};
  }
  return kDone;
}

Result<Document> Outgoing::draft(const Caller& caller, const NewDocument& wanted) {
  if (documentType(wanted.type) == nullptr) {
    return ruleRefused("document_type_unknown", "type", wanted.type);
  }
  const auto now = parts_.clock.now();
  return parts_.transactions.run<Document>([&](work::Tx& tx) -> Result<Document> {
    const auto before = parts_.once.before(tx, caller.once);
    if (!before) return before.error();
    if (*before) return parts_.records.findDocument(tx, DocumentId{*Uuid::parse(**before)});
    const auto own = directory::lineageOf(tx, parts_.directory, caller.agency);
    if (!own) return own.error();
    const auto allowed = directory::require(caller, Role::Drafter, *own);
    if (!allowed) return allowed.error();
    // One drafts for an agency that one's own hangs under (or is): a department drafts for the
    // province.
    if (!directory::belongsTo(caller, wanted.agency)) {
      return Error{Code::RuleRefused, "agency_cannot_issue"};
    }
    const auto issuer = parts_.directory.findAgency(tx, wanted.agency);
    if (!issuer) return issuer.error();
    if (!issuer->isLegalPerson()) return Error{Code::RuleRefused, "agency_cannot_issue"};
    const auto fine = checkRecipients(tx, wanted);
    if (!fine) return fine.error();

    Document document{.id = ids_.make<DocumentTag>(),
                      .agency = wanted.agency,
                      .drafted_in = caller.agency,
                      .drafter = caller.person,
                      .drafter_post = caller.post,
                      .type = wanted.type,
                      .subject = wanted.subject,
                      .urgency = wanted.urgency,
                      .notation = notation(wanted.type, issuer->letters),
                      .slots = wanted.slots,
                      .recipients = wanted.recipients,
                      .created = now,
                      .changed = now};
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

Result<> Outgoing::addFile(work::Tx& tx,
                           const Document& document,
                           FilePurpose purpose,
                           const Caller& caller) {
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

Result<Outgoing::Start> Outgoing::startOn(work::Tx& tx,
                                          const Caller& caller,
                                          DocumentId id,
                                          std::int64_t version) {
  const auto before = parts_.once.before(tx, caller.once);
  if (!before) return before.error();
  auto document = parts_.records.findDocument(tx, id);
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
    const auto changed = change(tx, *document);
    if (!changed) return changed.error();
    document->changed = parts_.clock.now();
    const auto kept = parts_.records.replaceDocument(tx, *document);
    if (!kept) return kept.error();
    document->version += 1;
    const auto recorded = parts_.trail.record(tx, documentEvent(kind, caller, *document));
    if (!recorded) return recorded.error();
    const auto noted = parts_.once.after(tx, caller.once, id.text());
    if (!noted) return noted.error();
    return *document;
  });
}

Result<> Outgoing::checkRoute(work::Tx& tx, const Document& document, const Route& route) {
  if (route.initials.empty() || route.initials.size() > kInitialsMost) {
    return Error{Code::RuleRefused, "route_initials_wrong"};
  }
  for (const auto& step : stepsOf(route)) {
    const auto post = parts_.directory.findPost(tx, step.post);
    if (!post) {
      if (post.error().code != Code::NotFound) return post.error();
      return ruleRefused("route_post_wrong", "post", step.post.text());
    }
    // A head answers for the unit that drafted, the other two for the agency that issues.
    const auto over = step.kind == StepKind::Initial ? document.drafted_in : document.agency;
    const auto lineage = directory::lineageOf(tx, parts_.directory, over);
    if (!lineage) return lineage.error();
    const Caller as_post{.grants = post->grants};
    if (!post->holder || !directory::holds(as_post, roleOf(step.kind), *lineage)) {
      return ruleRefused("route_post_wrong", "post", post->title);
    }
  }
  return kDone;
}

Result<Document> Outgoing::submit(const Caller& caller,
                                  DocumentId id,
                                  std::int64_t version,
                                  const Route& route) {
  const auto seen = parts_.transactions.read<Start>([&](work::Tx& tx) -> Result<Start> {
    auto start = startOn(tx, caller, id, version);
    if (!start || start->made_already) return start;
    const auto& document = start->document;
    if (document.drafter != caller.person) return Error{Code::Forbidden, "document_not_yours"};
    if (document.state != DocumentState::Draft) return wrongState(document);
    if (document.file_size == 0) return Error{Code::RuleRefused, "file_missing"};
    const auto fine = checkRoute(tx, document, route);
    if (!fine) return fine.error();
    return start;
  });
  if (!seen) return seen.error();
  if (seen->made_already) return seen->document;

  const auto pages = parts_.signer.inspect(seen->document.file);
  if (!pages) return pages.error();
  const auto steps = stepsOf(route);
  const auto slots = completeSlots(seen->document.slots, steps, *pages);
  const auto prepared = parts_.signer.prepareFields(seen->document.file, fieldsOf(slots));
  if (!prepared) return prepared.error();

  return alter(caller,
               id,
               version,
               audit::EventKind::DocumentSubmitted,
               [&](work::Tx& tx, Document& document) -> Result<> {
                 document.steps = steps;
                 document.slots = slots;
                 document.state = DocumentState::Submitted;
                 document.return_reason.clear();
                 document.file = prepared->blob;
                 document.file_size = prepared->size;
                 return addFile(tx, document, FilePurpose::Prepared, caller);
               });
}

Result<Document> Outgoing::sign(const Caller& caller,
                                DocumentId id,
                                std::int64_t version,
                                const crypto::SecretBytes& pin) {
  auto seen = parts_.transactions.read<Start>([&](work::Tx& tx) -> Result<Start> {
    auto start = startOn(tx, caller, id, version);
    if (!start || start->made_already) return start;
    if (!runsItsRoute(start->document)) return wrongState(start->document);
    const auto* step = nextStep(start->document);
    if (step == nullptr || step->post != caller.post)
      return Error{Code::Forbidden, "not_your_turn"};
    return start;
  });
  if (!seen) return seen.error();
  if (seen->made_already) return seen->document;

  auto& document_seen = seen->document;
  const auto step = *nextStep(document_seen);
  const auto* slot = slotOf(document_seen, step.field);
  const auto style =
      step.kind == StepKind::Sign ? signing::MarkStyle::Signature : signing::MarkStyle::Initials;
  const auto made = parts_.signer.signAsPerson(caller,
                                               {.file = document_seen.file,
                                                .field = step.field,
                                                .style = style,
                                                .width = slot == nullptr ? 0 : slot->width,
                                                .height = slot == nullptr ? 0 : slot->height,
                                                .reason = {}},
                                               pin);
  if (!made) return made.error();

  return alter(
      caller, id, version, eventOf(step.kind), [&](work::Tx& tx, Document& document) -> Result<> {
        auto* mine = nextStep(document);
        mine->done_by = caller.person;
        mine->done_at = parts_.clock.now();
        document.state = stateAfter(document);
        document.file = made->blob;
        document.file_size = made->size;
        return addFile(tx, document, purposeOf(step.kind), caller);
      });
}

Result<Document> Outgoing::giveBack(const Caller& caller,
                                    DocumentId id,
                                    std::int64_t version,
                                    std::string_view reason) {
  if (reason.empty() || countCharacters(reason) > kReasonLongest) {
    return Error{Code::RuleRefused, "reason_missing"};
  }
  return alter(caller,
               id,
               version,
               audit::EventKind::DocumentReturned,
               [&](work::Tx& tx, Document& document) -> Result<> {
                 const auto* step = nextStep(document);
                 const bool on_turn =
                     runsItsRoute(document) && step != nullptr && step->post == caller.post;
                 if (!on_turn && document.state != DocumentState::Signed) {
                   return runsItsRoute(document) ? Error{Code::Forbidden, "not_your_turn"}
                                                 : wrongState(document);
                 }
                 if (!on_turn) {
                   const auto clerk = requireClerk(tx, caller, document);
                   if (!clerk) return clerk;
                 }
                 document.state = DocumentState::Returned;
                 document.return_reason = reason;
                 return kDone;
               });
}

Result<Document> Outgoing::attachFile(const Caller& caller,
                                      DocumentId id,
                                      std::int64_t version,
                                      const signing::StoredFile& file) {
  const auto pages = parts_.signer.inspect(file.blob);
  if (!pages) return pages.error();
  return alter(caller,
               id,
               version,
               audit::EventKind::FileAttached,
               [&](work::Tx& tx, Document& document) -> Result<> {
                 if (document.drafter != caller.person)
                   return Error{Code::Forbidden, "document_not_yours"};
                 const bool open = document.state == DocumentState::Returned ||
                                   document.state == DocumentState::Draft;
                 if (!open) return wrongState(document);
                 // Fields of an earlier route went with the earlier file.
                 if (document.state == DocumentState::Returned) document.slots.clear();
                 document.state = DocumentState::Draft;
                 document.steps.clear();
                 document.file = file.blob;
                 document.file_size = file.size;
                 return addFile(tx, document, FilePurpose::Draft, caller);
               });
}

Result<> Outgoing::requireClerk(work::Tx& tx, const Caller& caller, const Document& document) {
  const auto lineage = directory::lineageOf(tx, parts_.directory, document.agency);
  if (!lineage) return lineage.error();
  return directory::require(caller, Role::Clerk, *lineage);
}

Result<Document> Outgoing::reserveNumber(const Caller& caller,
                                         DocumentId id,
                                         std::int64_t version) {
  return alter(caller,
               id,
               version,
               audit::EventKind::NumberReserved,
               [&](work::Tx& tx, Document& document) -> Result<> {
                 const auto clerk = requireClerk(tx, caller, document);
                 if (!clerk) return clerk;
                 if (document.state != DocumentState::Signed) return wrongState(document);
                 const auto today = vietnamDate(parts_.clock.now());
                 const auto number = parts_.records.nextNumber(
                     tx, document.agency, document.type, static_cast<int>(today.year()));
                 if (!number) return number.error();
                 document.number = *number;
                 document.issue_date = today;
                 document.state = DocumentState::Issuing;
                 return kDone;
               });
}

Result<signing::StoredFile> Outgoing::sealFile(const Caller& caller,
                                               const Document& document,
                                               const crypto::SecretBytes& pin) {
  const auto agency = parts_.transactions.read<directory::Agency>(
      [&](work::Tx& tx) { return parts_.directory.findAgency(tx, document.agency); });
  if (!agency) return agency.error();
  const auto* seal = slotOf(document, kSealField);
  const auto* number = slotOf(document, kNumberField);
  const auto* date = slotOf(document, kDateField);
  if (seal == nullptr || number == nullptr || date == nullptr || !document.number ||
      !document.issue_date) {
    return wrongState(document);
  }
  return parts_.signer.seal(caller,
                            {.file = document.file,
                             .field = std::string(kSealField),
                             .agency = document.agency.value,
                             .agency_name = agency->name,
                             .width = seal->width,
                             .height = seal->height,
                             .fills = {{std::string(kNumberField),
                                        codeText(*document.number, document.notation),
                                        signing::TextFace::Upright,
                                        number->width,
                                        number->height},
                                       {std::string(kDateField),
                                        dateText(*document.issue_date),
                                        signing::TextFace::Italic,
                                        date->width,
                                        date->height}}},
                            pin);
}

Result<Document> Outgoing::issue(const Caller& caller,
                                 DocumentId id,
                                 std::int64_t version,
                                 const crypto::SecretBytes& pin) {
  auto start = parts_.transactions.read<Start>([&](work::Tx& tx) -> Result<Start> {
    auto begun = startOn(tx, caller, id, version);
    if (!begun || begun->made_already) return begun;
    const auto clerk = requireClerk(tx, caller, begun->document);
    if (!clerk) return clerk.error();
    return begun;
  });
  if (!start) return start.error();
  if (start->made_already) return start->document;
  Result<Document> document(std::move(start->document));
  // A number once given stays: a document whose seal failed comes back in state Issuing.
  if (document->state != DocumentState::Issuing) {
    auto first_half = caller;  // the retry key belongs to the whole act
    first_half.once.reset();
    document = reserveNumber(first_half, id, version);
    if (!document) return document;
  }

  const auto sealed = sealFile(caller, *document, pin);
  if (!sealed) {
    const auto noted = parts_.transactions.run<std::monostate>([&](work::Tx& tx) {
      return parts_.trail.record(tx,
                                 documentEvent(audit::EventKind::SealFailed, caller, *document));
    });
    return noted ? sealed.error() : noted.error();
  }
  return alter(caller,
               id,
               document->version,
               audit::EventKind::DocumentIssued,
               [&](work::Tx& tx, Document& now) -> Result<> {
                 if (now.state != DocumentState::Issuing) return wrongState(now);
                 now.state = DocumentState::Issued;
                 now.file = sealed->blob;
                 now.file_size = sealed->size;
                 return addFile(tx, now, FilePurpose::Issued, caller);
               });
}

Result<> Outgoing::deliverTo(work::Tx& tx,
                             const Caller& caller,
                             const Document& document,
                             const directory::Agency& sender,
                             AgencyId recipient) {
  const auto delivery = parts_.deliveries.deliver(
      tx,
      {document.id.value, document.agency.value, recipient.value, document.file},
      directory::actor(caller),
      caller.trace);
  if (!delivery) return delivery.error();
  return parts_.records.addIncoming(tx,
                                    {.id = ids_.make<IncomingTag>(),
                                     .agency = recipient,
                                     .delivery = delivery->id,
                                     .sender = document.agency,
                                     .sender_name = sender.name,
                                     .type = document.type,
                                     .code = codeText(*document.number, document.notation),
                                     .issue_date = *document.issue_date,
                                     .subject = document.subject,
                                     .urgency = document.urgency,
                                     .file = document.file,
                                     .file_size = document.file_size,
                                     .arrived = delivery->sent,
                                     .changed = delivery->sent});
}

Result<Document> Outgoing::dispatch(const Caller& caller, DocumentId id, std::int64_t version) {
  return alter(caller,
               id,
               version,
               audit::EventKind::DocumentDispatched,
               [&](work::Tx& tx, Document& document) -> Result<> {
                 const auto clerk = requireClerk(tx, caller, document);
                 if (!clerk) return clerk;
                 if (document.state != DocumentState::Issued) return wrongState(document);
                 const auto sender = parts_.directory.findAgency(tx, document.agency);
                 if (!sender) return sender.error();
                 for (const auto recipient : document.recipients) {
                   const auto delivered = deliverTo(tx, caller, document, *sender, recipient);
                   if (!delivered) return delivered;
                 }
                 document.state = DocumentState::Dispatched;
                 return kDone;
               });
}

Result<Document> Outgoing::readable(work::Tx& tx, const Caller& caller, DocumentId id) {
  auto document = parts_.records.findDocument(tx, id);
  if (!document) return document;
  const bool on_route = std::ranges::any_of(
      document->steps, [&](const Step& step) { return step.post == caller.post; });
  if (document->drafter == caller.person || on_route) return document;

  const auto issuing = directory::lineageOf(tx, parts_.directory, document->agency);
  if (!issuing) return issuing.error();
  const auto drafting = directory::lineageOf(tx, parts_.directory, document->drafted_in);
  if (!drafting) return drafting.error();
  for (const auto role : {Role::Clerk, Role::Leader, Role::FormChecker, Role::Auditor}) {
    if (directory::holds(caller, role, *issuing)) return document;
  }
  if (directory::holds(caller, Role::UnitHead, *drafting)) return document;
  return Error{Code::Forbidden, "document_not_yours"};
}

Result<Document> Outgoing::find(const Caller& caller, DocumentId id) {
  return parts_.transactions.read<Document>([&](work::Tx& tx) { return readable(tx, caller, id); });
}

Result<std::vector<DocumentFile>> Outgoing::files(const Caller& caller, DocumentId id) {
  return parts_.transactions.read<std::vector<DocumentFile>>(
      [&](work::Tx& tx) -> Result<std::vector<DocumentFile>> {
        const auto document = readable(tx, caller, id);
        if (!document) return document.error();
        return parts_.records.files(tx, id);
      });
}

Result<std::vector<exchange::Delivery>> Outgoing::deliveries(const Caller& caller, DocumentId id) {
  return parts_.transactions.read<std::vector<exchange::Delivery>>(
      [&](work::Tx& tx) -> Result<std::vector<exchange::Delivery>> {
        const auto document = readable(tx, caller, id);
        if (!document) return document.error();
        return parts_.deliveries.ofDocument(tx, id.value);
      });
}

Result<std::vector<Document>> Outgoing::list(const Caller& caller,
                                             Box box,
                                             const Page<DocumentId>& page) {
  return parts_.transactions.read<std::vector<Document>>(
      [&](work::Tx& tx) -> Result<std::vector<Document>> {
        DocumentFilter filter;
        if (box == Box::Mine) filter.drafter = caller.person;
        if (box == Box::ToSign) filter.waiting_for = caller.post;
        if (box == Box::ToIssue || box == Box::OfAgency) {
          // The agency one clerks (or leads) for is the one the grant names, not where the post
          // sits.
          const auto grant = std::ranges::find_if(caller.grants, [&](const directory::Grant& one) {
            return one.role == Role::Clerk || (box == Box::OfAgency && one.role == Role::Leader);
          });
          if (grant == caller.grants.end()) {
            return Error{Code::Forbidden, "role_missing", {{"role", "clerk"}}};
          }
          filter.agency = grant->over;
          if (box == Box::ToIssue) filter.states = {DocumentState::Signed, DocumentState::Issuing};
        }
        return parts_.records.documents(tx, filter, page);
      });
}

}  // namespace congvan::records
