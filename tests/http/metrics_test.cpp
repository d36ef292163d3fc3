// SPDX-License-Identifier: Apache-2.0
#include "edge/http/metrics.h"

#include "tests/http/wire.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

namespace congvan::http::test {
namespace {

std::string textOf(const Traffic& traffic) {
  Exposition out;
  const std::array<const Traffic*, 1> all{&traffic};
  Traffic::write(out, all);
  return out.text();
}

bool has(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST(Exposition, EscapesWhatStandsInQuotes) {
  Exposition out;
  out.family("name", Exposition::Kind::Gauge, "What it is.");
  out.sample({{"a", "1\\2\"3\n4"}, {"b", ""}}, 0.25);
  out.sample({}, 1e15);

  EXPECT_EQ(out.text(),
            "# HELP name What it is.\n# TYPE name gauge\n"
            "name{a=\"1\\\\2\\\"3\\n4\",b=\"\"} 0.25\nname 1000000000000000\n");
}

TEST(Traffic, CountsRequestsByRouteMethodAndClass) {
  const Desk desk;
  Traffic traffic("app", desk.router);
  const auto* hello = desk.router.match("GET", "/hello")->route;

  traffic.served(hello, 200, std::chrono::milliseconds(5));
  traffic.served(hello, 204, std::chrono::milliseconds(6));
  traffic.served(hello, 500, std::chrono::seconds(60));
  traffic.served(nullptr, 404, std::chrono::microseconds(1));

  const auto text = textOf(traffic);
  const std::string labels = R"({listener="app",method="GET",route="/hello")";
  EXPECT_TRUE(has(text, "congvan_http_requests_total" + labels + R"(,status="2xx"} 2)")) << text;
  EXPECT_TRUE(has(text, "congvan_http_requests_total" + labels + R"(,status="5xx"} 1)")) << text;
  EXPECT_TRUE(has(
      text,
      R"(congvan_http_requests_total{listener="app",method="any",route="none",status="4xx"} 1)"))
      << text;
  const auto times = "congvan_http_request_duration_seconds_bucket" + labels;
  EXPECT_TRUE(has(text, times + R"(,le="0.005"} 1)")) << text;
  EXPECT_TRUE(has(text, times + R"(,le="0.01"} 2)")) << text;
  EXPECT_TRUE(has(text, times + R"(,le="10"} 2)")) << text;
  EXPECT_TRUE(has(text, times + R"(,le="+Inf"} 3)")) << text;
  EXPECT_TRUE(has(text, "congvan_http_request_duration_seconds_count" + labels + "} 3")) << text;
  EXPECT_TRUE(has(text, "congvan_http_request_duration_seconds_sum" + labels + "} 60.011")) << text;
  EXPECT_EQ(text.find("/secret"), std::string::npos) << "a series appears with its first request";
}

TEST(Traffic, CountsNoReasonThatItDoesNotKnow) {
  const Desk desk;
  Traffic traffic("app", desk.router);
  EXPECT_TRUE(std::ranges::is_sorted(Traffic::kReasons));

  for (const auto reason : Traffic::kReasons) traffic.refused(reason);
  for (const auto* unknown : {"", "a", "document_missing", "zzz"}) traffic.refused(unknown);

  const auto text = textOf(traffic);
  for (const auto reason : Traffic::kReasons) {
    EXPECT_TRUE(has(
        text,
        "congvan_http_refusals_total{listener=\"app\",reason=\"" + std::string(reason) + "\"} 1"))
        << reason;
  }
  EXPECT_EQ(text.find("document_missing"), std::string::npos);
}

TEST(Traffic, LosesNoCountOfManyThreads) {
  const Desk desk;
  Traffic traffic("app", desk.router);
  const auto* hello = desk.router.match("GET", "/hello")->route;
  constexpr int kThreads = 8;
  constexpr int kEach = 2000;

  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < kEach; ++j) {
        traffic.served(hello, 200, std::chrono::milliseconds(1));
        if (j % 500 == 0) static_cast<void>(textOf(traffic));
      }
    });
  }
  for (auto& thread : threads) thread.join();

  EXPECT_TRUE(has(
      textOf(traffic),
      R"(congvan_http_requests_total{listener="app",method="GET",route="/hello",status="2xx"} 16000)"))
      << textOf(traffic);
}

TEST(Traffic, IsCountedByTheServer) {
  Served served;
  auto wire = served.wire();

  wire.say(get("/hello") + get("/none") +
           "POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n");
  for (int i = 0; i < 3; ++i) static_cast<void>(wire.response());
  const auto while_open = textOf(served.server.traffic());
  served.server.stop();

  EXPECT_TRUE(has(while_open, R"(congvan_http_connections_open{listener="test"} 1)")) << while_open;
  const auto text = textOf(served.server.traffic());
  EXPECT_TRUE(has(text, R"(congvan_http_connections_open{listener="test"} 0)")) << text;
  EXPECT_TRUE(has(text, R"(congvan_http_connections_total{listener="test"} 1)")) << text;
  for (
      const auto* line :
      {R"(congvan_http_requests_total{listener="test",method="GET",route="/hello",status="2xx"} 1)",
       R"(congvan_http_requests_total{listener="test",method="any",route="none",status="4xx"} 1)",
       R"(congvan_http_requests_total{listener="test",method="POST",route="/small",status="4xx"} 1)",
       R"(congvan_http_refusals_total{listener="test",reason="body_too_large"} 1)"}) {
    EXPECT_TRUE(has(text, line)) << line << "\n" << text;
  }
}

TEST(Traffic, CountsConnectionsThatWereTooMany) {
  auto options = Served::patient();
  options.connections_per_address = 1;
  const Served served(std::move(options));
  auto first = served.wire();
  first.say(get("/hello"));
  static_cast<void>(first.response());

  auto second = served.wire();
  second.say(get("/hello"));
  EXPECT_EQ(second.rest(), "");

  EXPECT_TRUE(has(textOf(served.server.traffic()),
                  R"(congvan_http_connections_refused_total{listener="test"} 1)"));
}

}  // namespace
}  // namespace congvan::http::test
