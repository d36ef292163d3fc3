// SPDX-License-Identifier: Apache-2.0
#include "edge/http/api/bodies.h"
#include "edge/http/dispatch.h"
#include "edge/http/problem.h"
#include "edge/http/router.h"
#include "edge/http/trusted_proxies.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace congvan::http {
namespace {

Router routerWith(const std::vector<std::pair<std::string, std::string>>& routes) {
  Router router;
  for (const auto& [method, pattern] : routes) {
    router.add({.method = method, .pattern = pattern, .action = nullptr});
  }
  return router;
}

std::string whereTo(const Router& router, std::string_view method, std::string_view path) {
  const auto matched = router.match(method, path);
  return matched ? matched->route->method + " " + matched->route->pattern : matched.error().reason;
}

TEST(Router, TakesOneSegmentForAName) {
  const auto router = routerWith({{"GET", "/a/{id}/b"}});

  const auto matched = router.match("GET", "/a/7/b");

  ASSERT_TRUE(matched);
  EXPECT_EQ(matched->parameters.at("id"), "7");
  EXPECT_EQ(whereTo(router, "GET", "/a//b"), "route_missing");
  EXPECT_EQ(whereTo(router, "GET", "/a/7/8/b"), "route_missing");
  EXPECT_EQ(whereTo(router, "GET", "/a/7/b/"), "route_missing");
  EXPECT_EQ(whereTo(router, "GET", "/a/7"), "route_missing");
}

TEST(Router, TakesTheRestForANameWithDots) {
  const auto router = routerWith({{"GET", "/tile/{path...}"}});

  const auto matched = router.match("GET", "/tile/0/x001/067");

  ASSERT_TRUE(matched);
  EXPECT_EQ(matched->parameters.at("path"), "0/x001/067");
  EXPECT_EQ(whereTo(router, "GET", "/tile"), "route_missing");
}

TEST(Router, TellsAnUnknownPathFromAnUnknownMethod) {
  const auto router = routerWith({{"GET", "/a"}, {"POST", "/a"}});

  EXPECT_EQ(whereTo(router, "PUT", "/a"), "method_not_allowed");
  EXPECT_EQ(whereTo(router, "PUT", "/b"), "route_missing");
  EXPECT_EQ(whereTo(router, "HEAD", "/a"), "GET /a");
  EXPECT_EQ(whereTo(router, "POST", "/a"), "POST /a");
}

TEST(Router, TakesTheRouteAddedFirst) {
  const auto router = routerWith({{"GET", "/a/mine"}, {"GET", "/a/{id}"}});

  EXPECT_EQ(whereTo(router, "GET", "/a/mine"), "GET /a/mine");
  EXPECT_EQ(whereTo(router, "GET", "/a/yours"), "GET /a/{id}");
}

TEST(Cookies, AreFoundByTheirWholeName) {
  EXPECT_EQ(cookieValue("a=1; congvan_session=x=y; b=2", "congvan_session"), "x=y");
  EXPECT_EQ(cookieValue("xcongvan_session=1", "congvan_session"), std::nullopt);
  EXPECT_EQ(cookieValue("congvan_session", "congvan_session"), std::nullopt);
  EXPECT_EQ(cookieValue("congvan_session=", "congvan_session"), "");
  EXPECT_EQ(cookieValue("", "congvan_session"), std::nullopt);
  EXPECT_EQ(cookieValue(";;; ;congvan_session=1", "congvan_session"), "1");
}

TEST(Cookies, GivenTwiceAreNotBelieved) {
  EXPECT_EQ(cookieValue("congvan_session=1; congvan_session=1", "congvan_session"), std::nullopt);
}

TEST(Language, IsVietnameseUnlessEnglishIsPreferred) {
  EXPECT_EQ(languageOf(""), Language::Vietnamese);
  EXPECT_EQ(languageOf("*"), Language::Vietnamese);
  EXPECT_EQ(languageOf("vi-VN,vi;q=0.9,en;q=0.8"), Language::Vietnamese);
  EXPECT_EQ(languageOf("fr"), Language::Vietnamese);
  EXPECT_EQ(languageOf("en;q=0"), Language::Vietnamese);
  EXPECT_EQ(languageOf("en;q=0.5, vi;q=0.5"), Language::Vietnamese);
  EXPECT_EQ(languageOf("en;q=x"), Language::English);
  EXPECT_EQ(languageOf("en"), Language::English);
  EXPECT_EQ(languageOf("EN-gb"), Language::English);
  EXPECT_EQ(languageOf("vi;q=0.1, en;q=0.9"), Language::English);
  EXPECT_EQ(languageOf("en-US,en;q=0.9,vi;q=0.8"), Language::English);
  EXPECT_EQ(languageOf("tlen, sven"), Language::Vietnamese) << "no tag, only its letters";
}

TEST(Problem, NamesReasonStatusAndTraceAndNeverTheDetail) {
  const Error error{Code::Conflict, "document_state_wrong", {{"state", "issued"}}, "row 7 of x"};

  const auto reply = problem(error, "trace-1", Language::English);

  EXPECT_EQ(reply.status, 409);
  EXPECT_EQ(reply.type, "application/problem+json");
  EXPECT_EQ(reply.body.find("row 7"), std::string::npos);
  const auto body = Json::parse(reply.body);
  EXPECT_EQ(body["code"], "document_state_wrong");
  EXPECT_EQ(body["status"], 409);
  EXPECT_EQ(body["traceId"], "trace-1");
  EXPECT_EQ(body["params"]["state"], "issued");
  EXPECT_NE(body["detail"].get<std::string>().find("issued"), std::string::npos);
}

TEST(Problem, OfAFaultHasTheTraceAndNothingElse) {
  const auto body = Json::parse(internalProblem("trace-2", Language::Vietnamese).body);

  EXPECT_EQ(body["status"], 500);
  EXPECT_EQ(body["code"], "internal");
  EXPECT_NE(body["detail"].get<std::string>().find("trace-2"), std::string::npos);
}

TEST(Problem, SaysWhenToComeBack) {
  for (const auto code : {Code::Unavailable, Code::TooMany}) {
    const auto reply = problem({code, "service_busy"}, "", Language::English);
    EXPECT_EQ(headerValue(reply.headers, "Retry-After"), "5");
  }
  const auto delayed =
      problem({Code::TooMany, "sign_in_delayed", {{"seconds", "900"}}}, "", Language::English);
  EXPECT_EQ(headerValue(delayed.headers, "Retry-After"), "900");
}

TEST(Problem, HasOneStatusForEachCode) {
  EXPECT_EQ(statusOf({Code::Malformed, "x"}), 400);
  EXPECT_EQ(statusOf({Code::Unauthenticated, "x"}), 401);
  EXPECT_EQ(statusOf({Code::Forbidden, "x"}), 403);
  EXPECT_EQ(statusOf({Code::NotFound, "x"}), 404);
  EXPECT_EQ(statusOf({Code::Malformed, "method_not_allowed"}), 405);
  EXPECT_EQ(statusOf({Code::Conflict, "x"}), 409);
  EXPECT_EQ(statusOf({Code::RuleRefused, "length_required"}), 411);
  EXPECT_EQ(statusOf({Code::Malformed, "body_type_not_json"}), 415);
  EXPECT_EQ(statusOf({Code::Stale, "x"}), 412);
  EXPECT_EQ(statusOf({Code::TooLarge, "x"}), 413);
  EXPECT_EQ(statusOf({Code::RuleRefused, "x"}), 422);
  EXPECT_EQ(statusOf({Code::Malformed, "if_match_missing"}), 428);
  EXPECT_EQ(statusOf({Code::TooMany, "x"}), 429);
  EXPECT_EQ(statusOf({Code::Unavailable, "x"}), 503);
}

TEST(Sentence, FillsSlotsWithoutReadingTheValues) {
  const auto text = sentence({Code::RuleRefused, "recipient_unknown", {{"agency", "{agency} [x]"}}},
                             Language::English);

  EXPECT_EQ(text, "There is no recipient {agency} [x].");
}

TEST(Sentence, SaysInWordsWhatTheServiceNamesByKeys) {
  const Error role{Code::Forbidden, "role_missing", {{"role", "certificate-officer"}}};
  const Error state{Code::Conflict, "document_state_wrong", {{"state", "dispatched"}}};
  const Error unknown{Code::Forbidden, "role_missing", {{"role", "{new}"}}};
  const Error slot{Code::RuleRefused, "slot_off_page", {{"slot", "ky-nhay-2"}}};

  EXPECT_EQ(sentence(role, Language::Vietnamese),
            "Bạn cần vai trò cán bộ chứng thư để làm việc này.");
  EXPECT_EQ(sentence(role, Language::English), "You need the role certificate officer for this.");
  EXPECT_EQ(sentence(state, Language::Vietnamese),
            "Văn bản đang ở trạng thái đã gửi, không thực hiện được; hãy tải lại trang.");
  EXPECT_EQ(sentence(unknown, Language::English), "You need the role {new} for this.");
  EXPECT_EQ(sentence(slot, Language::Vietnamese), "Vị trí ký nháy 2 nằm ngoài trang văn bản.");
  EXPECT_EQ(sentence(slot, Language::English),
            "The mark “initials 2” is not wholly on a page of the file.");
}

TEST(Sentence, LeavesOutWhatIsNotKnown) {
  const Error bare{Code::Malformed, "certificate_malformed"};
  const Error named{Code::Malformed, "certificate_malformed", {{"file", "a.pem"}}};

  EXPECT_EQ(sentence(bare, Language::English), "not a certificate");
  EXPECT_EQ(sentence(named, Language::English), "not a certificate: a.pem");
  EXPECT_EQ(sentence({Code::Malformed, "no_such_reason_at_all"}, Language::English), std::nullopt);
}

Request requestWith(Headers headers) {
  Request request;
  request.method = "POST";
  request.path = "/x";
  request.headers = std::move(headers);
  request.caller.emplace();
  return request;
}

TEST(IfMatch, TakesOneVersion) {
  const auto version = ifMatch(requestWith({{"if-match", "\"v12\""}}));

  ASSERT_TRUE(version);
  EXPECT_EQ(*version, 12);
}

TEST(IfMatch, RefusesEverythingElse) {
  EXPECT_EQ(ifMatch(requestWith({})).error().reason, "if_match_missing");
  for (const char* text : {"",
                           "*",
                           "v1",
                           "\"1\"",
                           "\"v\"",
                           "\"v1",
                           "\"v1\", \"v2\"",
                           "W/\"v1\"",
                           "\"v1x\"",
                           "\"v+1\"",
                           "\"v-1\"",
                           "\"v99999999999999999999\"",
                           "\"v 1\""}) {
    const auto version = ifMatch(requestWith({{"if-match", text}}));
    ASSERT_FALSE(version) << text;
    EXPECT_EQ(version.error().reason, "if_match_malformed") << text;
  }
}

TEST(IdempotencyKey, IsBoundedOnBothSides) {
  EXPECT_FALSE(callerOf(requestWith({}))->once);
  EXPECT_TRUE(callerOf(requestWith({{"idempotency-key", std::string(128, 'k')}}))->once);
  EXPECT_EQ(callerOf(requestWith({{"idempotency-key", std::string(129, 'k')}})).error().reason,
            "idempotency_key_malformed");
  EXPECT_EQ(callerOf(requestWith({{"idempotency-key", ""}})).error().reason,
            "idempotency_key_malformed");
}

TEST(IdempotencyKey, IsVisibleAscii) {
  EXPECT_TRUE(callerOf(requestWith({{"idempotency-key", "!aZ9~"}}))->once);
  for (const char* text : {"a b", "a number", " a", "a\t", "a\x7F", "khóa", "\xFF\xFE"}) {
    const auto caller = callerOf(requestWith({{"idempotency-key", text}}));
    ASSERT_FALSE(caller) << text;
    EXPECT_EQ(caller.error().reason, "idempotency_key_malformed") << text;
  }
}

TEST(IdempotencyKey, PrintsTheWholeRequest) {
  const auto printOf = [](const Request& request) { return callerOf(request)->once->fingerprint; };
  auto request = requestWith({{"idempotency-key", "k"}});
  const auto first = printOf(request);

  EXPECT_EQ(printOf(request), first);
  request.body = "{}";
  EXPECT_NE(printOf(request), first);
}

TEST(Pages, TakeALimitFromOneToTwoHundred) {
  const auto pageFor = [](const std::string& limit) {
    Request request;
    request.query = {{"limit", limit}};
    return pageOf(request);
  };

  EXPECT_EQ(pageFor("1")->limit, 1);
  EXPECT_EQ(pageFor("200")->limit, 200);
  for (const char* text : {"0", "201", "-1", "", "x", "5x", " 5", "99999999999"}) {
    const auto page = pageFor(text);
    ASSERT_FALSE(page) << text;
    EXPECT_EQ(page.error().reason, "limit_malformed") << text;
  }
  EXPECT_EQ(pageOf(Request{})->limit, 50);
}

std::string clientOf(const std::vector<std::string>& trusted,
                     const std::string& peer,
                     const std::vector<std::string>& forwarded) {
  Headers headers;
  for (const auto& value : forwarded) headers.emplace_back("x-forwarded-for", value);
  return TrustedProxies::parse(trusted)->clientOf(peer, headers);
}

TEST(Proxies, AreNotBelievedUnlessNamed) {
  EXPECT_EQ(clientOf({}, "10.0.0.9", {"203.0.113.7"}), "10.0.0.9");
  EXPECT_EQ(clientOf({"10.0.0.8"}, "10.0.0.9", {"203.0.113.7"}), "10.0.0.9");
  EXPECT_EQ(clientOf({"10.0.0.9"}, "10.0.0.9", {"203.0.113.7"}), "203.0.113.7");
}

TEST(Proxies, AreBelievedOnlyAboutWhoCalledThem) {
  const std::vector<std::string> trusted = {"10.0.0.0/8", "fd00::/8"};

  EXPECT_EQ(clientOf(trusted, "10.0.0.9", {"1.1.1.1, 203.0.113.7"}), "203.0.113.7")
      << "the client wrote the first one itself";
  EXPECT_EQ(clientOf(trusted, "10.0.0.9", {"1.1.1.1", "203.0.113.7 , 10.0.0.8"}), "203.0.113.7")
      << "two proxies, and the header in two parts";
  EXPECT_EQ(clientOf(trusted, "::ffff:10.0.0.9", {"203.0.113.7"}), "203.0.113.7");
  EXPECT_EQ(clientOf(trusted, "fd00::1", {"2001:db8::7"}), "2001:db8::7");
  EXPECT_EQ(clientOf(trusted, "10.0.0.9", {"203.0.113.7, not an address"}), "10.0.0.9");
  EXPECT_EQ(clientOf(trusted, "10.0.0.9", {""}), "10.0.0.9");
  EXPECT_EQ(clientOf(trusted, "10.0.0.9", {}), "10.0.0.9");
  EXPECT_EQ(clientOf(trusted, "10.0.0.9", {"10.0.0.1"}), "10.0.0.1");
}

TEST(Proxies, AreAddressesOrNetworks) {
  for (const auto* text :
       {"", "proxy.example.vn", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/0", "/8"}) {
    const auto read = TrustedProxies::parse({text});
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().reason, "proxy_malformed") << text;
  }
  EXPECT_TRUE(TrustedProxies::parse({"10.1.2.3", "10.0.0.0/32", "::1", "fd00::/128"}));
}

struct EmptyBlob final : work::OpenBlob {
  BytesView bytes() const override { return {}; }
};

std::string dispositionOf(std::string_view name) {
  const auto reply = fileReply(std::make_shared<EmptyBlob>(), "application/pdf", name);
  return *headerValue(reply.headers, "Content-Disposition");
}

TEST(FileNames, AreSaidTwice) {
  EXPECT_EQ(dispositionOf("a-1.pdf"), "attachment; filename=\"a-1.pdf\"; filename*=UTF-8''a-1.pdf");
  EXPECT_EQ(dispositionOf("đ.pdf"), "attachment; filename=\"_.pdf\"; filename*=UTF-8''%C4%91.pdf");
  EXPECT_EQ(dispositionOf("01-QĐ-UBND.pdf"),
            "attachment; filename=\"01-QD-UBND.pdf\"; filename*=UTF-8''01-Q%C4%90-UBND.pdf");
}

TEST(FileNames, CannotBreakOutOfTheHeader) {
  const auto text = dispositionOf("a\"; filename=b\r\nX: y\\;.pdf");

  EXPECT_EQ(text.find('\r'), std::string::npos);
  EXPECT_EQ(text.find('\\'), std::string::npos);
  EXPECT_EQ(std::count(text.begin(), text.end(), '"'), 2);
}

}  // namespace
}  // namespace congvan::http
