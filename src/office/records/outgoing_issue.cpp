// SPDX-License-Identifier: Apache-2.0
#include "office/records/numbering.h"
#include "office/records/outgoing.h"
#include "office/records/outgoing_internal.h"
#include "office/records/slots.h"
#include "office/records/text_limits.h"

namespace congvan::records {
namespace {

signing::TextTask fill(const Document& document,
                       std::string_view field,
                       std::string value,
                       signing::TextFace face) {
  const auto& slot = slotOf(document, field);
  return {std::string(field), std::move(value), face, slot.width, slot.height};
}

std::vector<signing::TextTask> fillsOf(const Document& document, std::int64_t number, Date date) {
  return {
      fill(document, kNumberField, codeText(number, document.notation), signing::TextFace::Upright),
      fill(document, kDateField, dateText(date), signing::TextFace::Italic)};
}

}  // namespace

signing::SealTask sealTask(const Document& document, const std::string& agency_name) {
  constexpr std::int64_t kWidestNumber = 99'999;
  constexpr Date kWidestDate{std::chrono::year(2099), std::chrono::month(12), std::chrono::day(30)};
  const auto& slot = slotOf(document, kSealField);
  return {.file = document.file,
          .field = std::string(kSealField),
          .agency = document.agency.value,
          .agency_name = agency_name,
          .width = slot.width,
          .height = slot.height,
          .widest = fillsOf(document, kWidestNumber, kWidestDate)};
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

Result<signing::DocumentSigner::ReadySeal> Outgoing::readySeal(const Caller& caller,
                                                               const Document& document,
                                                               const crypto::SecretBytes& pin) {
  const auto agency = parts_.transactions.read<directory::Agency>(
      [&](work::Tx& tx) { return parts_.directory.findAgency(tx, document.agency); });
  if (!agency) return agency.error();
  return parts_.signer.readySeal(caller, sealTask(document, agency->name), pin);
}

Result<Document> Outgoing::issue(const Caller& caller,
                                 DocumentId id,
                                 std::int64_t version,
                                 const crypto::SecretBytes& pin) {
  // The retry key belongs to the whole act; a key derived from it marks the first half.
  auto first_half = caller;
  if (first_half.once) first_half.once->key += " number";
  auto start = parts_.transactions.read<Start>([&](work::Tx& tx) -> Result<Start> {
    const auto reserved = parts_.once.before(tx, first_half.once);
    if (!reserved) return reserved.error();
    auto from = version;
    if (*reserved) {  // cut off after the number: go on from there, not from the version seen
                      // before
      const auto now = readable(tx, caller, id);
      if (!now) return now.error();
      from = now->version;
    }
    auto begun = startOn(tx, caller, id, from);
    if (!begun || begun->made_already) return begun;
    const auto clerk = requireClerk(tx, caller, begun->document);
    if (!clerk) return clerk.error();
    const auto state = begun->document.state;
    if (state != DocumentState::Signed && state != DocumentState::Issuing) {
      return wrongState(begun->document);
    }
    return begun;
  });
  if (!start) return start.error();
  if (start->made_already) return start->document;
  // No number is spent on a seal that cannot be: a wrong PIN changes nothing.
  auto ready = readySeal(caller, start->document, pin);
  if (!ready) return ready.error();
  Result<Document> document(std::move(start->document));
  // A number once given stays: a document whose seal failed comes back in state Issuing.
  if (document->state != DocumentState::Issuing) {
    document = reserveNumber(first_half, id, version);
    if (!document) return document;
  }

  const auto sealed = parts_.signer.seal(
      std::move(*ready), fillsOf(*document, *document->number, *document->issue_date));
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
                 return takeFile(tx, now, *sealed, FilePurpose::Issued, caller);
               });
}

Result<Document> Outgoing::cancelNumber(const Caller& caller,
                                        DocumentId id,
                                        std::int64_t version,
                                        std::string_view reason) {
  return alterFor(reason,
                  caller,
                  id,
                  version,
                  audit::EventKind::NumberCancelled,
                  [&](work::Tx& tx, Document& document) -> Result<> {
                    const auto clerk = requireClerk(tx, caller, document);
                    if (!clerk) return clerk;
                    if (document.state != DocumentState::Issuing) return wrongState(document);
                    document.state = DocumentState::Cancelled;
                    return kDone;
                  });
}

Result<> Outgoing::deliverTo(work::Tx& tx,
                             const Caller& caller,
                             const Document& document,
                             const directory::Agency& sender,
                             AgencyId recipient,
                             int attempt) {
  const auto delivery = parts_.deliveries.deliver(
      tx,
      {document.id.value, document.agency.value, recipient.value, document.file, attempt},
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

Result<Document> Outgoing::dispatchAgain(const Caller& caller,
                                         DocumentId id,
                                         std::int64_t version,
                                         AgencyId recipient) {
  return alter(caller,
               id,
               version,
               audit::EventKind::DocumentSentAgain,
               [&](work::Tx& tx, Document& document) -> Result<> {
                 const auto clerk = requireClerk(tx, caller, document);
                 if (!clerk) return clerk;
                 if (document.state != DocumentState::Dispatched) return wrongState(document);
                 const auto sent = parts_.deliveries.lastTo(tx, id.value, recipient.value);
                 if (!sent) return sent.error();
                 if (sent->state != exchange::DeliveryState::Returned) {
                   return exchange::stateWrong(sent->state);
                 }
                 const auto agency = parts_.directory.findAgency(tx, recipient);
                 if (!agency) return agency.error();
                 if (!directory::inForce(*agency, vietnamDate(parts_.clock.now()))) {
                   return ruleRefused("recipient_unknown", "agency", agency->name);
                 }
                 const auto sender = parts_.directory.findAgency(tx, document.agency);
                 if (!sender) return sender.error();
                 return deliverTo(tx, caller, document, *sender, recipient, sent->attempt + 1);
               });
}

}  // namespace congvan::records
