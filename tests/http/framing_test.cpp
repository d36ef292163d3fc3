// SPDX-License-Identifier: Apache-2.0
#include "edge/http/framing.h"

#include <gtest/gtest.h>

namespace congvan::http {
namespace {

const Headers kHost = {{"host", "congvan.example.vn"}};

Headers hostAnd(Headers more) {
  more.insert(more.begin(), kHost.front());
  return more;
}

std::string refusalOf(const StartLine& line, const Headers& headers) {
  const auto length = bodyLength(line, headers);
  return length ? "taken" : length.error().reason;
}

std::string refusalOf(const Headers& headers) {
  return refusalOf({"POST", "/", "HTTP/1.1"}, headers);
}

std::string pathOf(std::string_view target) {
  const auto parsed = parseTarget(target);
  return parsed ? parsed->path : parsed.error().reason;
}

TEST(Framing, TakesALengthInDigits) {
  const auto length =
      bodyLength({"POST", "/", "HTTP/1.1"}, hostAnd({{"content-length", "18446744073709551615"}}));

  ASSERT_TRUE(length);
  EXPECT_EQ(*length, 18446744073709551615U);
}

TEST(Framing, TakesNoLengthAsNoBody) {
  const auto length = bodyLength({"POST", "/", "HTTP/1.0"}, kHost);

  ASSERT_TRUE(length);
  EXPECT_EQ(*length, 0U);
}

TEST(Framing, RefusesEveryOtherWayToWriteALength) {
  for (const char* text : {"+5",
                           "-1",
                           "",
                           " ",
                           "5 ",
                           " 5",
                           "0x5",
                           "5,5",
                           "5.0",
                           "5e1",
                           "five",
                           "18446744073709551616",
                           "99999999999999999999999999"}) {
    EXPECT_EQ(refusalOf(hostAnd({{"content-length", text}})), "request_length") << text;
  }
}

TEST(Framing, RefusesTwoLengthsEvenWhenTheyAgree) {
  EXPECT_EQ(refusalOf(hostAnd({{"content-length", "5"}, {"content-length", "6"}})),
            "request_length");
  EXPECT_EQ(refusalOf(hostAnd({{"content-length", "5"}, {"content-length", "5"}})),
            "request_length");
}

TEST(Framing, RefusesALengthTogetherWithATransferCoding) {
  EXPECT_EQ(refusalOf(hostAnd({{"content-length", "5"}, {"transfer-encoding", "chunked"}})),
            "request_length");
  EXPECT_EQ(refusalOf(hostAnd({{"transfer-encoding", "identity"}, {"content-length", "0"}})),
            "request_length");
}

TEST(Framing, AsksForALengthInsteadOfEveryTransferCoding) {
  for (const char* coding : {"chunked", "identity", "gzip, chunked", "xchunked", "Chunked ", ""}) {
    EXPECT_EQ(refusalOf(hostAnd({{"transfer-encoding", coding}})), "length_required") << coding;
  }
}

TEST(Framing, NeedsExactlyOneHost) {
  EXPECT_EQ(refusalOf(Headers{}), "request_host");
  EXPECT_EQ(refusalOf({{"host", "a"}, {"host", "a"}}), "request_host");
  EXPECT_EQ(refusalOf({{"host", "a.vn:8443"}}), "taken");
  EXPECT_EQ(refusalOf({{"host", "[::1]:8443"}}), "taken");
}

TEST(Framing, RefusesAHostThatIsNone) {
  for (const char* host : {"", "a b", "a/b", "user@a", "a,b", "a?b", "\xC4\x91"}) {
    EXPECT_EQ(refusalOf({{"host", host}}), "request_host") << host;
  }
}

TEST(Framing, RefusesNamesThatAreNoTokens) {
  for (const char* name :
       {"", "x y", "content-length ", "x:y", "x\ty", "\xC3\xA9", "x\"y", "x(y"}) {
    EXPECT_EQ(refusalOf(hostAnd({{name, "1"}})), "request_header") << name;
  }
}

TEST(Framing, RefusesControlCharactersInValuesButTab) {
  EXPECT_EQ(refusalOf(hostAnd({{"x", "a\tb"}})), "taken");
  for (const char c : {'\r', '\n', '\0', '\x01', '\x1F', '\x7F'}) {
    EXPECT_EQ(refusalOf(hostAnd({{"x", std::string("a") + c + "b"}})), "request_header")
        << static_cast<int>(c);
  }
}

TEST(Framing, TakesTheMethodsThatWeServeInCapitals) {
  for (const char* method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}) {
    EXPECT_EQ(refusalOf({method, "/", "HTTP/1.1"}, kHost), "taken") << method;
  }
  for (const char* method : {"get", "TRACE", "CONNECT", "OPTIONS", "PRI", "", "GETX", "G ET"}) {
    EXPECT_EQ(refusalOf({method, "/", "HTTP/1.1"}, kHost), "request_method") << method;
  }
}

TEST(Framing, TakesTwoVersions) {
  EXPECT_EQ(refusalOf({"GET", "/", "HTTP/1.0"}, kHost), "taken");
  for (const char* version : {"HTTP/9.9", "HTTP/2.0", "HTTP/1.2", "http/1.1", "HTTP/1.1 ", ""}) {
    EXPECT_EQ(refusalOf({"GET", "/", version}, kHost), "request_version") << version;
  }
}

TEST(Target, DecodesPathAndQuery) {
  const auto target = parseTarget("/a%20b/%C4%91/?q=x+y%2B&empty=&bare&z=1%3D2");

  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/a b/đ/");
  const std::map<std::string, std::string> wanted = {
      {"q", "x y+"}, {"empty", ""}, {"bare", ""}, {"z", "1=2"}};
  EXPECT_EQ(target->query, wanted);
}

TEST(Target, TakesPlusInAPathAsItself) {
  EXPECT_EQ(pathOf("/a+b"), "/a+b");
}

TEST(Target, ResolvesNothingBehindAnOpaquePrefix) {
  const auto opaque = [](std::string_view target) {
    const auto parsed = parseTarget(target, "/ocsp/");
    return parsed ? parsed->path : parsed.error().reason;
  };
  EXPECT_EQ(opaque("/ocsp/MFQ%2FA%2B%3D"), "/ocsp/MFQ/A+=");
  EXPECT_EQ(opaque("/ocsp/MFQ//A+="), "/ocsp/MFQ//A+=");
  EXPECT_EQ(opaque("/ocsp/"), "/ocsp/");
  EXPECT_EQ(opaque("/ocsp/a%00"), "request_target");
  EXPECT_EQ(opaque("/ocsp/a%0D%0A"), "request_target");
  EXPECT_EQ(opaque("/ocsp/%F"), "request_target");
  EXPECT_EQ(opaque("/ocsp"), "/ocsp");
  EXPECT_EQ(opaque("/other/a%2Fb"), "request_target");
}

TEST(Target, RefusesOtherFormsThanTheOriginForm) {
  for (const char* target :
       {"", "*", "a", "http://a/b", "a:443", "?q", "/a#b", "/a b", "/\xC4\x91"}) {
    EXPECT_EQ(pathOf(target), "request_target") << target;
  }
}

TEST(Target, RefusesPathsThatAnotherReaderCouldResolve) {
  for (const char* target : {"/..",
                             "/.",
                             "/a/../b",
                             "/a/./b",
                             "/%2e%2e/b",
                             "/a/%2E",
                             "/a\\b",
                             "/a%5Cb",
                             "//etc",
                             "/a//b",
                             "/a/%2Fetc",
                             "/a%2fb"}) {
    EXPECT_EQ(pathOf(target), "request_target") << target;
  }
  EXPECT_EQ(pathOf("/..."), "/...");
  EXPECT_EQ(pathOf("/.well-known/x"), "/.well-known/x");
  EXPECT_EQ(pathOf("/a/"), "/a/");
  EXPECT_EQ(pathOf("/"), "/");
}

TEST(Target, RefusesBadEscapes) {
  for (const char* target : {"/%",
                             "/%4",
                             "/%zz",
                             "/%0",
                             "/%00",
                             "/a%0Ab",
                             "/%7F",
                             "/%FF",
                             "/%C4",
                             "/?%",
                             "/?a=%00",
                             "/?a=%ff"}) {
    EXPECT_EQ(pathOf(target), "request_target") << target;
  }
}

TEST(Target, RefusesAQueryNameTwice) {
  EXPECT_EQ(pathOf("/?a=1&a=2"), "request_target");
  EXPECT_EQ(pathOf("/?a=1&%61=2"), "request_target");
  EXPECT_EQ(pathOf("/?=1"), "request_target");
  EXPECT_EQ(pathOf("/?a=1&b=1"), "/");
}

TEST(Target, HasALongestLength) {
  EXPECT_EQ(pathOf("/" + std::string(7999, 'a')).size(), 8000U);
  EXPECT_EQ(pathOf("/" + std::string(8000, 'a')), "request_target");
}

}  // namespace
}  // namespace congvan::http
