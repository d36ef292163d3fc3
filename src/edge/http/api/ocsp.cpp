// SPDX-License-Identifier: Apache-2.0
#include "base/encoding.h"
#include "edge/http/api/services.h"

#include <fmt/format.h>

namespace congvan::http {
namespace {

constexpr std::uint64_t kOcspBodyMost = 16U << 10U;  // what a request may be, see readOcspRequest

/// IMF-fixdate of RFC 9110 5.6.7. By hand: a formatter that knows calendars costs as much as the
/// rest of the answer.
std::string httpDate(Instant time) {
  constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                     kDays.substr(3 * std::chrono::weekday(day).c_encoding(), 3),
                     static_cast<unsigned>(date.day()),
                     kMonths.substr(3 * (static_cast<unsigned>(date.month()) - 1), 3),
                     static_cast<int>(date.year()),
                     clock.hours().count(),
                     clock.minutes().count(),
                     clock.seconds().count());
}

Reply ocspReply(authority::StatusAnswer answer) {
  return {.type = "application/ocsp-response", .body = toText(answer.der)};
}

/// POST /pki/ocsp   body: DER OCSPRequest
///
/// 200 the answer, whatever it says: errors of RFC 6960 are answers too. 413.
Result<Reply> postOcsp(const Services& services, const Request& request) {
  return ocspReply(services.ocsp.answer(asBytes(request.body)));
}

/// GET /pki/ocsp/{base64}: RFC 6960 A.1, with the caching of RFC 5019 6.2.
///
/// 200 the answer; 304 the asker has it.
Result<Reply> getOcsp(const Services& services, const Request& request) {
  const auto asked = fromBase64(request.parameter("request"));
  // What is no base64 is no request: so it is answered like any other garbage.
  auto answer = services.ocsp.answer(asked ? BytesView(*asked) : BytesView());
  const auto keep = answer.keep;
  auto reply = ocspReply(std::move(answer));
  if (!keep) {
    reply.headers.emplace_back("Cache-Control", "no-store");
    return reply;
  }
  const auto tag = '"' + keep->tag + '"';
  reply.headers = {
      {"Cache-Control",
       fmt::format("max-age={}, public, no-transform, must-revalidate", keep->max_age.count())},
      {"ETag", tag},
      {"Expires", httpDate(keep->next_update)},
      {"Last-Modified", httpDate(keep->made)}};
  if (headerValue(request.headers, "if-none-match") == tag) {
    reply.status = 304;
    reply.body.clear();
  }
  return reply;
}

}  // namespace

void addOcspRoutes(Router& router, const Services& services) {
  const auto after_fault = [&services] {
    auto reply = ocspReply(services.ocsp.afterFault());
    reply.headers.emplace_back("Cache-Control", "no-store");
    return reply;
  };
  router.add({"POST",
              "/pki/ocsp",
              Access::Public,
              BodyKind::Small,
              kOcspBodyMost,
              [&services](const Request& request) { return postOcsp(services, request); },
              directory::Purpose::Work,
              after_fault});
  router.add({"GET",
              std::string(kOcspGetPrefix) + "{request...}",
              Access::Public,
              BodyKind::None,
              0,
              [&services](const Request& request) { return getOcsp(services, request); },
              directory::Purpose::Work,
              after_fault});
}

}  // namespace congvan::http
