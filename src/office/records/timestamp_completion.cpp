// SPDX-License-Identifier: Apache-2.0
#include "office/records/timestamp_completion.h"

#include "base/json_fields.h"
#include "office/records/outgoing_internal.h"

#include <nlohmann/json.hpp>

namespace congvan::records {
namespace {

constexpr std::chrono::seconds kMoment{5};

Result<DocumentId> documentOf(const work::Job& job) {
  const auto json = parseJson(job.payload);
  if (!json) return json.error();
  Fields fields(*json);
  const auto id = DocumentId::parse(fields.text("document", 36));
  if (!id) fields.refuse("document", "not_an_id");
  const auto read = fields.finish();
  if (!read) return read.error();
  return *id;
}

}  // namespace

work::Job timestampJob(work::JobId id, DocumentId document, Instant now) {
  return {.id = id,
          .kind = std::string(kTimestampJob),
          .payload = R"({"document":")" + document.text() + R"("})",
          .total = 1,
          .last_error = {},
          .due = now + kMoment,
          .created = now};
}

Result<> TimestampCompletion::complete(work::Run& run) {
  const auto id = documentOf(run.job());
  if (!id) return id.error();
  const auto seen = parts_.transactions.read<Document>(
      [&](work::Tx& tx) { return parts_.records.findDocument(tx, *id); });
  if (!seen) return seen.error();
  if (seen->timestamp_job != run.job().id) {  // it has a new file by now, or another job
    return parts_.transactions.run<std::monostate>([&](work::Tx& tx) { return run.finish(tx); });
  }
  const auto stamped = parts_.signer.addTimestamp(seen->file);
  if (!stamped) return stamped.error();
  const auto alive = run.heartbeat();
  if (!alive) return alive;
  return parts_.transactions.run<std::monostate>([&](work::Tx& tx) -> Result<> {
    const auto kept = keep(tx, *seen, *stamped);
    if (!kept) return kept;
    return run.finish(tx);
  });
}

Result<> TimestampCompletion::keep(work::Tx& tx,
                                   const Document& seen,
                                   const signing::StoredFile& stamped) {
  auto document = parts_.records.findDocument(tx, seen.id);
  if (!document) return document.error();
  // Acts that left the file alone (a dispatch, say) do not stand in the way.
  if (document->file != seen.file) return Error{Code::Stale, "version_stale"};
  const auto now = parts_.clock.now();
  document->file = stamped.blob;
  document->file_size = stamped.size;
  document->timestamp_job.reset();
  document->changed = now;
  const auto replaced = parts_.records.replaceDocument(tx, *document);
  if (!replaced) return replaced;
  const auto files = parts_.records.files(tx, seen.id);
  if (!files) return files.error();
  const auto added = parts_.records.addFile(tx,
                                            {.document = seen.id,
                                             .ordinal = static_cast<int>(files->size()) + 1,
                                             .purpose = FilePurpose::Timestamped,
                                             .blob = stamped.blob,
                                             .size = stamped.size,
                                             .by = {},
                                             .at = now});
  if (!added) return added;
  auto event = documentEvent(audit::EventKind::DocumentTimestamped, {}, *document);
  event.by = {};  // nobody's act: the system's
  const auto recorded = parts_.trail.record(tx, event);
  if (!recorded) return recorded;
  return renewDeliveries(tx, *document);
}

Result<> TimestampCompletion::renewDeliveries(work::Tx& tx, const Document& document) {
  const auto deliveries = parts_.deliveries.ofDocument(tx, document.id.value);
  if (!deliveries) return deliveries.error();
  for (const auto& delivery : *deliveries) {
    if (delivery.state != exchange::DeliveryState::Arrived) continue;
    const auto renewed = parts_.deliveries.renew(tx, delivery, document.file);
    if (!renewed) return renewed;
    auto incoming = parts_.records.findIncomingOfDelivery(tx, delivery.id);
    if (!incoming) return incoming.error();
    incoming->file = document.file;
    incoming->file_size = document.file_size;
    incoming->verification.clear();  // it is judged again
    incoming->verification_report.reset();
    incoming->changed = document.changed;
    const auto replaced = parts_.records.replaceIncoming(tx, *incoming);
    if (!replaced) return replaced;
  }
  return kDone;
}

Result<bool> TimestampCompletion::requeueOne(work::Tx& tx, Document document) {
  const auto job = parts_.jobs.find(tx, *document.timestamp_job);
  if (!job && job.error().code != Code::NotFound) return job.error();
  const bool open =
      job && (job->state == work::JobState::Waiting || job->state == work::JobState::Running);
  if (open) return false;
  document.timestamp_job = ids_.make<work::JobTag>();
  const auto added =
      parts_.jobs.add(tx, timestampJob(*document.timestamp_job, document.id, parts_.clock.now()));
  if (!added) return added.error();
  const auto replaced = parts_.records.replaceDocument(tx, document);
  if (!replaced) return replaced.error();
  return true;
}

Result<int> TimestampCompletion::requeue() {
  Page<DocumentId> page{.limit = 200};
  int count = 0;
  for (;;) {
    const auto waiting = parts_.transactions.read<std::vector<Document>>([&](work::Tx& tx) {
      return parts_.records.documents(tx, {.awaiting_timestamp = true}, page);
    });
    if (!waiting) return waiting.error();
    for (const auto& document : *waiting) {
      const auto made =
          parts_.transactions.run<bool>([&](work::Tx& tx) { return requeueOne(tx, document); });
      // Another instance that starts at the same moment was quicker.
      if (!made && made.error().code != Code::Stale) return made.error();
      count += made && *made ? 1 : 0;
    }
    if (waiting->size() < static_cast<std::size_t>(page.limit)) return count;
    page.after = waiting->back().id;
  }
}

}  // namespace congvan::records
