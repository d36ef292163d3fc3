// SPDX-License-Identifier: Apache-2.0
#include "base/encoding.h"
#include "edge/http/api/bodies.h"
#include "edge/http/api/services.h"
#include "edge/http/api/views.h"
#include "office/records/numbering.h"
#include "trust/report/report.h"

#include <nlohmann/json.hpp>

namespace congvan::http {
namespace {

using records::DocumentId;

constexpr std::size_t kRecipientsMost = 5000;
constexpr std::size_t kSlotsMost = 32;

Result<DocumentId> documentId(const Request& request) {
  const auto id = pathId(request);
  if (!id) return id.error();
  return DocumentId{*id};
}

/// A draft has no number and goes by its id.
std::string fileNameOf(const records::Document& document) {
  const auto& number = document.number;
  return records::fileNameOf(number ? records::codeText(*number, document.notation)
                                    : document.id.text());
}

std::vector<records::Slot> slotsField(Fields& fields) {
  std::vector<records::Slot> slots;
  for (const auto* object : fields.objects("slots", kSlotsMost)) {
    Fields slot(*object, "slots.");
    constexpr double kFar = 20'000;
    records::Slot read{.field = slot.text("field", 40),
                       .page = static_cast<int>(slot.integer("page", 0, 5000)),
                       .left = slot.number("left", 0, kFar),
                       .bottom = slot.number("bottom", 0, kFar),
                       .width = slot.number("width", 1, kFar),
                       .height = slot.number("height", 1, kFar)};
    fields.adopt(slot);
    slots.push_back(std::move(read));
  }
  return slots;
}

records::NewDocument newDocument(Fields& fields) {
  records::NewDocument wanted{.agency = records::AgencyId{idField(fields, "agency")}};
  wanted.type = fields.text("type", 10);
  wanted.subject = fields.text("subject", 500);
  const auto urgency = records::urgency(fields.optionalText("urgency", 20).value_or("normal"));
  if (!urgency) fields.refuse("urgency", "unknown_word");
  wanted.urgency = urgency.value_or(records::Urgency::Normal);
  for (const auto& text : fields.texts("recipients", kRecipientsMost, 36)) {
    const auto id = Uuid::parse(text);
    if (!id) fields.refuse("recipients", "not_an_id");
    if (id) wanted.recipients.push_back(records::AgencyId{*id});
  }
  wanted.slots = slotsField(fields);
  return wanted;
}

/// POST /api/v1/documents. 201 a draft without a file; 403; 422 as Outgoing::draft.
Result<Reply> draft(const Services& services, const Request& request) {
  const auto body = readBody<records::NewDocument>(request, newDocument);
  if (!body) return body.error();
  const auto caller = callerOf(request);
  if (!caller) return caller.error();
  const auto document = services.outgoing.draft(*caller, *body);
  if (!document) return document.error();
  return resourceReply(201, view(*document), document->version);
}

/// POST /api/v1/documents/{id}/revise   body as of a draft, If-Match. 200; 403; 409; 412; 422.
Result<Reply> revise(const Services& services, const Request& request) {
  return changeUnderIfMatch<DocumentId>(
      request, [&](const auto& caller, DocumentId id, std::int64_t version) {
        const auto body = readBody<records::NewDocument>(request, newDocument);
        if (!body) return Result<records::Document>(body.error());
        return services.outgoing.revise(caller, id, version, *body);
      });
}

/// PUT /api/v1/documents/{id}/file   the PDF itself, If-Match
///
/// 200 the document. 400 `pdf_malformed`, `pdf_encrypted`, `pdf_damaged`, `body_truncated`; 403;
/// 409; 412; 413; 422.
Result<Reply> attach(const Services& services, const Request& request) {
  const auto id = documentId(request);
  if (!id) return id.error();
  const auto version = ifMatch(request);
  if (!version) return version.error();
  // Who may write to it is asked before a quarter of a gigabyte is taken in.
  const auto readable = services.outgoing.find(*request.caller, *id);
  if (!readable) return readable.error();
  const auto writer = services.blobs.create(services.limits.upload_bytes);
  if (!writer) return writer.error();
  const auto received =
      request.upload->pump([&](BytesView block) { return (*writer)->write(block); });
  if (!received) return received.error();
  const auto size = static_cast<std::int64_t>((*writer)->size());
  if (size == 0) return Error{Code::Malformed, "file_empty"};
  const auto blob = (*writer)->finish();
  if (!blob) return blob.error();
  const auto caller = callerOf(request, blob->hex());
  if (!caller) return caller.error();
  const auto document = services.outgoing.attachFile(*caller, *id, *version, {*blob, size});
  if (!document) return document.error();
  return resourceReply(200, view(*document), document->version);
}

/// POST /api/v1/documents/{id}/submit   body {"initials": [post…], "formChecker", "signer"},
/// If-Match
Result<Reply> submit(const Services& services, const Request& request) {
  return changeUnderIfMatch<DocumentId>(
      request, [&](const auto& caller, DocumentId id, std::int64_t version) {
        const auto route = readBody<records::Route>(request, [](Fields& fields) {
          records::Route read;
          for (const auto& text : fields.texts("initials", 8, 36)) {
            const auto post = Uuid::parse(text);
            if (!post) fields.refuse("initials", "not_an_id");
            if (post) read.initials.push_back(records::PostId{*post});
          }
          read.form_checker = records::PostId{idField(fields, "formChecker")};
          read.signer = records::PostId{idField(fields, "signer")};
          return read;
        });
        if (!route) return Result<records::Document>(route.error());
        return services.outgoing.submit(caller, id, version, *route);
      });
}

/// The acts that take a PIN: sign and issue differ only in the use case.
using PinAct = Result<records::Document> (records::Outgoing::*)(const directory::Caller&,
                                                                DocumentId,
                                                                std::int64_t,
                                                                const crypto::SecretBytes&);

/// POST /api/v1/documents/{id}/sign and …/issue   body {"pin"}, If-Match
///
/// 200 the document. 401 `pin_wrong`; 403 `not_your_turn`, `key_locked`; 409; 412; 422
/// `certificate_expired`, `certificate_revoked`; 429 `pin_delayed`; 503.
Result<Reply> withPin(const Services& services, const Request& request, PinAct act) {
  return changeUnderIfMatch<DocumentId>(
      request, [&](const auto& caller, DocumentId id, std::int64_t version) {
        const auto pin = readPinBody(request);
        if (!pin) return Result<records::Document>(pin.error());
        return (services.outgoing.*act)(caller, id, version, *pin);
      });
}

/// POST /api/v1/documents/{id}/return   body {"reason"}, If-Match
Result<Reply> giveBack(const Services& services, const Request& request) {
  return changeUnderIfMatch<DocumentId>(
      request, [&](const auto& caller, DocumentId id, std::int64_t version) {
        const auto reason = readTextBody(request, "reason");
        if (!reason) return Result<records::Document>(reason.error());
        return services.outgoing.giveBack(caller, id, version, *reason);
      });
}

/// POST /api/v1/documents/{id}/cancel-number   body {"reason"}, If-Match. 200; 403; 409; 412.
Result<Reply> cancelNumber(const Services& services, const Request& request) {
  return changeUnderIfMatch<DocumentId>(
      request, [&](const auto& caller, DocumentId id, std::int64_t version) {
        const auto reason = readTextBody(request, "reason");
        if (!reason) return Result<records::Document>(reason.error());
        return services.outgoing.cancelNumber(caller, id, version, *reason);
      });
}

/// POST /api/v1/documents/{id}/dispatch   If-Match. 200; 403; 409; 412.
Result<Reply> dispatch(const Services& services, const Request& request) {
  return changeUnderIfMatch<DocumentId>(
      request, [&](const auto& caller, DocumentId id, std::int64_t version) {
        return services.outgoing.dispatch(caller, id, version);
      });
}

/// POST /api/v1/documents/{id}/dispatch-again   body {"recipient"}, If-Match. 200; 403; 404
/// `delivery_missing`; 409 `delivery_state_wrong`; 412; 422 `recipient_unknown`.
Result<Reply> dispatchAgain(const Services& services, const Request& request) {
  return changeUnderIfMatch<DocumentId>(
      request, [&](const auto& caller, DocumentId id, std::int64_t version) {
        const auto recipient =
            readBody<Uuid>(request, [](Fields& fields) { return idField(fields, "recipient"); });
        if (!recipient) return Result<records::Document>(recipient.error());
        return services.outgoing.dispatchAgain(caller, id, version, records::AgencyId{*recipient});
      });
}

std::optional<records::Outgoing::Box> boxNamed(std::string_view name) {
  using Box = records::Outgoing::Box;
  if (name == "mine") return Box::Mine;
  if (name == "to-sign") return Box::ToSign;
  if (name == "to-issue") return Box::ToIssue;
  if (name == "agency") return Box::OfAgency;
  return std::nullopt;
}

/// GET /api/v1/documents?box=mine|to-sign|to-issue|agency. 200; 403.
Result<Reply> list(const Services& services, const Request& request) {
  const auto box = boxNamed(request.queryValue("box").value_or("mine"));
  if (!box) return Error{Code::Malformed, "box_unknown"};
  const auto page = pageOf(request);
  if (!page) return page.error();
  records::Page<DocumentId> wanted{.limit = page->limit};
  if (page->after) wanted.after = DocumentId{*page->after};
  const auto documents = services.outgoing.list(*request.caller, *box, wanted);
  if (!documents) return documents.error();
  auto items = Json::array();
  for (const auto& document : *documents) items.push_back(rowView(document));
  return listReply(
      std::move(items), documents->empty() ? "" : documents->back().id.text(), page->limit);
}

/// GET /api/v1/documents/{id}. 200; 403; 404.
Result<Reply> show(const Services& services, const Request& request) {
  const auto id = documentId(request);
  if (!id) return id.error();
  const auto document = services.outgoing.find(*request.caller, *id);
  if (!document) return document.error();
  return resourceReply(200, view(*document), document->version);
}

/// GET /api/v1/documents/{id}/file: the newest version.
Result<Reply> download(const Services& services, const Request& request) {
  const auto id = documentId(request);
  if (!id) return id.error();
  const auto document = services.outgoing.find(*request.caller, *id);
  if (!document) return document.error();
  if (document->file_size == 0) return Error{Code::NotFound, "file_missing"};
  auto blob = services.blobs.open(document->file);
  if (!blob) return blob.error();
  return fileReply(std::move(*blob), "application/pdf", fileNameOf(*document));
}

/// GET /api/v1/documents/{id}/versions: every version of the file, oldest first.
Result<Reply> versions(const Services& services, const Request& request) {
  const auto id = documentId(request);
  if (!id) return id.error();
  const auto files = services.outgoing.files(*request.caller, *id);
  if (!files) return files.error();
  return wholeListReply(views(*files));
}

/// GET /api/v1/documents/{id}/deliveries: what each recipient did.
Result<Reply> deliveries(const Services& services, const Request& request) {
  const auto id = documentId(request);
  if (!id) return id.error();
  const auto all = services.outgoing.deliveries(*request.caller, *id);
  if (!all) return all.error();
  return wholeListReply(views(*all));
}

/// GET /api/v1/documents/{id}/verification[?format=page]: judged now, as JSON or as a readable
/// page.
Result<Reply> verification(const Services& services, const Request& request) {
  const auto id = documentId(request);
  if (!id) return id.error();
  const auto outcome = services.evidence.verification(*request.caller, *id);
  if (!outcome) return outcome.error();
  const report::Subject subject{fileNameOf(outcome->document), toHex(outcome->judged.sha256)};
  if (request.queryValue("format") != "page")
    return jsonReply(report::toJson(outcome->judged.verdict, subject));
  Reply page{.type = "text/html; charset=utf-8",
             .body = report::toPage(outcome->judged.verdict, subject)};
  page.headers.emplace_back("Cache-Control", "private, no-store");
  page.headers.emplace_back("Content-Security-Policy",
                            "default-src 'none'; style-src 'unsafe-inline'; sandbox");
  return page;
}

/// GET /api/v1/documents/{id}/trail: events with their salt, leaf and proof, oldest first.
/// `tampered`: what is kept is not what the log holds, so there is no proof.
Result<Reply> trail(const Services& services, const Request& request) {
  const auto id = documentId(request);
  if (!id) return id.error();
  const auto page = pageOf(request);
  if (!page) return page.error();
  records::Page<audit::EventId> wanted{.limit = page->limit};
  if (page->after) wanted.after = audit::EventId{*page->after};
  const auto events = services.evidence.trail(*request.caller, *id, wanted);
  if (!events) return events.error();
  auto items = Json::array();
  for (const auto& proven : *events) {
    auto item = view(proven.event);
    item["leaf"] = toBase64(proven.leaf.leaf);
    item["proof"] = proven.leaf.proof ? Json(*proven.leaf.proof) : Json(nullptr);
    item["tampered"] = proven.leaf.tampered;
    items.push_back(std::move(item));
  }
  return listReply(
      std::move(items), events->empty() ? "" : events->back().event.event.id.text(), page->limit);
}

}  // namespace

void addDocumentRoutes(Router& router, const Services& services) {
  Endpoints endpoints(router, services, 512U << 10U);
  endpoints.reading("/api/v1/documents", &list);
  endpoints.reading("/api/v1/documents/{id}", &show);
  endpoints.reading("/api/v1/documents/{id}/file", &download);
  endpoints.reading("/api/v1/documents/{id}/versions", &versions);
  endpoints.reading("/api/v1/documents/{id}/deliveries", &deliveries);
  endpoints.reading("/api/v1/documents/{id}/verification", &verification);
  endpoints.reading("/api/v1/documents/{id}/trail", &trail);
  endpoints.changing("/api/v1/documents", &draft);
  endpoints.changing("/api/v1/documents/{id}/revise", &revise);
  endpoints.changing("/api/v1/documents/{id}/submit", &submit);
  endpoints.changing("/api/v1/documents/{id}/return", &giveBack);
  endpoints.changing("/api/v1/documents/{id}/cancel-number", &cancelNumber);
  endpoints.changing("/api/v1/documents/{id}/dispatch", &dispatch);
  endpoints.changing("/api/v1/documents/{id}/dispatch-again", &dispatchAgain);
  endpoints.changing("/api/v1/documents/{id}/sign",
                     [](const Services& with, const Request& request) {
                       return withPin(with, request, &records::Outgoing::sign);
                     });
  endpoints.changing("/api/v1/documents/{id}/issue",
                     [](const Services& with, const Request& request) {
                       return withPin(with, request, &records::Outgoing::issue);
                     });
  endpoints.upload("PUT", "/api/v1/documents/{id}/file", services.limits.upload_bytes, &attach);
}

}  // namespace congvan::http
