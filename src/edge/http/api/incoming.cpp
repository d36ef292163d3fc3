// SPDX-License-Identifier: Apache-2.0
#include "edge/http/api/bodies.h"
#include "edge/http/api/services.h"
#include "edge/http/api/views.h"

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
  auto items = Json::array();
  for (const auto& incoming : *all) items.push_back(view(incoming));
  return listReply(std::move(items), all->empty() ? "" : all->back().id.text(), page->limit);
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
  return fileReply(std::move(*blob), "application/pdf", id->text() + ".pdf");
}

/// GET /api/v1/incoming/{id}/verification: the report made on arrival. 404 `not_verified_yet`.
Result<Reply> verdictOfIncoming(const Services& services, const Request& request) {
  const auto id = incomingId(request);
  if (!id) return id.error();
  const auto incoming = services.reception.find(*request.caller, *id);
  if (!incoming) return incoming.error();
  if (!incoming->verification_report) return Error{Code::NotFound, "not_verified_yet"};
  const auto blob = services.blobs.open(*incoming->verification_report);
  if (!blob) return blob.error();
  return jsonReply(200, toText((*blob)->bytes()));
}

/// POST /api/v1/incoming/{id}/register   If-Match. 200; 403; 409; 412; 422 `not_verified_yet`,
/// `verification_failed`.
Result<Reply> registerArrival(const Services& services, const Request& request) {
  const auto id = incomingId(request);
  if (!id) return id.error();
  const auto version = ifMatch(request);
  if (!version) return version.error();
  const auto caller = callerOf(request);
  if (!caller) return caller.error();
  const auto incoming = services.reception.registerArrival(*caller, *id, *version);
  if (!incoming) return incoming.error();
  return resourceReply(200, view(*incoming), incoming->version);
}

/// POST /api/v1/incoming/{id}/return   body {"reason"}, If-Match
Result<Reply> returnIncoming(const Services& services, const Request& request) {
  const auto id = incomingId(request);
  if (!id) return id.error();
  const auto version = ifMatch(request);
  if (!version) return version.error();
  const auto reason =
      readBody<std::string>(request, [](Fields& fields) { return fields.text("reason", 2000); });
  if (!reason) return reason.error();
  const auto caller = callerOf(request);
  if (!caller) return caller.error();
  const auto incoming = services.reception.giveBack(*caller, *id, *version, *reason);
  if (!incoming) return incoming.error();
  return resourceReply(200, view(*incoming), incoming->version);
}

/// POST /api/v1/incoming/{id}/assignments   body {"lead", "opinion", "deadline"?}, If-Match
Result<Reply> assign(const Services& services, const Request& request) {
  const auto id = incomingId(request);
  if (!id) return id.error();
  const auto version = ifMatch(request);
  if (!version) return version.error();
  const auto body = readBody<records::Reception::NewAssignment>(request, [](Fields& fields) {
    records::Reception::NewAssignment read{.lead = records::PostId{idField(fields, "lead")},
                                           .opinion = fields.text("opinion", 2000)};
    if (const auto text = fields.optionalText("deadline", 10)) {
      const auto date = parseDate(*text);
      if (!date) fields.refuse("deadline", "not_a_date");
      if (date) read.deadline = *date;
    }
    return read;
  });
  if (!body) return body.error();
  const auto caller = callerOf(request);
  if (!caller) return caller.error();
  const auto assignment = services.reception.assign(*caller, *id, *version, *body);
  if (!assignment) return assignment.error();
  return resourceReply(201, view(*assignment), assignment->version);
}

Reply assignmentList(const std::vector<records::Assignment>& all, int limit) {
  auto items = Json::array();
  for (const auto& assignment : all) items.push_back(view(assignment));
  return listReply(std::move(items), all.empty() ? "" : all.back().id.text(), limit);
}

/// GET /api/v1/incoming/{id}/assignments
Result<Reply> assignments(const Services& services, const Request& request) {
  const auto id = incomingId(request);
  if (!id) return id.error();
  const auto all = services.reception.assignments(*request.caller, *id);
  if (!all) return all.error();
  constexpr int kNoPages = 1 << 30;
  return assignmentList(*all, kNoPages);
}

/// GET /api/v1/assignments: those the caller's post leads.
Result<Reply> myAssignments(const Services& services, const Request& request) {
  const auto page = pageOf(request);
  if (!page) return page.error();
  records::Page<AssignmentId> wanted{.limit = page->limit};
  if (page->after) wanted.after = AssignmentId{*page->after};
  const auto all = services.reception.myAssignments(*request.caller, wanted);
  if (!all) return all.error();
  return assignmentList(*all, page->limit);
}

/// POST /api/v1/assignments/{id}/start and …/finish   body {"result"} for finish, If-Match
Result<Reply> progress(const Services& services,
                       const Request& request,
                       records::AssignmentState state) {
  const auto id = pathId(request);
  if (!id) return id.error();
  const auto version = ifMatch(request);
  if (!version) return version.error();
  const auto caller = callerOf(request);
  if (!caller) return caller.error();
  if (state == records::AssignmentState::InProgress) {
    const auto started = services.reception.start(*caller, AssignmentId{*id}, *version);
    if (!started) return started.error();
    return resourceReply(200, view(*started), started->version);
  }
  const auto result =
      readBody<std::string>(request, [](Fields& fields) { return fields.text("result", 2000); });
  if (!result) return result.error();
  const auto done = services.reception.finish(*caller, AssignmentId{*id}, *version, *result);
  if (!done) return done.error();
  return resourceReply(200, view(*done), done->version);
}

}  // namespace

void addIncomingRoutes(Router& router, const Services& services) {
  constexpr std::uint64_t kBody = 32U << 10U;
  const auto reading = [&](std::string pattern,
                           Result<Reply> (*action)(const Services&, const Request&)) {
    router.add({"GET",
                std::move(pattern),
                Access::Session,
                BodyKind::None,
                0,
                [&services, action](const Request& request) { return action(services, request); }});
  };
  const auto changing = [&](std::string pattern,
                            Result<Reply> (*action)(const Services&, const Request&)) {
    router.add({"POST",
                std::move(pattern),
                Access::Change,
                BodyKind::Small,
                kBody,
                [&services, action](const Request& request) { return action(services, request); }});
  };
  reading("/api/v1/incoming", &listIncoming);
  reading("/api/v1/incoming/{id}", &showIncoming);
  reading("/api/v1/incoming/{id}/file", &downloadIncoming);
  reading("/api/v1/incoming/{id}/verification", &verdictOfIncoming);
  reading("/api/v1/incoming/{id}/assignments", &assignments);
  reading("/api/v1/assignments", &myAssignments);
  changing("/api/v1/incoming/{id}/register", &registerArrival);
  changing("/api/v1/incoming/{id}/return", &returnIncoming);
  changing("/api/v1/incoming/{id}/assignments", &assign);
  for (const auto& [name, state] : {std::pair{"start", records::AssignmentState::InProgress},
                                    std::pair{"finish", records::AssignmentState::Done}}) {
    router.add({"POST",
                std::string("/api/v1/assignments/{id}/") + name,
                Access::Change,
                BodyKind::Small,
                kBody,
                [&services, state = state](const Request& request) {
                  return progress(services, request, state);
                }});
  }
}

}  // namespace congvan::http
