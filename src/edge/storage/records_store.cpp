// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/records_store.h"

#include "edge/storage/columns.h"
#include "edge/storage/document_columns.h"
#include "edge/storage/transactions.h"

#include <algorithm>

namespace congvan::storage {
namespace {

using records::AgencyId;
using records::Assignment;
using records::AssignmentId;
using records::Document;
using records::DocumentFile;
using records::DocumentId;
using records::Incoming;
using records::IncomingId;
using records::PersonId;
using records::PostId;
using records::Verdict;

constexpr int kPageMost = 200;

constexpr std::string_view kSelectDocument =
    "SELECT id, agency, drafted_in, drafter, drafter_post, type, subject, urgency, state, "
    "return_reason, number, notation, issue_date, file, file_size, steps, slots, recipients, "
    "created, changed, version, timestamp_job FROM documents";

Document documentFrom(const Row& row) {
  Document document;
  document.id = row.id<DocumentId>(0);
  document.agency = row.id<AgencyId>(1);
  document.drafted_in = row.id<AgencyId>(2);
  document.drafter = row.id<PersonId>(3);
  document.drafter_post = row.id<PostId>(4);
  document.type = row.text(5);
  document.subject = row.text(6);
  document.urgency = known(records::urgency(row.text(7)));
  document.state = known(records::documentState(row.text(8)));
  document.return_reason = row.text(9);
  document.number = row.optionalInteger(10);
  document.notation = row.text(11);
  document.issue_date = optionalDate(row, 12);
  document.file = blobHash(row, 13);
  document.file_size = row.integer(14);
  document.steps = stepsFrom(row.text(15));
  document.slots = slotsFrom(row.text(16));
  document.recipients = recipientsFrom(row.text(17));
  document.created = row.time(18);
  document.changed = row.time(19);
  document.version = row.integer(20);
  document.timestamp_job = row.optionalId<work::JobId>(21);
  return document;
}

std::optional<PostId> waitingPost(const Document& document) {
  const auto step =
      std::ranges::find_if(document.steps, [](const auto& each) { return !each.done_at; });
  if (step == document.steps.end()) return std::nullopt;
  return step->post;
}

constexpr std::string_view kSelectIncoming =
    "SELECT id, agency, delivery, sender, sender_name, type, code, issue_date, subject, urgency, "
    "file, file_size, state, verification, verification_report, arrival_number, arrival_date, "
    "return_reason, arrived, changed, version FROM incoming";

Incoming incomingFrom(const Row& row) {
  Incoming incoming;
  incoming.id = row.id<IncomingId>(0);
  incoming.agency = row.id<AgencyId>(1);
  incoming.delivery = row.id<exchange::DeliveryId>(2);
  incoming.sender = row.id<AgencyId>(3);
  incoming.sender_name = row.text(4);
  incoming.type = row.text(5);
  incoming.code = row.text(6);
  incoming.issue_date = dateFrom(row.text(7));
  incoming.subject = row.text(8);
  incoming.urgency = known(records::urgency(row.text(9)));
  incoming.file = blobHash(row, 10);
  incoming.file_size = row.integer(11);
  incoming.state = known(exchange::deliveryState(row.text(12)));
  incoming.verification = row.text(13);
  incoming.verification_report = optionalBlobHash(row, 14);
  incoming.arrival_number = row.optionalInteger(15);
  incoming.arrival_date = optionalDate(row, 16);
  incoming.return_reason = row.text(17);
  incoming.arrived = row.time(18);
  incoming.changed = row.time(19);
  incoming.version = row.integer(20);
  return incoming;
}

constexpr std::string_view kSelectAssignment =
    "SELECT id, incoming, person, person_post, lead_post, opinion, deadline, state, result, "
    "created, changed, version, "
    "COALESCE((SELECT i.code FROM incoming i WHERE i.id = assignments.incoming), ''), "
    "COALESCE((SELECT i.subject FROM incoming i WHERE i.id = assignments.incoming), '') "
    "FROM assignments";

Assignment assignmentFrom(const Row& row) {
  Assignment assignment;
  assignment.id = row.id<AssignmentId>(0);
  assignment.incoming = row.id<IncomingId>(1);
  assignment.by = row.id<PersonId>(2);
  assignment.by_post = row.id<PostId>(3);
  assignment.lead = row.id<PostId>(4);
  assignment.opinion = row.text(5);
  assignment.deadline = optionalDate(row, 6);
  assignment.state = known(records::assignmentState(row.text(7)));
  assignment.result = row.text(8);
  assignment.created = row.time(9);
  assignment.changed = row.time(10);
  assignment.version = row.integer(11);
  assignment.code = row.text(12);
  assignment.subject = row.text(13);
  return assignment;
}

DocumentFile fileFrom(const Row& row) {
  DocumentFile file;
  file.document = row.id<DocumentId>(0);
  file.ordinal = static_cast<int>(row.integer(1));
  file.purpose = known(records::filePurpose(row.text(2)));
  file.blob = blobHash(row, 3);
  file.size = row.integer(4);
  file.by = row.optionalId<PersonId>(5);
  file.at = row.time(6);
  return file;
}

constexpr std::string_view kSelectDelivery =
    "SELECT id, document, sender, recipient, attempt, file, state, note, receipt, sent, changed, "
    "version FROM deliveries";

exchange::Delivery deliveryFrom(const Row& row) {
  exchange::Delivery delivery;
  delivery.id = row.id<exchange::DeliveryId>(0);
  delivery.document = row.uuid(1);
  delivery.sender = row.uuid(2);
  delivery.recipient = row.uuid(3);
  delivery.attempt = static_cast<int>(row.integer(4));
  delivery.file = blobHash(row, 5);
  delivery.state = known(exchange::deliveryState(row.text(6)));
  delivery.note = row.text(7);
  delivery.receipt = optionalUuid(row, 8);
  delivery.sent = row.time(9);
  delivery.changed = row.time(10);
  delivery.version = row.integer(11);
  return delivery;
}

}  // namespace

Result<> SqlRecordStore::addDocument(work::Tx& tx, const Document& document) {
  const bool stored = connectionOf(tx).insertUnlessTaken(
      "INSERT INTO documents (id, agency, drafted_in, drafter, drafter_post, type, subject, "
      "urgency, state, return_reason, number, notation, issue_date, file, file_size, steps, slots, "
      "recipients, waiting_post, timestamp_job, created, changed, version) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {document.id,
       document.agency,
       document.drafted_in,
       document.drafter,
       document.drafter_post,
       document.type,
       document.subject,
       name(document.urgency),
       name(document.state),
       document.return_reason,
       document.number,
       document.notation,
       dateColumn(document.issue_date),
       document.file.bytes,
       document.file_size,
       stepsColumn(document.steps),
       slotsColumn(document.slots),
       recipientsColumn(document.recipients),
       waitingPost(document),
       document.timestamp_job,
       document.created,
       document.changed,
       document.version});
  if (!stored) return taken("document_taken");
  return kDone;
}

Result<> SqlRecordStore::replaceDocument(work::Tx& tx, const Document& document) {
  return swapped(connectionOf(tx).execute(
      "UPDATE documents SET agency = ?, drafted_in = ?, drafter = ?, drafter_post = ?, type = ?, "
      "subject = ?, urgency = ?, state = ?, return_reason = ?, number = ?, notation = ?, "
      "issue_date = ?, file = ?, file_size = ?, steps = ?, slots = ?, recipients = ?, "
      "waiting_post = ?, timestamp_job = ?, changed = ?, version = version + 1 "
      "WHERE id = ? AND version = ?",
      {document.agency,
       document.drafted_in,
       document.drafter,
       document.drafter_post,
       document.type,
       document.subject,
       name(document.urgency),
       name(document.state),
       document.return_reason,
       document.number,
       document.notation,
       dateColumn(document.issue_date),
       document.file.bytes,
       document.file_size,
       stepsColumn(document.steps),
       slotsColumn(document.slots),
       recipientsColumn(document.recipients),
       waitingPost(document),
       document.timestamp_job,
       document.changed,
       document.id,
       document.version}));
}

Result<Document> SqlRecordStore::findDocument(work::Tx& tx, DocumentId id) {
  const auto row = connectionOf(tx).queryOne(std::string(kSelectDocument) + " WHERE id = ?", {id});
  return found(row, "document_missing", documentFrom);
}

Result<std::vector<Document>> SqlRecordStore::documents(work::Tx& tx,
                                                        const records::DocumentFilter& filter,
                                                        const records::Page<DocumentId>& page) {
  std::vector<std::string> states;
  for (const auto state : filter.states) states.emplace_back(name(state));
  Conditions where;
  where.addAnyOf("agency", filter.agencies);
  if (filter.drafter) where.add("drafter = ?", {*filter.drafter});
  if (filter.waiting_for) where.add("waiting_post = ?", {*filter.waiting_for});
  where.addAnyOf("state", states);
  if (filter.awaiting_timestamp) where.add("timestamp_job IS NOT NULL", {});
  if (page.after) where.add("id < ?", {*page.after});
  return all(connectionOf(tx).query(
                 std::string(kSelectDocument) + where.text() + " ORDER BY id DESC LIMIT ?",
                 where.params({pageLimit(page.limit, kPageMost)})),
             documentFrom);
}

Result<> SqlRecordStore::addFile(work::Tx& tx, const DocumentFile& file) {
  const bool stored = connectionOf(tx).insertUnlessTaken(
      "INSERT INTO document_files (document, ordinal, purpose, file, file_size, person, made) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      {file.document,
       file.ordinal,
       name(file.purpose),
       file.blob.bytes,
       file.size,
       file.by,
       file.at});
  if (!stored) return taken("file_taken");
  return kDone;
}

Result<std::vector<DocumentFile>> SqlRecordStore::files(work::Tx& tx, DocumentId document) {
  return all(
      connectionOf(tx).query("SELECT document, ordinal, purpose, file, file_size, person, made "
                             "FROM document_files WHERE document = ? ORDER BY ordinal",
                             {document}),
      fileFrom);
}

Result<std::int64_t> SqlRecordStore::nextNumber(work::Tx& tx,
                                                AgencyId agency,
                                                std::string_view book,
                                                int year) {
  auto& connection = connectionOf(tx);
  const auto advance = [&] {
    return connection.execute(
        "UPDATE number_books SET last_number = last_number + 1 "
        "WHERE agency = ? AND book = ? AND book_year = ?",
        {agency, book, year});
  };
  // The row stays locked from here to the end of the transaction, so the next caller waits and
  // sees this number, or takes it when we roll back.
  if (advance() == 0) {
    const bool first = connection.insertUnlessTaken(
        "INSERT INTO number_books (agency, book, book_year, last_number) VALUES (?, ?, ?, 1)",
        {agency, book, year});
    if (first) return std::int64_t{1};
    if (advance() == 0) throw DatabaseFault("a number book that is there cannot be advanced");
  }
  const auto row = connection.queryOne(
      "SELECT last_number FROM number_books WHERE agency = ? AND book = ? AND book_year = ?",
      {agency, book, year});
  return row->integer(0);
}

Result<> SqlRecordStore::addIncoming(work::Tx& tx, const Incoming& incoming) {
  const bool stored = connectionOf(tx).insertUnlessTaken(
      "INSERT INTO incoming (id, agency, delivery, sender, sender_name, type, code, issue_date, "
      "subject, urgency, file, file_size, state, verification, verification_report, judged, "
      "arrival_number, arrival_date, return_reason, arrived, changed, version) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {incoming.id,
       incoming.agency,
       incoming.delivery,
       incoming.sender,
       incoming.sender_name,
       incoming.type,
       incoming.code,
       formatDate(incoming.issue_date),
       incoming.subject,
       name(incoming.urgency),
       incoming.file.bytes,
       incoming.file_size,
       name(incoming.state),
       incoming.verification,
       hashColumn(incoming.verification_report),
       !incoming.verification.empty(),
       incoming.arrival_number,
       dateColumn(incoming.arrival_date),
       incoming.return_reason,
       incoming.arrived,
       incoming.changed,
       incoming.version});
  if (!stored) return taken("incoming_taken");
  return kDone;
}

Result<> SqlRecordStore::replaceIncoming(work::Tx& tx, const Incoming& incoming) {
  return swapped(connectionOf(tx).execute(
      "UPDATE incoming SET agency = ?, sender = ?, sender_name = ?, type = ?, code = ?, "
      "issue_date = ?, subject = ?, urgency = ?, file = ?, file_size = ?, state = ?, "
      "verification = ?, verification_report = ?, judged = ?, arrival_number = ?, "
      "arrival_date = ?, return_reason = ?, changed = ?, version = version + 1 "
      "WHERE id = ? AND version = ?",
      {incoming.agency,
       incoming.sender,
       incoming.sender_name,
       incoming.type,
       incoming.code,
       formatDate(incoming.issue_date),
       incoming.subject,
       name(incoming.urgency),
       incoming.file.bytes,
       incoming.file_size,
       name(incoming.state),
       incoming.verification,
       hashColumn(incoming.verification_report),
       !incoming.verification.empty(),
       incoming.arrival_number,
       dateColumn(incoming.arrival_date),
       incoming.return_reason,
       incoming.changed,
       incoming.id,
       incoming.version}));
}

Result<Incoming> SqlRecordStore::findIncoming(work::Tx& tx, IncomingId id) {
  return found(connectionOf(tx).queryOne(std::string(kSelectIncoming) + " WHERE id = ?", {id}),
               "incoming_missing",
               incomingFrom);
}

Result<Incoming> SqlRecordStore::findIncomingOfDelivery(work::Tx& tx,
                                                        exchange::DeliveryId delivery) {
  return found(
      connectionOf(tx).queryOne(std::string(kSelectIncoming) + " WHERE delivery = ?", {delivery}),
      "incoming_missing",
      incomingFrom);
}

Result<std::vector<records::SentCopy>> SqlRecordStore::copies(work::Tx& tx, DocumentId document) {
  return all(
      connectionOf(tx).query("SELECT d.id, d.recipient, i.id FROM deliveries d "
                             "LEFT JOIN incoming i ON i.delivery = d.id WHERE d.document = ?",
                             {document}),
      [](const Row& row) {
        return records::SentCopy{.delivery = row.id<exchange::DeliveryId>(0),
                                 .recipient = row.id<AgencyId>(1),
                                 .incoming = row.optionalId<IncomingId>(2)};
      });
}

Result<std::vector<Incoming>> SqlRecordStore::incoming(work::Tx& tx,
                                                       const records::IncomingFilter& filter,
                                                       const records::Page<IncomingId>& page) {
  if (filter.agencies.empty()) return std::vector<Incoming>();
  Conditions where;
  where.addAnyOf("agency", filter.agencies);
  if (filter.state) where.add("state = ?", {name(*filter.state)});
  if (page.after) where.add("id < ?", {*page.after});
  return all(connectionOf(tx).query(
                 std::string(kSelectIncoming) + where.text() + " ORDER BY id DESC LIMIT ?",
                 where.params({pageLimit(page.limit, kPageMost)})),
             incomingFrom);
}

Result<std::vector<Incoming>> SqlRecordStore::unverified(work::Tx& tx,
                                                         std::optional<IncomingId> after,
                                                         int limit) {
  return all(connectionOf(tx).query(
                 std::string(kSelectIncoming) + " WHERE judged = 0 AND id > ? ORDER BY id LIMIT ?",
                 {after.value_or(IncomingId{}), pageLimit(limit, kPageMost)}),
             incomingFrom);
}

Result<> SqlRecordStore::addVerdict(work::Tx& tx, const Verdict& verdict) {
  const bool stored = connectionOf(tx).insertUnlessTaken(
      "INSERT INTO incoming_verdicts (incoming, ordinal, file, verification, report, person, "
      "judged) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      {verdict.incoming,
       std::int64_t{verdict.ordinal},
       verdict.file.bytes,
       verdict.verification,
       verdict.report.bytes,
       verdict.by,
       verdict.at});
  if (!stored) return taken("verdict_taken");
  return kDone;
}

Result<std::vector<Verdict>> SqlRecordStore::verdicts(work::Tx& tx, IncomingId incoming) {
  return all(
      connectionOf(tx).query("SELECT incoming, ordinal, file, verification, report, person, judged "
                             "FROM incoming_verdicts WHERE incoming = ? ORDER BY ordinal",
                             {incoming}),
      [](const Row& row) {
        return Verdict{.incoming = row.id<IncomingId>(0),
                       .ordinal = static_cast<int>(row.integer(1)),
                       .file = blobHash(row, 2),
                       .verification = row.text(3),
                       .report = blobHash(row, 4),
                       .by = row.optionalId<PersonId>(5),
                       .at = row.time(6)};
      });
}

Result<> SqlRecordStore::addAssignment(work::Tx& tx, const Assignment& assignment) {
  const bool stored = connectionOf(tx).insertUnlessTaken(
      "INSERT INTO assignments (id, incoming, person, person_post, lead_post, opinion, deadline, "
      "state, result, created, changed, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {assignment.id,
       assignment.incoming,
       assignment.by,
       assignment.by_post,
       assignment.lead,
       assignment.opinion,
       dateColumn(assignment.deadline),
       name(assignment.state),
       assignment.result,
       assignment.created,
       assignment.changed,
       assignment.version});
  if (!stored) return taken("assignment_taken");
  return kDone;
}

Result<> SqlRecordStore::replaceAssignment(work::Tx& tx, const Assignment& assignment) {
  return swapped(connectionOf(tx).execute(
      "UPDATE assignments SET person = ?, person_post = ?, lead_post = ?, opinion = ?, "
      "deadline = ?, state = ?, result = ?, changed = ?, version = version + 1 "
      "WHERE id = ? AND version = ?",
      {assignment.by,
       assignment.by_post,
       assignment.lead,
       assignment.opinion,
       dateColumn(assignment.deadline),
       name(assignment.state),
       assignment.result,
       assignment.changed,
       assignment.id,
       assignment.version}));
}

Result<Assignment> SqlRecordStore::findAssignment(work::Tx& tx, AssignmentId id) {
  const auto row =
      connectionOf(tx).queryOne(std::string(kSelectAssignment) + " WHERE id = ?", {id});
  return found(row, "assignment_missing", assignmentFrom);
}

Result<std::vector<Assignment>> SqlRecordStore::assignments(work::Tx& tx, IncomingId incoming) {
  return all(connectionOf(tx).query(
                 std::string(kSelectAssignment) + " WHERE incoming = ? ORDER BY id", {incoming}),
             assignmentFrom);
}

Result<std::vector<Assignment>> SqlRecordStore::assignmentsOfPost(
    work::Tx& tx, PostId lead, const records::Page<AssignmentId>& page) {
  Conditions where;
  where.add("lead_post = ?", {lead});
  if (page.after) where.add("id < ?", {*page.after});
  return all(connectionOf(tx).query(
                 std::string(kSelectAssignment) + where.text() + " ORDER BY id DESC LIMIT ?",
                 where.params({pageLimit(page.limit, kPageMost)})),
             assignmentFrom);
}

Result<> SqlDeliveryStore::add(work::Tx& tx, const exchange::Delivery& delivery) {
  const bool stored = connectionOf(tx).insertUnlessTaken(
      "INSERT INTO deliveries (id, document, sender, recipient, attempt, file, state, note, "
      "receipt, sent, changed, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {delivery.id,
       delivery.document,
       delivery.sender,
       delivery.recipient,
       std::int64_t{delivery.attempt},
       delivery.file.bytes,
       name(delivery.state),
       delivery.note,
       delivery.receipt,
       delivery.sent,
       delivery.changed,
       delivery.version});
  if (!stored) return taken("delivery_taken");
  return kDone;
}

Result<> SqlDeliveryStore::replace(work::Tx& tx, const exchange::Delivery& delivery) {
  return swapped(connectionOf(tx).execute(
      "UPDATE deliveries SET file = ?, state = ?, note = ?, receipt = ?, changed = ?, "
      "version = version + 1 WHERE id = ? AND version = ?",
      {delivery.file.bytes,
       name(delivery.state),
       delivery.note,
       delivery.receipt,
       delivery.changed,
       delivery.id,
       delivery.version}));
}

Result<exchange::Delivery> SqlDeliveryStore::find(work::Tx& tx, exchange::DeliveryId id) {
  const auto row = connectionOf(tx).queryOne(std::string(kSelectDelivery) + " WHERE id = ?", {id});
  return found(row, "delivery_missing", deliveryFrom);
}

Result<exchange::Delivery> SqlDeliveryStore::lastTo(work::Tx& tx,
                                                    const Uuid& document,
                                                    const Uuid& recipient) {
  const auto row = connectionOf(tx).queryOne(
      std::string(kSelectDelivery) +
          " WHERE document = ? AND recipient = ? ORDER BY attempt DESC LIMIT 1",
      {document, recipient});
  return found(row, "delivery_missing", deliveryFrom);
}

Result<std::vector<exchange::Delivery>> SqlDeliveryStore::ofDocument(work::Tx& tx,
                                                                     const Uuid& document) {
  return all(connectionOf(tx).query(
                 std::string(kSelectDelivery) + " WHERE document = ? ORDER BY id", {document}),
             deliveryFrom);
}

}  // namespace congvan::storage
