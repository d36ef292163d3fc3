// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"
#include "tests/http/counter.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace congvan::http::test {
namespace {

class TextBody final : public BodySource {
 public:
  explicit TextBody(std::string text) : TextBody(text, text.size()) {}
  TextBody(std::string text, std::uint64_t promised)
      : text_(std::move(text)), promised_(promised) {}
  std::uint64_t length() const override { return promised_; }
  Result<> pump(const std::function<Result<>(BytesView)>& sink) override {
    const auto taken = sink(asBytes(text_));
    if (!taken) return taken;
    if (text_.size() < promised_) return Error{Code::Malformed, "body_truncated"};
    return kDone;
  }

 private:
  std::string text_;
  std::uint64_t promised_;
};

Reply ask(const Desk& desk,
          std::string method,
          std::string path,
          Headers headers = {},
          TextBody body = TextBody("")) {
  Request request;
  request.method = std::move(method);
  request.path = std::move(path);
  request.headers = std::move(headers);
  request.trace = "t-1";
  return desk.dispatcher(request, body);
}

std::string codeOf(const Reply& reply) {
  return Json::parse(reply.body)["code"];
}

TEST(Dispatch, WipesBodiesWhenTheyAreAnswered) {
  const Desk desk;
  Request request;
  request.method = "POST";
  request.path = "/small";
  TextBody body("a PIN");
  const auto reply = desk.dispatcher(request, body);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(request.body, std::string(5, '\0'));
}

TEST(Dispatch, AsksWhoEverybodyIsButOnPublicRoutes) {
  const Desk desk;

  EXPECT_EQ(ask(desk, "GET", "/hello").status, 200);
  EXPECT_EQ(codeOf(ask(desk, "GET", "/mine")), "session_missing");
  EXPECT_EQ(codeOf(ask(desk, "GET", "/mine", {{"cookie", "__Host-congvan_session=bad"}})),
            "session_expired");
  EXPECT_EQ(ask(desk, "GET", "/mine", {{"cookie", "__Host-congvan_session=good"}}).status, 200);
}

TEST(Dispatch, DoesNotBelieveASessionGivenTwice) {
  const Desk desk;

  const auto reply = ask(desk,
                         "GET",
                         "/mine",
                         {{"cookie", "__Host-congvan_session=good; __Host-congvan_session=good"}});

  EXPECT_EQ(reply.status, 401);
}

TEST(Dispatch, WantsTheHeaderOfTheSessionForChanges) {
  const Desk desk;
  const std::pair<std::string, std::string> session{"cookie", "__Host-congvan_session=good"};

  EXPECT_EQ(codeOf(ask(desk, "POST", "/change", {session})), "csrf_missing");
  EXPECT_EQ(codeOf(ask(desk, "POST", "/change", {session, {"x-csrf-token", "wrong"}})),
            "csrf_missing");
  EXPECT_EQ(ask(desk, "POST", "/change", {session, {"x-csrf-token", "right"}}).status, 200);
}

TEST(Dispatch, TakesNoChangeFromThePageOfAnotherSite) {
  const Desk desk;
  const auto change = [&](std::string origin, std::string host) {
    return ask(desk,
               "POST",
               "/change",
               {{"cookie", "__Host-congvan_session=good"},
                {"x-csrf-token", "right"},
                {"origin", std::move(origin)},
                {"host", std::move(host)}});
  };

  EXPECT_EQ(change("https://van-thu.vn", "van-thu.vn").status, 200);
  EXPECT_EQ(change("https://van-thu.vn:8443", "VAN-THU.vn").status, 200);
  EXPECT_EQ(change("https://[::1]:8443", "[::1]:8443").status, 200);
  for (const auto* other : {"https://van-thu.vn.example",
                            "https://example/van-thu.vn",
                            "https://[::2]:8443",
                            "null",
                            ""}) {
    EXPECT_EQ(codeOf(change(other, "van-thu.vn")), "origin_foreign") << other;
  }
}

TEST(Dispatch, NeedsNoSessionToRefuseThePageOfAnotherSite) {
  const Desk desk;
  const Headers foreign{{"origin", "https://example"}, {"host", "van-thu.vn"}};

  EXPECT_EQ(codeOf(ask(desk, "POST", "/small", foreign)), "origin_foreign");
  EXPECT_EQ(ask(desk, "GET", "/hello", foreign).status, 200);
}

TEST(Dispatch, BelievesTheBrowserThatSaysThePageIsAnotherSites) {
  const Desk desk;
  const auto from = [&](std::string site) {
    return ask(
        desk, "POST", "/small", {{"host", "van-thu.vn"}, {"sec-fetch-site", std::move(site)}});
  };

  EXPECT_EQ(from("same-origin").status, 200);
  EXPECT_EQ(from("none").status, 200);
  for (const auto* other : {"cross-site", "same-site", "", "of-tomorrow"}) {
    EXPECT_EQ(codeOf(from(other)), "origin_foreign") << other;
  }
  EXPECT_EQ(ask(desk, "GET", "/hello", {{"sec-fetch-site", "cross-site"}}).status, 200);
}

TEST(Dispatch, AsksTheOriginToo) {
  const auto reply = ask(
      Desk(),
      "POST",
      "/small",
      {{"host", "van-thu.vn"}, {"sec-fetch-site", "same-origin"}, {"origin", "https://example"}});

  EXPECT_EQ(codeOf(reply), "origin_foreign");
}

TEST(Dispatch, TakesJsonOnlyFromThoseWhoCallItJson) {
  const Desk desk;
  const auto sent = [&](Headers headers, std::string body = "{}") {
    return ask(desk, "POST", "/json", std::move(headers), TextBody(std::move(body)));
  };

  for (const auto* type :
       {"application/json", "Application/JSON", "application/json; charset=utf-8"}) {
    EXPECT_EQ(sent({{"content-type", type}}).status, 200) << type;
  }
  for (const auto* type : {"text/plain",
                           "text/plain; application/json",
                           "application/x-www-form-urlencoded",
                           "application/jsonp",
                           ""}) {
    const auto refused = sent({{"content-type", type}});
    EXPECT_EQ(refused.status, 415) << type;
    EXPECT_EQ(codeOf(refused), "body_type_not_json") << type;
  }
  EXPECT_EQ(codeOf(sent({})), "body_type_not_json");
  EXPECT_EQ(sent({}, "").status, 200);
}

TEST(Dispatch, TakesABodyUpToItsLimit) {
  const Desk desk;
  const std::string most(Desk::kSmallLimit, 'x');

  EXPECT_EQ(ask(desk, "POST", "/small", {}, TextBody(most)).body, most);
  const auto over = ask(desk, "POST", "/small", {}, TextBody(most + "x"));
  EXPECT_EQ(over.status, 413);
  EXPECT_EQ(codeOf(over), "body_too_large");
  EXPECT_EQ(Json::parse(over.body)["params"]["limit"], "1000");
}

TEST(Dispatch, TakesNoBodyWhereNoneBelongs) {
  EXPECT_EQ(ask(Desk(), "GET", "/hello", {}, TextBody("x")).status, 413);
}

TEST(Dispatch, LeavesEverythingAsItWasWhenABodyBreaksOff) {
  const Desk desk;

  EXPECT_EQ(codeOf(ask(desk, "POST", "/small", {}, TextBody("abc", 4))), "body_truncated");
  EXPECT_EQ(codeOf(ask(desk, "PUT", "/upload", {}, TextBody("abc", 4))), "body_truncated");
  EXPECT_EQ(desk.uploads, 0);
}

TEST(Dispatch, StopsFaultsAndSaysNothingOfThem) {
  const auto reply = ask(Desk(), "GET", "/fault");

  EXPECT_EQ(reply.status, 500);
  EXPECT_EQ(codeOf(reply), "internal");
  EXPECT_EQ(reply.body.find("persons"), std::string::npos);
}

TEST(Dispatch, AnswersAFaultInTheWordsOfTheProtocolThatHasSome) {
  const auto reply = ask(Desk(), "GET", "/foreign-fault");

  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "try later");
}

TEST(Dispatch, AnswersInTheLanguageAskedFor) {
  const Desk desk;

  EXPECT_EQ(Json::parse(ask(desk, "GET", "/none").body)["title"], "Không tìm thấy");
  EXPECT_EQ(Json::parse(ask(desk, "GET", "/none", {{"accept-language", "en"}}).body)["title"],
            "Not found");
}

}  // namespace
}  // namespace congvan::http::test
