// SPDX-License-Identifier: Apache-2.0
#include "edge/http/api/views.h"

#include "base/encoding.h"
#include "office/records/numbering.h"
#include "trust/crypto/digest.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace congvan::http {
namespace {

Json idOrNull(const std::optional<Uuid>& id) {
  return id ? Json(id->text()) : Json(nullptr);
}

template <typename Of>
Json idOrNull(const std::optional<Id<Of>>& id) {
  return id ? Json(id->text()) : Json(nullptr);
}

Json timeOrNull(const std::optional<Instant>& time) {
  return time ? Json(formatVietnam(*time)) : Json(nullptr);
}

Json dateOrNull(const std::optional<directory::Date>& date) {
  return date ? Json(formatDate(*date)) : Json(nullptr);
}

template <typename T>
Json valueOrNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json actView(const std::optional<authority::Act>& act) {
  if (!act) return nullptr;
  return {{"by", act->person.text()}, {"at", formatVietnam(act->at)}};
}

Json grantsView(const std::vector<directory::Grant>& grants) {
  auto list = Json::array();
  for (const auto& grant : grants) {
    list.push_back({{"role", directory::name(grant.role)}, {"over", grant.over.text()}});
  }
  return list;
}

}  // namespace

Json view(const directory::Caller& caller) {
  return {{"person", caller.person.text()},
          {"post", caller.post.text()},
          {"agency", caller.agency.text()},
          {"name", caller.name},
          {"title", caller.title},
          {"capacity", directory::name(caller.capacity)},
          {"grants", grantsView(caller.grants)},
          {"passwordDue", caller.password_due}};
}

Json view(const directory::Agency& agency) {
  return {{"id", agency.id.text()},
          {"parent", idOrNull(agency.parent)},
          {"code", agency.code},
          {"name", agency.name},
          {"letters", agency.letters},
          {"kind", directory::name(agency.kind)},
          {"validFrom", formatDate(agency.valid_from)},
          {"validTo", dateOrNull(agency.valid_to)},
          {"successor", idOrNull(agency.successor)},
          {"version", agency.version}};
}

Json view(const directory::Person& person) {
  return {{"id", person.id.text()},
          {"name", person.name},
          {"email", person.email},
          {"version", person.version}};
}

Json view(const directory::Post& post) {
  return {{"id", post.id.text()},
          {"agency", post.agency.text()},
          {"title", post.title},
          {"capacity", directory::name(post.capacity)},
          {"signsFor", post.signs_for},
          {"holder", idOrNull(post.holder)},
          {"grants", grantsView(post.grants)},
          {"validFrom", formatDate(post.valid_from)},
          {"validTo", dateOrNull(post.valid_to)},
          {"ended", timeOrNull(post.ended)},
          {"version", post.version}};
}

Json view(const authority::Order& order) {
  return {{"id", order.id.text()},
          {"request", order.request.text()},
          {"kind", authority::name(order.kind)},
          {"person", idOrNull(order.holder.person)},
          {"agency", idOrNull(order.holder.agency)},
          {"activator", order.activator.text()},
          {"state", authority::name(order.state)},
          {"certificate", idOrNull(order.certificate)},
          {"created", formatVietnam(order.created)},
          {"version", order.version}};
}

Json view(const authority::CertificateRecord& record) {
  Json json = {{"id", record.id.text()},
               {"kind", authority::name(record.kind)},
               {"state", authority::name(record.state)},
               {"person", idOrNull(record.holder.person)},
               {"agency", idOrNull(record.holder.agency)},
               {"serial", record.serial},
               {"subject", record.subject},
               {"notBefore", formatVietnam(record.not_before)},
               {"notAfter", formatVietnam(record.not_after)},
               {"revoked", nullptr},
               {"version", record.version}};
  if (record.revoked) {
    json["revoked"] = {{"time", formatVietnam(record.revoked->time)},
                       {"reason", static_cast<int>(record.revoked->reason)},
                       {"invalidityDate", timeOrNull(record.revoked->invalidity_date)}};
  }
  return json;
}

Json view(const authority::RequestRecord& request) {
  const auto& content = request.content;
  const bool revokes = content.type == authority::RequestType::Revocation;
  const auto form = authority::formOf(content);
  const auto csr = content.csr.empty()
                       ? Json(nullptr)
                       : Json(toHex(crypto::digest(crypto::DigestAlgorithm::Sha256, content.csr)));
  return {{"id", request.id.text()},
          {"type", authority::name(content.type)},
          {"kind", authority::name(content.kind)},
          {"form", form ? Json(*form) : Json(nullptr)},
          {"state", authority::name(request.state)},
          {"person", idOrNull(content.person)},
          {"agency", content.agency.text()},
          {"deviceName", content.device_name},
          {"key", authority::name(content.key)},
          {"activator", idOrNull(content.activator)},
          {"csrSha256", csr},
          {"documentNumber", content.document_number},
          {"documentDate", dateOrNull(content.document_date)},
          {"follows", idOrNull(content.certificate)},
          {"revocationReason", revokes ? Json(static_cast<int>(content.reason)) : Json(nullptr)},
          {"invalidityDate", timeOrNull(content.invalidity_date)},
          {"reason", request.reason},
          {"entered", actView(request.entered)},
          {"confirmed", actView(request.confirmed)},
          {"accepted", actView(request.accepted)},
          {"approved", actView(request.approved)},
          {"handedOver", actView(request.handed_over)},
          {"due", dateOrNull(request.due)},
          {"renewals", request.renewals},
          {"contentHash", toHex(authority::contentHash(request))},
          {"rule", request.rule.empty() ? Json(nullptr) : Json(request.rule)},
          {"order", idOrNull(request.order)},
          {"certificate", idOrNull(request.certificate)},
          {"recordNumber", request.hand_over.record_number},
          {"deviceKind", request.hand_over.device_kind},
          {"deviceSerial", request.hand_over.device_serial},
          {"created", formatVietnam(request.created)},
          {"version", request.version}};
}

Json rowView(const records::Document& document) {
  const bool has_file = document.file_size > 0;
  const auto done = std::ranges::count_if(
      document.steps, [](const records::Step& step) { return step.done_at.has_value(); });
  return {{"id", document.id.text()},
          {"agency", document.agency.text()},
          {"draftedIn", document.drafted_in.text()},
          {"drafter", document.drafter.text()},
          {"type", document.type},
          {"subject", document.subject},
          {"urgency", records::name(document.urgency)},
          {"state", records::name(document.state)},
          {"returnReason", document.return_reason},
          {"number", valueOrNull(document.number)},
          {"notation", document.notation},
          {"code",
           document.number ? Json(records::codeText(*document.number, document.notation))
                           : Json(nullptr)},
          {"issueDate", dateOrNull(document.issue_date)},
          {"sha256", has_file ? Json(document.file.hex()) : Json(nullptr)},
          {"size", document.file_size},
          {"awaitingTimestamp", document.timestamp_job.has_value()},
          {"stepCount", document.steps.size()},
          {"stepsDone", done},
          {"recipientCount", document.recipients.size()},
          {"created", formatVietnam(document.created)},
          {"changed", formatVietnam(document.changed)},
          {"version", document.version}};
}

Json view(const records::Document& document) {
  auto steps = Json::array();
  for (const auto& step : document.steps) {
    steps.push_back({{"kind", records::name(step.kind)},
                     {"post", step.post.text()},
                     {"field", step.field},
                     {"doneBy", idOrNull(step.done_by)},
                     {"doneAt", timeOrNull(step.done_at)}});
  }
  auto recipients = Json::array();
  for (const auto& recipient : document.recipients) recipients.push_back(recipient.text());
  auto whole = rowView(document);
  whole["steps"] = std::move(steps);
  whole["recipients"] = std::move(recipients);
  return whole;
}

Json view(const records::DocumentFile& file) {
  return {{"ordinal", file.ordinal},
          {"purpose", records::name(file.purpose)},
          {"sha256", file.blob.hex()},
          {"size", file.size},
          {"by", idOrNull(file.by)},
          {"at", formatVietnam(file.at)}};
}

Json view(const records::Incoming& incoming) {
  return {{"id", incoming.id.text()},
          {"agency", incoming.agency.text()},
          {"sender", incoming.sender.text()},
          {"senderName", incoming.sender_name},
          {"type", incoming.type},
          {"code", incoming.code},
          {"issueDate", formatDate(incoming.issue_date)},
          {"subject", incoming.subject},
          {"urgency", records::name(incoming.urgency)},
          {"sha256", incoming.file.hex()},
          {"size", incoming.file_size},
          {"state", exchange::name(incoming.state)},
          {"verification", incoming.verification},
          {"arrivalNumber", valueOrNull(incoming.arrival_number)},
          {"arrivalDate", dateOrNull(incoming.arrival_date)},
          {"returnReason", incoming.return_reason},
          {"arrived", formatVietnam(incoming.arrived)},
          {"changed", formatVietnam(incoming.changed)},
          {"version", incoming.version}};
}

Json view(const records::Verdict& verdict) {
  return {{"ordinal", verdict.ordinal},
          {"verification", verdict.verification},
          {"sha256", verdict.file.hex()},
          {"by", idOrNull(verdict.by)},
          {"at", formatVietnam(verdict.at)}};
}

Json view(const records::Assignment& assignment) {
  return {{"id", assignment.id.text()},
          {"incoming", assignment.incoming.text()},
          {"code", assignment.code},
          {"subject", assignment.subject},
          {"by", assignment.by.text()},
          {"lead", assignment.lead.text()},
          {"opinion", assignment.opinion},
          {"deadline", dateOrNull(assignment.deadline)},
          {"state", records::name(assignment.state)},
          {"result", assignment.result},
          {"created", formatVietnam(assignment.created)},
          {"changed", formatVietnam(assignment.changed)},
          {"version", assignment.version}};
}

Json view(const exchange::Delivery& delivery) {
  return {{"id", delivery.id.text()},
          {"document", delivery.document.text()},
          {"recipient", delivery.recipient.text()},
          {"attempt", delivery.attempt},
          {"state", exchange::name(delivery.state)},
          {"statusCode", exchange::statusCode(delivery.state)},
          {"note", delivery.note},
          {"receipt", idOrNull(delivery.receipt)},
          {"sha256", delivery.file.hex()},
          {"sent", formatVietnam(delivery.sent)},
          {"changed", formatVietnam(delivery.changed)},
          {"version", delivery.version}};
}

Json view(const audit::KeptEvent& kept) {
  const auto& event = kept.event;
  return {{"id", event.id.text()},
          {"kind", audit::name(event.kind)},
          {"time", formatUtc(event.time)},
          {"person", idOrNull(event.person)},
          {"post", idOrNull(event.post)},
          {"agency", idOrNull(event.agency)},
          {"subjectKind", event.subject_kind},
          {"subject", event.subject.text()},
          {"trace", event.trace},
          {"details", event.details},
          {"salt", toHex(kept.salt)},
          {"canonical", toBase64(audit::canonicalBytes(event))},
          {"leafIndex", valueOrNull(kept.leaf_index)}};
}

template <typename T>
Json views(const std::vector<T>& all) {
  auto items = Json::array();
  for (const auto& each : all) items.push_back(view(each));
  return items;
}
template Json views(const std::vector<directory::Agency>&);
template Json views(const std::vector<directory::Post>&);
template Json views(const std::vector<authority::Order>&);
template Json views(const std::vector<authority::CertificateRecord>&);
template Json views(const std::vector<authority::RequestRecord>&);
template Json views(const std::vector<records::Document>&);
template Json views(const std::vector<records::DocumentFile>&);
template Json views(const std::vector<records::Incoming>&);
template Json views(const std::vector<records::Verdict>&);
template Json views(const std::vector<records::Assignment>&);
template Json views(const std::vector<exchange::Delivery>&);

}  // namespace congvan::http
