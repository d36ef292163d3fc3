// SPDX-License-Identifier: Apache-2.0
#include "edge/fetch/reply_parser.h"

#include "edge/fetch/address_policy.h"

#include <Poco/Net/IPAddress.h>
#include <gtest/gtest.h>

namespace congvan::fetch {
namespace {

using State = ReplyParser::State;

// The outcome when the bytes come one by one, which must be the same as all at once.
State outcome(const std::string& text, std::size_t limit, std::string& body) {
  ReplyParser at_once(limit);
  at_once.feed(asBytes(text));
  const State once = at_once.close();
  ReplyParser dripped(limit);
  for (const char c : text) dripped.feed(asBytes(std::string_view(&c, 1)));
  EXPECT_EQ(dripped.close(), once) << text;
  if (once == State::Done) {
    body = toText(at_once.take().body);
    EXPECT_EQ(toText(dripped.take().body), body);
  }
  return once;
}

TEST(ReplyParser, ReadsEveryFraming) {
  for (const std::string text :
       {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200\nContent-Length: 5\n\nhello",
        "HTTP/1.0 200 OK\r\n\r\nhello",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding:chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n"}) {
    std::string body;
    EXPECT_EQ(outcome(text, 5, body), State::Done) << text;
    EXPECT_EQ(body, "hello");
    EXPECT_EQ(outcome(text, 4, body), State::TooLarge) << text;
  }
}

TEST(ReplyParser, RefusesWhatIsNotOneWholeResponse) {
  for (const std::string text :
       {"",
        "hello\r\n\r\n",
        "HTTP/2 200 OK\r\n\r\n",
        "HTTP/1.1 99 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: "
        "chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello!\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n folded: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n"}) {
    std::string body;
    EXPECT_EQ(outcome(text, 100, body), State::Malformed) << text;
  }
}

TEST(ReplyParser, BoundsTheHead) {
  const std::string start = "HTTP/1.1 200 OK\r\nA: ";
  const std::string end = "\r\nContent-Length: 0\r\n\r\n";
  const std::string fits(ReplyParser::kHeadBytesMax - start.size() - end.size(), 'x');
  std::string body;
  EXPECT_EQ(outcome(start + fits + end, 100, body), State::Done);
  EXPECT_EQ(outcome(start + fits + "x" + end, 100, body), State::TooLarge);
}

TEST(ReplyParser, KnowsTheContentType) {
  ReplyParser parser(10);
  parser.feed(
      asBytes("HTTP/1.1 200 OK\r\nCONTENT-TYPE:  Application/Timestamp-Reply ; "
              "a=b\r\nContent-Length: 0\r\n\r\n"));
  ASSERT_EQ(parser.close(), State::Done);
  EXPECT_EQ(parser.take().contentType(), "application/timestamp-reply");
}

TEST(AddressPolicy, KnowsThePublicInternet) {
  for (const auto* text : {"8.8.8.8",
                           "1.1.1.1",
                           "172.15.255.255",
                           "172.32.0.0",
                           "100.63.255.255",
                           "100.128.0.0",
                           "2606:4700::1111",
                           "::ffff:8.8.8.8",
                           "2002:0808:0808::1",
                           "64:ff9b::808:808"}) {
    EXPECT_TRUE(isPublic(Poco::Net::IPAddress(text))) << text;
  }
  for (const auto* text : {"0.0.0.0",
                           "10.0.0.1",
                           "100.64.0.0",
                           "100.127.255.255",
                           "127.0.0.1",
                           "127.255.255.255",
                           "169.254.169.254",
                           "172.16.0.0",
                           "172.31.255.255",
                           "192.168.1.1",
                           "198.18.0.1",
                           "224.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "::ffff:10.0.0.1",
                           "::ffff:127.0.0.1",
                           "64:ff9b::a00:1",
                           "2002:a00:1::",
                           "2001:db8::1",
                           "2001::1",
                           "fe80::1",
                           "fc00::1",
                           "fd12::1",
                           "ff02::1",
                           "::7f00:1"}) {
    EXPECT_FALSE(isPublic(Poco::Net::IPAddress(text))) << text;
  }
}

}  // namespace
}  // namespace congvan::fetch
