// SPDX-License-Identifier: Apache-2.0
#include "base/encoding.h"
#include "edge/http/api/bodies.h"
#include "edge/http/api/services.h"
#include "edge/http/api/views.h"

#include <nlohmann/json.hpp>

namespace congvan::http {
namespace {

using authority::RequestContent;
using authority::RequestId;

constexpr std::size_t kWord = 100;
constexpr std::size_t kCsrLongest = 96U << 10U;  // more than 64 KiB in base64

/// The value of a word of a closed list; the first one where it is none.
template <typename T>
T wordField(Fields& fields, std::string_view name, std::optional<T> (*named)(std::string_view)) {
  const auto value = named(fields.text(name, kWord));
  if (!value) fields.refuse(name, "unknown_word");
  return value.value_or(T{});
}

std::optional<directory::Date> optionalDateField(Fields& fields, std::string_view name) {
  const auto text = fields.optionalText(name, 10);
  if (!text) return std::nullopt;
  const auto date = parseDate(*text);
  if (date) return *date;
  fields.refuse(name, "not_a_date");
  return std::nullopt;
}

directory::Date dateField(Fields& fields, std::string_view name) {
  const auto date = optionalDateField(fields, name);
  if (!date) fields.refuse(name, "missing");
  return date.value_or(directory::Date{});
}

RequestContent contentField(Fields& fields) {
  RequestContent content;
  content.type = wordField(fields, "type", &authority::requestType);
  content.kind = wordField(fields, "kind", &authority::certificateKind);
  content.agency = directory::AgencyId{idField(fields, "agency")};
  content.person = optionalIdField(fields, "person");
  content.device_name = fields.optionalText("deviceName", kWord).value_or("");
  const auto source = fields.optionalText("key", kWord);
  const auto named = authority::keySource(source.value_or("server"));
  if (!named) fields.refuse("key", "unknown_word");
  content.key = named.value_or(authority::KeySource::Server);
  content.activator = optionalIdField(fields, "activator");
  if (const auto text = fields.optionalText("csr", kCsrLongest)) {
    auto file = fromBase64(*text);
    if (!file) fields.refuse("csr", "not_base64");
    if (file) content.csr = std::move(*file);
  }
  content.document_number = fields.optionalText("documentNumber", kWord).value_or("");
  content.document_date = optionalDateField(fields, "documentDate");
  if (const auto followed = optionalIdField(fields, "certificate")) {
    content.certificate = authority::CertificateId{*followed};
  }
  const auto reason = fields.optionalInteger("reason", 0, 10).value_or(0);
  content.reason = static_cast<pki::RevocationReason>(reason);
  if (const auto text = fields.optionalText("invalidityDate", 40)) {
    const auto time = parseTime(*text);
    if (!time) fields.refuse("invalidityDate", "not_a_time");
    if (time) content.invalidity_date = *time;
  }
  return content;
}

Result<RequestContent> readContent(const Request& request) {
  return readBody<RequestContent>(request, &contentField);
}

/// POST /api/v1/certificate-requests. 201 the request. 403 `role_missing`; 409 `seal_active`; 422
/// as RequestDesk::enter.
Result<Reply> enterRequest(const Services& services, const Request& request) {
  const auto content = readContent(request);
  if (!content) return content.error();
  const auto caller = callerOf(request);
  if (!caller) return caller.error();
  const auto entered = services.requests.enter(*caller, *content);
  if (!entered) return entered.error();
  return resourceReply(201, view(*entered), entered->version);
}

/// GET /api/v1/certificate-requests?state=…&kind=…&agency=…: those that the caller may see, newest
/// first. 200.
Result<Reply> listRequests(const Services& services, const Request& request) {
  const auto page = pageOf(request);
  if (!page) return page.error();
  authority::RequestFilter filter{.limit = page->limit};
  if (page->after) filter.after = RequestId{*page->after};
  if (const auto state = request.queryValue("state")) {
    filter.state = authority::requestState(*state);
    if (!filter.state) return Error{Code::Malformed, "state_unknown"};
  }
  if (const auto kind = request.queryValue("kind")) {
    filter.kind = authority::certificateKind(*kind);
    if (!filter.kind) return Error{Code::Malformed, "kind_unknown"};
  }
  if (const auto agency = request.queryValue("agency")) {
    const auto id = Uuid::parse(*agency);
    if (!id) return id.error();
    filter.agency = directory::AgencyId{*id};
  }
  const auto found = services.requests.list(*request.caller, filter);
  if (!found) return found.error();
  return listReply(views(*found), found->empty() ? "" : found->back().id.text(), page->limit);
}

/// GET /api/v1/certificate-requests/{id}. 200; 404.
Result<Reply> showRequest(const Services& services, const Request& request) {
  const auto id = pathId(request);
  if (!id) return id.error();
  const auto found = services.requests.find(*request.caller, RequestId{*id});
  if (!found) return found.error();
  return resourceReply(200, view(*found), found->version);
}

/// POST …/{id}/correct   If-Match, the body of a new one. 200; 403; 404; 409; 412; 422.
Result<Reply> correctRequest(const Services& services, const Request& request) {
  const auto content = readContent(request);
  if (!content) return content.error();
  return changeUnderIfMatch<RequestId>(request, [&](const auto& caller, auto id, auto version) {
    return services.requests.correct(caller, id, version, *content);
  });
}

/// POST …/{id}/confirm   If-Match, {"documentNumber", "documentDate"}. 200; 403; 404; 409; 412;
/// 422.
Result<Reply> confirmRequest(const Services& services, const Request& request) {
  struct Body {
    std::string number;
    directory::Date date;
  };
  const auto body = readBody<Body>(request, [](Fields& fields) {
    return Body{fields.text("documentNumber", kWord), dateField(fields, "documentDate")};
  });
  if (!body) return body.error();
  return changeUnderIfMatch<RequestId>(request, [&](const auto& caller, auto id, auto version) {
    return services.requests.confirm(caller, id, version, body->number, body->date);
  });
}

/// POST …/{id}/return   If-Match, {"reason"}. 200; 403; 404; 409; 412; 422 `reason_missing`.
Result<Reply> sendRequestBack(const Services& services, const Request& request) {
  const auto reason = readTextBody(request, "reason");
  if (!reason) return reason.error();
  return changeUnderIfMatch<RequestId>(request, [&](const auto& caller, auto id, auto version) {
    return services.requests.sendBack(caller, id, version, *reason);
  });
}

/// POST …/{id}/accept   If-Match. 200; 403; 404; 409 `request_not_confirmed`; 412; 422.
Result<Reply> acceptRequest(const Services& services, const Request& request) {
  return changeUnderIfMatch<RequestId>(request, [&](const auto& caller, auto id, auto version) {
    return services.requests.accept(caller, id, version);
  });
}

/// POST …/{id}/approve   If-Match, {"contentHash"}: of the request as the officer read it. 200;
/// 403; 404; 409; 412 `request_changed`; 422 `approver_not_other`, `request_for_oneself`.
Result<Reply> approveRequest(const Services& services, const Request& request) {
  constexpr std::size_t kHexLength = 64;
  const auto hash = readBody<Bytes>(request, [](Fields& fields) {
    const auto read = fromHex(fields.text("contentHash", kHexLength));
    if (!read) fields.refuse("contentHash", "not_a_hash");
    return read ? *read : Bytes{};
  });
  if (!hash) return hash.error();
  return changeUnderIfMatch<RequestId>(request, [&](const auto& caller, auto id, auto version) {
    return services.requests.approve(caller, id, version, *hash);
  });
}

/// POST …/{id}/refuse   If-Match, {"reason"}. 200; 403; 404; 409; 412; 422.
Result<Reply> refuseRequest(const Services& services, const Request& request) {
  const auto reason = readTextBody(request, "reason");
  if (!reason) return reason.error();
  return changeUnderIfMatch<RequestId>(request, [&](const auto& caller, auto id, auto version) {
    return services.requests.refuse(caller, id, version, *reason);
  });
}

/// POST …/{id}/withdraw   If-Match. 200; 403 `request_not_yours`; 404; 409; 412.
Result<Reply> withdrawRequest(const Services& services, const Request& request) {
  return changeUnderIfMatch<RequestId>(request, [&](const auto& caller, auto id, auto version) {
    return services.requests.withdraw(caller, id, version);
  });
}

/// POST …/{id}/issue   If-Match: the certificate of an approved request with a CSR. 201 the
/// certificate. 403; 404; 409; 412; 422 `key_source_wrong`, `key_reused`.
Result<Reply> issueRequested(const Services& services, const Request& request) {
  const auto make = [&](const auto& caller, auto id, auto version) {
    return services.requests.issue(caller, id, version);
  };
  return changeUnderIfMatch<RequestId>(request, make, 201);
}

/// POST …/{id}/hand-over   If-Match, {"recordNumber", "deviceKind"?, "deviceSerial"?}. 200; 403;
/// 404; 409; 412; 422.
Result<Reply> handRequestOver(const Services& services, const Request& request) {
  const auto how = readBody<authority::HandOver>(request, [](Fields& fields) {
    return authority::HandOver{fields.text("recordNumber", kWord),
                               fields.optionalText("deviceKind", kWord).value_or(""),
                               fields.optionalText("deviceSerial", kWord).value_or("")};
  });
  if (!how) return how.error();
  return changeUnderIfMatch<RequestId>(request, [&](const auto& caller, auto id, auto version) {
    return services.requests.handOver(caller, id, version, *how);
  });
}

/// POST …/{id}/personal-numbers   {"identityNumber", "birthDate"}: of the holder. 204; 403; 404;
/// 422.
Result<Reply> keepNumbers(const Services& services, const Request& request) {
  const auto id = pathId(request);
  if (!id) return id.error();
  const auto numbers = readBody<authority::PersonalNumbers>(request, [](Fields& fields) {
    return authority::PersonalNumbers{fields.text("identityNumber", 12),
                                      dateField(fields, "birthDate")};
  });
  if (!numbers) return numbers.error();
  const auto caller = callerOf(request);
  if (!caller) return caller.error();
  const auto kept = services.numbers.keep(*caller, RequestId{*id}, *numbers);
  if (!kept) return kept.error();
  return Reply{.status = 204};
}

/// GET …/{id}/personal-numbers: for certificate officers; that they were read is written down. 200;
/// 403; 404.
Result<Reply> readNumbers(const Services& services, const Request& request) {
  const auto id = pathId(request);
  if (!id) return id.error();
  const auto numbers = services.numbers.read(*request.caller, RequestId{*id});
  if (!numbers) return numbers.error();
  return jsonReply({{"identityNumber", numbers->identity_number},
                    {"birthDate", formatDate(numbers->birth_date)}});
}

}  // namespace

void addRequestRoutes(Router& router, const Services& services) {
  Endpoints endpoints(router, services, 128U << 10U);
  const std::string all = "/api/v1/certificate-requests";
  const std::string one = all + "/{id}";
  endpoints.changing(all, &enterRequest);
  endpoints.reading(all, &listRequests);
  endpoints.reading(one, &showRequest);
  endpoints.changing(one + "/correct", &correctRequest);
  endpoints.changing(one + "/confirm", &confirmRequest);
  endpoints.changing(one + "/return", &sendRequestBack);
  endpoints.changing(one + "/accept", &acceptRequest);
  endpoints.changing(one + "/approve", &approveRequest);
  endpoints.changing(one + "/refuse", &refuseRequest);
  endpoints.changing(one + "/withdraw", &withdrawRequest);
  endpoints.changing(one + "/issue", &issueRequested);
  endpoints.changing(one + "/hand-over", &handRequestOver);
  endpoints.changing(one + "/personal-numbers", &keepNumbers);
  endpoints.reading(one + "/personal-numbers", &readNumbers);
}

}  // namespace congvan::http
