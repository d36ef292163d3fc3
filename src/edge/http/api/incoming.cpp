// SPDX-License-Identifier: Apache-2.0
#include "edge/http/api/bodies.h"
#include "edge/http/api/services.h"
#include "edge/http/api/views.h"
#include "office/records/numbering.h"

#include <nlohmann/json.hpp>

namespace congvan::http {
namespace {

using records::AssignmentId;
using records::IncomingId;

Result<IncomingId> incomingId(const Request& request) {
  const auto id = pathId(request);
  if (!id) return id.error();
  return IncomingId{*id};
}

/// GET /api/v1/incoming[?state=arrived|…]: of the agency the caller clerks or leads for. 200; 403.
Result<Reply> listIncoming(const Services& services, const Request& request) {
  std::optional<exchange::DeliveryState> state;
  if (const auto text = request.queryValue("state")) {
    state = exchange::deliveryState(*text);
    if (!state) return Error{Code::Malformed, "state_unknown"};
  }
  const auto page = pageOf(request);
  if (!page) return page.error();
  records::Page<IncomingId> wanted{.limit = page->limit};
  if (page->after) wanted.after = IncomingId{*page->after};
  const auto all = services.reception.list(*request.caller, state, wanted);
  if (!all) return all.error();
  return listReply(views(*all), all->empty() ? "" : all->back().id.text(), page->limit);
}

/// GET /api/v1/incoming/{id}. 200; 403; 404.
Result<Reply> showIncoming(const Services& services, const Request& request) {
  const auto id = incomingId(request);
  if (!id) return id.error();
  const auto incoming = services.reception.find(*request.caller, *id);
  if (!incoming) return incoming.error();
  return resourceReply(200, view(*incoming), incoming->version);
}

/// GET /api/v1/incoming/{id}/file: what arrived.
Result<Reply> downloadIncoming(const Services& services, const Request& request) {
  const auto id = incomingId(request);
  if (!id) return id.error();
  const auto incoming = services.reception.find(*request.caller, *id);
  if (!incoming) return incoming.error();
  auto blob = services.blobs.open(incoming->file);
  if (!blob) return blob.error();
  return fileReply(std::move(*blob), "application/pdf", records::fileNameOf(incoming->code));
}

/// Of the verdict that `ordinal` names in the query, or the newest.
Result<work::BlobHash> reportOf(const Services& services, const Request& request, IncomingId id) {
  const auto incoming = services.reception.find(*request.caller, id);
  if (!incoming) return incoming.error();
  const auto ordinal = request.queryValue("ordinal");
  if (!ordinal) {
    if (incoming->verification_report) return *incoming->verification_report;
    return Error{Code::NotFound, "not_verified_yet"};
  }
  const auto all = services.reception.verdicts(*request.caller, id);
  if (!all) return all.error();
  for (const auto& one : *all) {
    if (std::to_string(one.ordinal) == *ordinal) return one.report;
  }
  return Error{Code::NotFound, "verdict_missing"};
}

/// GET /api/v1/incoming/{id}/verification[?ordinal=1]: the newest report, or a former one. 404
/// `not_verified_yet`, `verdict_missing`.
Result<Reply> verdictOfIncoming(const Services& services, const Request& request) {
  const auto id = incomingId(request);
  if (!id) return id.error();
  const auto report = reportOf(services, request, *id);
  if (!report) return report.error();
  const auto blob = services.blobs.open(*report);
  if (!blob) return blob.error();
  return jsonReply(200, toText((*blob)->bytes()));
}

/// GET /api/v1/incoming/{id}/verdicts: every judgement of it, oldest first.
Result<Reply> verdicts(const Services& services, const Request& request) {
  const auto id = incomingId(request);
  if (!id) return id.error();
  const auto all = services.reception.verdicts(*request.caller, *id);
  if (!all) return all.error();
  return wholeListReply(views(*all));
}

/// POST /api/v1/incoming/{id}/judge-again   If-Match. 200; 403; 409; 412; 422 `not_verified_yet`,
/// `verdict_settled`.
Result<Reply> judgeAgain(const Services& services, const Request& request) {
  return changeUnderIfMatch<IncomingId>(
      request, [&](const auto& caller, IncomingId id, std::int64_t version) {
        return services.reception.judgeAgain(caller, id, version);
      });
}

/// POST /api/v1/incoming/{id}/register   If-Match. 200; 403; 409; 412; 422 `not_verified_yet`,
/// `verification_failed`.
Result<Reply> registerArrival(const Services& services, const Request& request) {
  return changeUnderIfMatch<IncomingId>(
      request, [&](const auto& caller, IncomingId id, std::int64_t version) {
        return services.reception.registerArrival(caller, id, version);
      });
}

/// POST /api/v1/incoming/{id}/return   body {"reason"}, If-Match
Result<Reply> returnIncoming(const Services& services, const Request& request) {
  return changeUnderIfMatch<IncomingId>(
      request, [&](const auto& caller, IncomingId id, std::int64_t version) {
        const auto reason = readTextBody(request, "reason");
        if (!reason) return Result<records::Incoming>(reason.error());
        return services.reception.giveBack(caller, id, version, *reason);
      });
}

Result<records::Reception::NewAssignment> readAssignment(const Request& request) {
  return readBody<records::Reception::NewAssignment>(request, [](Fields& fields) {
    records::Reception::NewAssignment read{.lead = records::PostId{idField(fields, "lead")},
                                           .opinion = fields.text("opinion", 2000)};
    if (const auto text = fields.optionalText("deadline", 10)) {
      const auto date = parseDate(*text);
      if (!date) fields.refuse("deadline", "not_a_date");
      if (date) read.deadline = *date;
    }
    return read;
  });
}

/// POST /api/v1/incoming/{id}/assignments   body {"lead", "opinion", "deadline"?}, If-Match
Result<Reply> assign(const Services& services, const Request& request) {
  return changeUnderIfMatch<IncomingId>(
      request,
      [&](const auto& caller, IncomingId id, std::int64_t version) {
        const auto wanted = readAssignment(request);
        if (!wanted) return Result<records::Assignment>(wanted.error());
        return services.reception.assign(caller, id, version, *wanted);
      },
      201);
}

/// GET /api/v1/incoming/{id}/assignments
Result<Reply> assignments(const Services& services, const Request& request) {
  const auto id = incomingId(request);
  if (!id) return id.error();
  const auto all = services.reception.assignments(*request.caller, *id);
  if (!all) return all.error();
  return wholeListReply(views(*all));
}

/// GET /api/v1/assignments: those the caller's post leads.
Result<Reply> myAssignments(const Services& services, const Request& request) {
  const auto page = pageOf(request);
  if (!page) return page.error();
  records::Page<AssignmentId> wanted{.limit = page->limit};
  if (page->after) wanted.after = AssignmentId{*page->after};
  const auto all = services.reception.myAssignments(*request.caller, wanted);
  if (!all) return all.error();
  return listReply(views(*all), all->empty() ? "" : all->back().id.text(), page->limit);
}

/// POST /api/v1/assignments/{id}/start   If-Match
Result<Reply> startAssignment(const Services& services, const Request& request) {
  return changeUnderIfMatch<AssignmentId>(
      request, [&](const auto& caller, AssignmentId id, std::int64_t version) {
        return services.reception.start(caller, id, version);
      });
}

/// POST /api/v1/assignments/{id}/finish   body {"result"}, If-Match
Result<Reply> finishAssignment(const Services& services, const Request& request) {
  return changeUnderIfMatch<AssignmentId>(
      request, [&](const auto& caller, AssignmentId id, std::int64_t version) {
        const auto result = readTextBody(request, "result");
        if (!result) return Result<records::Assignment>(result.error());
        return services.reception.finish(caller, id, version, *result);
      });
}

}  // namespace

void addIncomingRoutes(Router& router, const Services& services) {
  Endpoints endpoints(router, services, 32U << 10U);
  endpoints.reading("/api/v1/incoming", &listIncoming);
  endpoints.reading("/api/v1/incoming/{id}", &showIncoming);
  endpoints.reading("/api/v1/incoming/{id}/file", &downloadIncoming);
  endpoints.reading("/api/v1/incoming/{id}/verification", &verdictOfIncoming);
  endpoints.reading("/api/v1/incoming/{id}/verdicts", &verdicts);
  endpoints.reading("/api/v1/incoming/{id}/assignments", &assignments);
  endpoints.reading("/api/v1/assignments", &myAssignments);
  endpoints.changing("/api/v1/incoming/{id}/judge-again", &judgeAgain);
  endpoints.changing("/api/v1/incoming/{id}/register", &registerArrival);
  endpoints.changing("/api/v1/incoming/{id}/return", &returnIncoming);
  endpoints.changing("/api/v1/incoming/{id}/assignments", &assign);
  endpoints.changing("/api/v1/assignments/{id}/start", &startAssignment);
  endpoints.changing("/api/v1/assignments/{id}/finish", &finishAssignment);
}

}  // namespace congvan::http
