// SPDX-License-Identifier: Apache-2.0
#include "tests/http/wire.h"

#include <gtest/gtest.h>

#include <future>
#include <list>
#include <thread>

namespace congvan::http::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using SteadyClock = std::chrono::steady_clock;

TEST(Server, AnswersAndKeepsTheConnection) {
  const Served served;
  auto wire = served.wire();

  for (int i = 0; i < 3; ++i) {
    wire.say(get("/hello"));
    EXPECT_EQ(statusOf(wire.response()), "200");
  }

  EXPECT_EQ(served.desk.hellos, 3);
}

TEST(Server, AnswersRequestsSentInOneGo) {
  const Served served;
  auto wire = served.wire();

  wire.say(get("/hello") + get("/hello") + get("/none"));

  EXPECT_EQ(statusOf(wire.response()), "200");
  EXPECT_EQ(statusOf(wire.response()), "200");
  EXPECT_EQ(statusOf(wire.response()), "404");
}

TEST(Server, ClosesWhenAsked) {
  const Served served;

  const auto answer = served.answerTo(
      "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + get("/secret"));

  EXPECT_EQ(statusOf(answer), "200");
  EXPECT_NE(answer.find("Connection: Close"), std::string::npos) << answer;
  EXPECT_EQ(served.desk.secrets, 0);
}

TEST(Server, AnswersHttp10AndCloses) {
  const Served served;

  const auto answer = served.answerTo("GET /hello HTTP/1.0\r\nHost: a\r\n\r\n");

  EXPECT_EQ(answer.substr(0, 12), "HTTP/1.0 200");
  EXPECT_TRUE(answer.ends_with("hello\n"));
}

TEST(Server, SendsToHeadWhatGetWouldSayButNoBody) {
  const Served served;
  auto wire = served.wire();

  wire.say("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto head = wire.response(false);
  wire.say(get("/hello"));

  EXPECT_NE(head.find("Content-Length: 6"), std::string::npos) << head;
  EXPECT_EQ(statusOf(wire.response()), "200") << "the connection stays in step";
}

TEST(Server, SendsNoLengthWithNoContent) {
  const Served served;
  auto wire = served.wire();

  wire.say("DELETE /thing HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto answer = wire.response(false);
  wire.say(get("/hello"));

  EXPECT_EQ(statusOf(answer), "204");
  EXPECT_EQ(answer.find("Content-Length"), std::string::npos) << answer;
  EXPECT_EQ(statusOf(wire.response()), "200");
}

TEST(Server, NamesTheTraceAndFixedHeadersOnEveryAnswer) {
  const Served served;
  for (const auto* path : {"/hello", "/none", "/fault"}) {
    auto wire = served.wire();
    wire.say(get(path));
    const auto answer = wire.response();
    for (const auto* header : {"X-Trace-Id: ",
                               "X-Content-Type-Options: nosniff",
                               "X-Frame-Options: DENY",
                               "Referrer-Policy: no-referrer",
                               "Date: "}) {
      EXPECT_NE(answer.find(header), std::string::npos) << path << " " << header;
    }
  }
}

TEST(Smuggling, OfABodyThatNobodyReadRunsNothing) {
  const Served served;
  const auto inner = get("/secret");
  for (const auto* outer :
       {"GET /hello", "PUT /unread", "POST /none", "POST /change", "DELETE /thing"}) {
    const auto answer =
        served.answerTo(std::string(outer) + " HTTP/1.1\r\nHost: a\r\nContent-Length: " +
                        std::to_string(inner.size()) + "\r\n\r\n" + inner +
                        "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(answer.find("secret\n"), std::string::npos) << outer;
  }
  EXPECT_EQ(served.desk.secrets, 0);
}

TEST(Smuggling, OfABodyTooLongToDrainRunsNothing) {
  const Served served;
  std::string body(300'000, '\n');
  body += get("/secret");

  const auto answer = served.answerTo("PUT /unread HTTP/1.1\r\nHost: a\r\nContent-Length: " +
                                      std::to_string(body.size()) + "\r\n\r\n" + body);

  EXPECT_EQ(statusOf(answer), "403") << "the answer gets through although the body was not read";
  EXPECT_EQ(countOf(answer, "HTTP/1.1"), 1);
  EXPECT_EQ(served.desk.secrets, 0);
}

TEST(Smuggling, ByTwoFramingsIsRefusedAndEndsTheConnection) {
  const Served served;
  const auto inner = get("/secret");
  const auto length = "Content-Length: " + std::to_string(inner.size()) + "\r\n";
  const std::vector<std::string> heads = {
      length + "Transfer-Encoding: chunked\r\n",
      "Transfer-Encoding: chunked\r\n" + length,
      "Transfer-Encoding: chunked\r\n",
      "Transfer-Encoding: xchunked\r\n",
      "Transfer-Encoding : chunked\r\n",
      "Transfer-Encoding:\tchunked\r\n",
      "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
      length + "Content-Length: 0\r\n",
      "Content-Length: 0\r\n" + length,
      "Content-Length: +0\r\n",
      "Content-Length: -1\r\n",
      "Content-Length: 0x0\r\n",
      "Content-Length: 0,0\r\n",
      "Content-Length: nought\r\n",
      "Content-Length: 99999999999999999999\r\n",
      "Content-Length : 0\r\n",
      "Content-Length:\r\n",
  };
  for (const auto& head : heads) {
    const auto answer =
        served.answerTo("POST /small HTTP/1.1\r\nHost: a\r\n" + head + "\r\n0\r\n\r\n" + inner);
    EXPECT_TRUE(statusOf(answer) == "400" || statusOf(answer) == "411") << head << answer;
    EXPECT_EQ(countOf(answer, "HTTP/1.1 "), 1) << head << answer;
  }
  EXPECT_EQ(served.desk.secrets, 0);
  EXPECT_TRUE(served.works());
}

TEST(Smuggling, ByStrangeHeadsIsRefused) {
  const Served served;
  const std::vector<std::string> requests = {
      "GET /hello HTTP/1.1\r\n\r\n",
      "GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      "GET /hello HTTP/9.9\r\nHost: a\r\n\r\n",
      "GET http://b/hello HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /%2e%2e/hello HTTP/1.1\r\nHost: a\r\n\r\n",
      "TRACE /hello HTTP/1.1\r\nHost: a\r\n\r\n",
      "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n",
      std::string("GET /hello HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 40),
      "GET /hello HTTP/1.1\r\nHost: a\r\nX\x01: b\r\n\r\n",
      "GET /hello HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
      "GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /hello HTTP/1.1\r\nHost: a\r\nX: " + std::string(20'000, 'a') + "\r\n\r\n",
      std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) + "\r\n\r\n",
  };
  for (const auto& request : requests) {
    const auto answer = served.answerTo(request);
    EXPECT_EQ(statusOf(answer), "400") << request.substr(0, 200) << answer;
  }
  EXPECT_EQ(served.desk.hellos, 0);
}

TEST(Server, TellsTheReasonWithEveryRefusalOfAHead) {
  const Served served;

  const auto answer =
      served.answerTo("GET /hello HTTP/1.1\r\nX: " + std::string(20'000, 'a') + "\r\n\r\n");

  EXPECT_NE(answer.find("application/problem+json"), std::string::npos) << answer;
  EXPECT_NE(answer.find("\"request_malformed\""), std::string::npos) << answer;
}

TEST(Upload, ThatBreaksOffChangesNothing) {
  const Served served;
  auto wire = served.wire();

  wire.say("PUT /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" +
           std::string(99'999, 'x'));
  wire.stopSaying();
  const auto answer = wire.rest();

  EXPECT_EQ(statusOf(answer), "400");
  EXPECT_NE(answer.find("body_truncated"), std::string::npos);
  EXPECT_EQ(served.desk.uploads, 0);
}

TEST(Upload, IsTakenUpToItsLimitAndRefusedOverIt) {
  const Served served;
  const auto put = [](std::uint64_t size) {
    return "PUT /upload HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: " +
           std::to_string(size) + "\r\n\r\n" + std::string(size, 'x');
  };

  EXPECT_EQ(statusOf(served.answerTo(put(Desk::kUploadLimit))), "200");
  EXPECT_EQ(statusOf(served.answerTo(put(Desk::kUploadLimit + 1))), "413");

  EXPECT_EQ(served.desk.upload_bytes, Desk::kUploadLimit);
}

TEST(Upload, IsNotAskedForWhenItWillBeRefused) {
  const Served served;
  const std::string expecting = "\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: ";

  for (const auto* line : {"PUT /none HTTP/1.1", "POST /change HTTP/1.1", "PUT /unread HTTP/1.1"}) {
    const auto answer = served.answerTo(line + expecting + "500\r\n\r\n");
    EXPECT_EQ(countOf(answer, "100 Continue"), 0) << answer;
    EXPECT_NE(statusOf(answer), "200") << answer;
    EXPECT_NE(answer.find("Connection: Close"), std::string::npos)
        << "nobody knows whether a body follows";
  }
  EXPECT_EQ(statusOf(served.answerTo("PUT /upload HTTP/1.1" + expecting + "99999999\r\n\r\n")),
            "413");
}

TEST(Upload, IsAskedForWhenItIsWanted) {
  const Served served;
  auto wire = served.wire();

  wire.say("PUT /upload HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(statusOf(wire.response()), "100");
  wire.say("abc");

  EXPECT_TRUE(wire.response().ends_with("\r\n\r\n3"));
}

TEST(SlowPeer, WithItsHeadIsCutOff) {
  const Served served(Served::quick());
  auto wire = served.wire();
  const auto started = SteadyClock::now();

  wire.say("GET /hello HTTP/1.1\r\nHost: ");
  const auto heard = wire.rest();

  EXPECT_LT(SteadyClock::now() - started, seconds{4});
  EXPECT_EQ(heard.find("hello"), std::string::npos);
}

TEST(SlowPeer, WithItsHeadByDripsIsCutOff) {
  const Served served(Served::quick());
  auto wire = served.wire();
  const auto started = SteadyClock::now();
  std::promise<void> ended;
  const auto end = ended.get_future();

  // Each byte comes well within a receive time-out; all of them together do not come in time.
  const std::jthread dripping([&](const std::stop_token& stop) {
    wire.say("GET /hello HTTP/1.1\r\nHost: ");
    while (!stop.stop_requested() &&
           end.wait_for(milliseconds{50}) == std::future_status::timeout &&
           SteadyClock::now() - started < seconds{8}) {
      if (!wire.say("a")) return;
    }
  });
  wire.rest();
  ended.set_value();

  EXPECT_LT(SteadyClock::now() - started, seconds{4});
}

TEST(SlowPeer, WithItsBodyIsCutOffAndChangesNothing) {
  const Served served(Served::quick());
  auto wire = served.wire();
  const auto started = SteadyClock::now();

  wire.say("PUT /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc");
  wire.rest();

  EXPECT_LT(SteadyClock::now() - started, seconds{4});
  EXPECT_EQ(served.desk.uploads, 0);
}

TEST(SlowPeer, ThatDoesNotReadIsCutOff) {
  auto options = Served::quick();
  options.body_bytes_per_second = 64U << 20U;
  Served served(options);
  auto wire = served.wire();

  wire.say(get("/long"));  // more than the buffers of both ends hold, and nothing is read
  const auto started = SteadyClock::now();
  std::string heard;
  // Stopping waits for requests: that it comes back in time shows that the writer was let go.
  served.server.stop();

  EXPECT_LT(SteadyClock::now() - started, seconds{4});
  EXPECT_LT(wire.rest().size(), Desk::kLong);
}

TEST(SlowPeer, IsOnlyCutOffWhileItIsWaitedFor) {
  Served served(Served::quick());
  auto wire = served.wire();
  wire.say(get("/wait"));
  served.desk.gate.awaitWaiting(1);

  // Longer than every budget of a peer: the service itself is at work.
  std::promise<void> nothing;
  nothing.get_future().wait_for(milliseconds{900});
  served.desk.gate.open();

  EXPECT_TRUE(wire.response().ends_with("waited\n"));
}

TEST(SlowPeer, SixtyFourOfThemHinderNobody) {
  const Served served;
  std::list<Wire> slow;
  for (int i = 0; i < 64; ++i) {
    slow.push_back(served.wire());
    slow.back().say(i % 2 == 0 ? "GET /hello HT"
                               : "PUT /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx");
  }
  const auto started = SteadyClock::now();

  EXPECT_TRUE(served.works());

  EXPECT_LT(SteadyClock::now() - started, seconds{3});
}

TEST(SlowPeer, ThatIsIdleAfterARequestIsLetGo) {
  const Served served(Served::quick());
  auto wire = served.wire();

  wire.say(get("/hello"));
  EXPECT_EQ(statusOf(wire.response()), "200");

  EXPECT_TRUE(wire.closedSilently());
}

TEST(Limits, OneAddressHoldsSoManyConnections) {
  auto options = Served::patient();
  options.connections_per_address = 3;
  const Served served(options);
  std::list<Wire> held;
  for (int i = 0; i < 3; ++i) {
    held.push_back(served.wire());
    held.back().say(get("/hello"));
    EXPECT_EQ(statusOf(held.back().response()), "200");
  }

  auto fourth = served.wire();
  fourth.say(get("/hello"));
  EXPECT_TRUE(fourth.closedSilently());
  auto other = served.wire("127.0.0.2");
  other.say(get("/hello"));
  EXPECT_EQ(statusOf(other.response()), "200") << "another address is not held liable";

  held.clear();
  bool again = false;
  for (int i = 0; i < 200 && !again; ++i) again = served.works();
  EXPECT_TRUE(again) << "places are given back";
}

std::string clientSeen(const Served& served) {
  return served.answerTo(
      "GET /client HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.7\r\nConnection: "
      "close\r\n\r\n");
}

TEST(Proxies, NobodySpeaksForOthersByDefault) {
  EXPECT_TRUE(clientSeen(Served()).ends_with("\r\n127.0.0.1"));
}

TEST(Proxies, ThoseTrustedSayWhoAsksAndAreNotCountedByAddress) {
  auto options = Served::patient();
  options.trusted_proxies = *TrustedProxies::parse({"127.0.0.1"});
  options.connections_per_address = 1;
  const Served served(options);
  auto held = served.wire();
  held.say(get("/hello"));
  EXPECT_EQ(statusOf(held.response()), "200");

  EXPECT_TRUE(clientSeen(served).ends_with("\r\n203.0.113.7"));
}

TEST(Limits, RequestsOverTheNumberAtWorkAreToldSo) {
  auto options = Served::patient();
  options.requests_most = 2;
  Served served(options);
  auto first = served.wire();
  auto second = served.wire();
  first.say(get("/wait"));
  second.say(get("/wait"));
  served.desk.gate.awaitWaiting(2);

  const auto answer = served.answerTo(get("/hello"));

  EXPECT_EQ(statusOf(answer), "503");
  EXPECT_NE(answer.find("service_busy"), std::string::npos);
  EXPECT_NE(answer.find("Retry-After: "), std::string::npos);
  served.desk.gate.open();
  EXPECT_EQ(statusOf(first.response()), "200");
  EXPECT_EQ(statusOf(second.response()), "200");
  EXPECT_TRUE(served.works());
}

TEST(Limits, IdleConnectionsUpToTheLimitHinderNobodyAndOverItOnlyForAWhile) {
  auto options = Served::quick();
  options.connections_most = 8;
  options.connections_per_address = 0;
  const Served served(options);
  std::list<Wire> idle;
  for (int i = 0; i < 7; ++i) idle.push_back(served.wire());
  EXPECT_TRUE(served.works());

  for (int i = 0; i < 7; ++i) idle.push_back(served.wire());

  EXPECT_TRUE(served.works()) << "silent ones are cut off and make room";
}

TEST(Peers, ThatGoAwayLeaveTheServerAsItWas) {
  Served served;
  for (int i = 0; i < 20; ++i) {
    auto in_head = served.wire();
    in_head.say("GET /he");
    in_head.hangUp();
    auto in_body = served.wire();
    in_body.say("PUT /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc");
    in_body.hangUp();
    auto in_reply = served.wire();
    in_reply.say(get("/long"));
    in_reply.hangUp();
    auto at_once = served.wire();
    at_once.hangUp();
  }

  EXPECT_TRUE(served.works());
  EXPECT_EQ(served.desk.uploads, 0);
}

TEST(Stop, LetsRunningRequestsFinishAndClosesTheRest) {
  Served served;
  auto working = served.wire();
  working.say(get("/wait"));
  served.desk.gate.awaitWaiting(1);
  auto idle = served.wire();
  idle.say(get("/hello"));
  EXPECT_EQ(statusOf(idle.response()), "200");

  auto stopped = std::async(std::launch::async, [&] { served.server.stop(); });
  EXPECT_TRUE(idle.closedSilently());
  EXPECT_EQ(stopped.wait_for(milliseconds{0}), std::future_status::timeout);
  served.desk.gate.open();
  const auto answer = working.rest();

  EXPECT_TRUE(answer.ends_with("waited\n")) << answer;
  EXPECT_NE(answer.find("Connection: Close"), std::string::npos);
  EXPECT_EQ(stopped.wait_for(seconds{5}), std::future_status::ready);
}

TEST(Stop, LetsAnUploadFinish) {
  Served served;
  auto wire = served.wire();
  wire.say("PUT /upload HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 6\r\n\r\n");
  EXPECT_EQ(statusOf(wire.response()), "100");
  auto idle = served.wire();
  idle.say(get("/hello"));
  EXPECT_EQ(statusOf(idle.response()), "200");

  auto stopped = std::async(std::launch::async, [&] { served.server.stop(); });
  EXPECT_TRUE(idle.closedSilently());
  wire.say("abcdef");

  EXPECT_TRUE(wire.rest().ends_with("\r\n\r\n6"));
  EXPECT_EQ(stopped.wait_for(seconds{5}), std::future_status::ready);
  EXPECT_EQ(served.desk.uploads, 1);
}

TEST(Stop, CutsWhatTakesTooLong) {
  auto options = Served::patient();
  options.stop_time = milliseconds{200};
  Served served(options);
  auto wire = served.wire();
  wire.say("PUT /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc");

  const auto started = SteadyClock::now();
  served.server.stop();

  EXPECT_LT(SteadyClock::now() - started, seconds{4});
  EXPECT_EQ(served.desk.uploads, 0);
}

TEST(Stop, MayComeTwiceAndBeforeAnyConnection) {
  Served served;
  served.server.stop();
  served.server.stop();

  EXPECT_THROW(Wire(served.server.port()), std::runtime_error);
}

TEST(Start, SaysThatAnAddressIsTaken) {
  const Served served;
  auto options = Served::patient();
  options.port = served.server.port();
  SystemClock clock;
  crypto::SystemRandom random;
  Desk desk;
  Server second(options, desk.dispatcher, desk.log, clock, random);

  const auto started = second.start();

  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().reason, "address_taken");
}

TEST(Load, ManyConnectionsAtOnceAreAllAnswered) {
  const Served served;
  std::atomic<int> good{0};
  {
    std::vector<std::jthread> clients;
    for (int i = 0; i < 16; ++i) {
      clients.emplace_back([&] {
        auto wire = served.wire();
        for (int turn = 0; turn < 50; ++turn) {
          wire.say(get("/hello"));
          if (statusOf(wire.response()) == "200") ++good;
        }
      });
    }
  }

  EXPECT_EQ(good, 800);
}

}  // namespace
}  // namespace congvan::http::test
