// SPDX-License-Identifier: Apache-2.0
#include "base/encoding.h"
#include "edge/http/api/bodies.h"
#include "edge/http/api/services.h"
#include "edge/http/api/views.h"
#include "office/directory/permissions.h"
#include "office/signing/activation.h"

#include <nlohmann/json.hpp>

namespace congvan::http {
namespace {

using authority::CertificateKind;

/// GET /api/v1/certificate-orders: the open ones that the caller is to activate. 200.
Result<Reply> myOrders(const Services& services, const Request& request) {
  const auto orders = services.authority.openOrders(*request.caller);
  if (!orders) return orders.error();
  return wholeListReply(views(*orders));
}

/// POST /api/v1/certificate-orders/{id}/activate   body {"pin"}
///
/// 201 the certificate: the key was made here and wrapped under the PIN. 403; 404; 409
/// `order_used`; 422 `pin_too_short`.
Result<Reply> activate(const Services& services, const Request& request) {
  const auto id = pathId(request);
  if (!id) return id.error();
  const auto pin = readPinBody(request);
  if (!pin) return pin.error();
  const auto caller = callerOf(request);
  if (!caller) return caller.error();
  // In whatever state: a retry finds its order used, by itself.
  const auto order = services.authority.orderOf(*caller, authority::OrderId{*id});
  if (!order) return order.error();
  const auto record =
      signing::activate(*caller, services.authority, services.custody, *order, *pin);
  if (!record) return record.error();
  return resourceReply(201, view(*record), record->version);
}

/// GET /api/v1/certificates: officers and auditors. 200; 403.
Result<Reply> listCertificates(const Services& services, const Request& request) {
  const auto page = pageOf(request);
  if (!page) return page.error();
  std::optional<authority::CertificateId> after;
  if (page->after) after = authority::CertificateId{*page->after};
  const auto records = services.authority.list(*request.caller, after, page->limit);
  if (!records) return records.error();
  return listReply(views(*records), records->empty() ? "" : records->back().id.text(), page->limit);
}

/// GET /api/v1/certificates/{id}. 200; 403; 404.
Result<Reply> showCertificate(const Services& services, const Request& request) {
  const auto id = pathId(request);
  if (!id) return id.error();
  const auto record = services.authority.find(*request.caller, authority::CertificateId{*id});
  if (!record) return record.error();
  auto json = view(*record);
  json["der"] = toBase64(record->der);
  return resourceReply(200, json, record->version);
}

Json leafView(const audit::ProvenLeaf& leaf) {
  return {{"leaf", toBase64(leaf.leaf)},
          {"index", leaf.index ? Json(*leaf.index) : Json(nullptr)},
          {"proof", leaf.proof ? Json(*leaf.proof) : Json(nullptr)}};
}

/// GET /api/v1/certificates/{id}/proof: intent and issue in the issuance log, each with its proof.
/// 200; 403; 404.
Result<Reply> proof(const Services& services, const Request& request) {
  const auto id = pathId(request);
  if (!id) return id.error();
  const auto issuance = services.issued.proof(*request.caller, authority::CertificateId{*id});
  if (!issuance) return issuance.error();
  return jsonReply({{"certificate", view(issuance->certificate)},
                    {"intent", leafView(issuance->intent)},
                    {"issued", leafView(issuance->issued)}});
}

std::optional<Instant> invalidityField(Fields& fields) {
  const auto text = fields.optionalText("invalidityDate", 40);
  if (!text) return std::nullopt;
  const auto time = parseTime(*text);
  if (!time) fields.refuse("invalidityDate", "not_a_time");
  return time ? std::optional(*time) : std::nullopt;
}

/// POST /api/v1/certificates/{id}/revoke   body {"reason": 0..10, "invalidityDate"?: time}
///
/// 200 the certificate. 403; 404; 409 `certificate_not_active`; 422 `invalidity_in_future`.
Result<Reply> revoke(const Services& services, const Request& request) {
  struct Body {
    pki::RevocationReason reason = pki::RevocationReason::Unspecified;
    std::optional<Instant> invalidity_date;
  };
  const auto id = pathId(request);
  if (!id) return id.error();
  const auto body = readBody<Body>(request, [](Fields& fields) {
    Body read;
    const auto reason = fields.integer("reason", 0, 10);
    // 6 suspends and 8 takes out of a delta list: neither revokes; 7 is not in use (RFC
    // 5280 5.3.1).
    if (reason == 6 || reason == 7 || reason == 8) fields.refuse("reason", "unknown_word");
    read.reason = static_cast<pki::RevocationReason>(reason);
    read.invalidity_date = invalidityField(fields);
    return read;
  });
  if (!body) return body.error();
  const auto caller = callerOf(request);
  if (!caller) return caller.error();
  const auto record = services.authority.revoke(
      *caller, authority::CertificateId{*id}, body->reason, body->invalidity_date);
  if (!record) return record.error();
  return resourceReply(200, view(*record), record->version);
}

/// POST /api/v1/certificates/{id}/suspend   body {"invalidityDate"?: time}: until a request
/// releases it.
///
/// 200 the certificate. 403; 404; 409 `certificate_not_active`; 422 `suspension_kind_wrong`,
/// `invalidity_in_future`.
Result<Reply> suspend(const Services& services, const Request& request) {
  const auto id = pathId(request);
  if (!id) return id.error();
  const auto invalidity_date = readBody<std::optional<Instant>>(request, &invalidityField);
  if (!invalidity_date) return invalidity_date.error();
  const auto caller = callerOf(request);
  if (!caller) return caller.error();
  const auto record =
      services.authority.suspend(*caller, authority::CertificateId{*id}, *invalidity_date);
  if (!record) return record.error();
  return resourceReply(200, view(*record), record->version);
}

Json holdersView(const std::vector<signing::Custody::Holder>& holders) {
  auto list = Json::array();
  for (const auto& one : holders) {
    list.push_back({{"person", one.person.text()},
                    {"offeredUntil",
                     one.offered_until ? Json(formatVietnam(*one.offered_until)) : Json(nullptr)},
                    {"locked", one.locked}});
  }
  return list;
}

/// GET /api/v1/seals: those of the agencies the caller clerks for that can seal now, each with who
/// has a way to it. 200.
Result<Reply> seals(const Services& services, const Request& request) {
  auto items = Json::array();
  for (const auto agency : directory::agenciesWith(*request.caller, {directory::Role::Clerk})) {
    const auto records =
        services.authority.usable({.agency = agency.value}, CertificateKind::OrganisationSeal);
    if (!records) {
      const auto code = records.error().code;
      if (code == Code::NotFound || code == Code::RuleRefused) continue;
      return records.error();
    }
    for (const auto& record : *records) {
      const auto holders = services.custody.holders(*request.caller, record.id.value);
      if (!holders && holders.error().reason == "key_missing") continue;  // its key is elsewhere
      if (!holders) return holders.error();
      items.push_back({{"certificate", record.id.text()},
                       {"agency", agency.text()},
                       {"notAfter", formatVietnam(record.not_after)},
                       {"holders", holdersView(*holders)}});
    }
  }
  return wholeListReply(std::move(items));
}

/// POST /api/v1/seals/{id}/offer   body {"person", "pin"}: the caller's PIN.
///
/// 201 `code` and `until`; the code is shown this once. 401 `pin_wrong`; 403 `key_not_yours`; 404
/// `key_missing`; 409 `access_taken`; 422 `seal_needs_clerk`; 429 `pin_delayed`.
Result<Reply> offerSeal(const Services& services, const Request& request) {
  struct Body {
    Uuid person{};
    crypto::SecretBytes pin;
  };
  const auto id = pathId(request);
  if (!id) return id.error();
  const auto body = readBody<Body>(request, [](Fields& fields) {
    return Body{idField(fields, "person"), secretField(fields, "pin")};
  });
  if (!body) return body.error();
  const auto offer = services.custody.offer(*request.caller, *id, body->pin, body->person);
  if (!offer) return offer.error();
  auto reply = jsonReply({{"code", offer->code}, {"until", formatVietnam(offer->until)}});
  reply.status = 201;
  return reply;
}

/// POST /api/v1/seals/{id}/take-up   body {"code", "pin"}: a PIN of one's own. 204; 401
/// `pin_wrong`; 403 `key_not_yours`, `offer_over`; 409 `access_taken`; 422 `pin_too_short`.
Result<Reply> takeUpSeal(const Services& services, const Request& request) {
  struct Body {
    crypto::SecretBytes code;
    crypto::SecretBytes pin;
  };
  const auto id = pathId(request);
  if (!id) return id.error();
  const auto body = readBody<Body>(request, [](Fields& fields) {
    return Body{secretField(fields, "code"), secretField(fields, "pin")};
  });
  if (!body) return body.error();
  const auto taken = services.custody.takeUp(*request.caller, *id, body->code, body->pin);
  if (!taken) return taken.error();
  return Reply{.status = 204};
}

/// POST /api/v1/seals/{id}/withdraw   body {"person"}. 204; 403; 404 `key_access_missing`; 422
/// `seal_last_holder`.
Result<Reply> withdrawSeal(const Services& services, const Request& request) {
  const auto id = pathId(request);
  if (!id) return id.error();
  const auto person =
      readBody<Uuid>(request, [](Fields& fields) { return idField(fields, "person"); });
  if (!person) return person.error();
  const auto done = services.custody.withdraw(*request.caller, *id, *person);
  if (!done) return done.error();
  return Reply{.status = 204};
}

}  // namespace

void addCertificateRoutes(Router& router, const Services& services) {
  Endpoints endpoints(router, services, 4096);
  endpoints.reading("/api/v1/certificate-orders", &myOrders);
  endpoints.changing("/api/v1/certificate-orders/{id}/activate", &activate);
  endpoints.reading("/api/v1/certificates", &listCertificates);
  endpoints.reading("/api/v1/certificates/{id}", &showCertificate);
  endpoints.reading("/api/v1/certificates/{id}/proof", &proof);
  endpoints.changing("/api/v1/certificates/{id}/revoke", &revoke);
  endpoints.changing("/api/v1/certificates/{id}/suspend", &suspend);
  endpoints.reading("/api/v1/seals", &seals);
  endpoints.changing("/api/v1/seals/{id}/offer", &offerSeal);
  endpoints.changing("/api/v1/seals/{id}/take-up", &takeUpSeal);
  endpoints.changing("/api/v1/seals/{id}/withdraw", &withdrawSeal);
}

void addPkiRoutes(Router& router, const Services& services) {
  const auto stem = [](const Request& request,
                       std::string_view suffix) -> std::optional<std::string> {
    const auto& file = request.parameter("file");
    if (!file.ends_with(suffix)) return std::nullopt;
    return file.substr(0, file.size() - suffix.size());
  };
  // GET /pki/{ca}.crt, /pki/{ca}.crl: DER, as clients of RFC 5280 and RFC 2585 expect.
  router.add({"GET",
              "/pki/{file}",
              Access::Public,
              BodyKind::None,
              0,
              [&, stem](const Request& request) -> Result<Reply> {
                if (const auto name = stem(request, ".crt")) {
                  auto der = services.authority.issuerCertificate(*name);
                  if (!der) return der.error();
                  return Reply{.type = "application/pkix-cert", .body = toText(*der)};
                }
                if (const auto name = stem(request, ".crl")) {
                  auto der = services.authority.crl(*name);
                  if (!der) return der.error();
                  return Reply{.type = "application/pkix-crl", .body = toText(*der)};
                }
                return Error{Code::NotFound, "route_missing"};
              }});
  // POST /pki/tsa: RFC 3161 section 3.4.
  router.add({"POST",
              "/pki/tsa",
              Access::Public,
              BodyKind::Small,
              16U << 10U,
              [&](const Request& request) -> Result<Reply> {
                auto answer = services.authority.timestampAnswer(asBytes(request.body));
                if (!answer) return answer.error();
                return Reply{.type = "application/timestamp-reply", .body = toText(*answer)};
              }});
}

}  // namespace congvan::http
