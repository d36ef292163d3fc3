// SPDX-License-Identifier: Apache-2.0
#include "tests/support/openssl_pki.h"
#include "trust/crypto/der.h"
#include "trust/formats/cades/read.h"
#include "trust/formats/timestamp/ber.h"
#include "trust/formats/timestamp/oids.h"
#include "trust/formats/timestamp/token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

// Messages that no honest tool makes: correct signatures over things that break the format's rules.
namespace congvan::cades {
namespace {

namespace der = crypto::der;
namespace oid = timestamp::oid;
using crypto::DigestAlgorithm;
using test::OpensslPki;
using testing::Contains;
using testing::StartsWith;

constexpr std::string_view kContent = "nội dung";

const OpensslPki& forger() {
  static const OpensslPki* made = [] {
    auto* fresh = new OpensslPki;  // lives as long as the process, like every static of a test
    fresh->makeSigner("a", OpensslPki::kP256);
    // Another key under the very name and serial number of `a`.
    test::mustRun(
        fresh->folder(),
        "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout twin.key -out "
        "twin.csr -subj /CN=twin 2>/dev/null && "
        "openssl x509 -req -in twin.csr -CA ca.pem -CAkey ca.key -days 300 -out twin.pem "
        "-set_serial 0x$(openssl x509 -in a.pem -noout -serial | cut -d= -f2) 2>/dev/null");
    return fresh;
  }();
  return *made;
}

Bytes attribute(std::string_view name, std::vector<Bytes> values) {
  return der::sequence({der::oid(name), timestamp::setOf(std::move(values))});
}
Bytes contentType(std::string_view type = oid::kData) {
  return attribute(oid::kContentType, {der::oid(type)});
}
Bytes messageDigest(std::string_view text = kContent) {
  return attribute(oid::kMessageDigest,
                   {der::octetString(crypto::digest(DigestAlgorithm::Sha256, asBytes(text)))});
}
Bytes algorithm(DigestAlgorithm digest) {
  return der::sequence({der::oid(crypto::digestOid(digest))});
}
Bytes signingCertificate(const std::string& who) {
  const auto hash =
      der::octetString(crypto::digest(DigestAlgorithm::Sha256, forger().certificate(who).der()));
  return attribute(oid::kSigningCertificateV2,
                   {der::sequence({der::sequence({der::sequence({hash})})})});
}

struct Forgery {
  std::vector<Bytes> attributes;  ///< none: a signature without attributes
  bool sorted = true;
  std::string_view content_type = oid::kData;
  Bytes content = toBytes(kContent);
  DigestAlgorithm listed = DigestAlgorithm::Sha256;  ///< in the message's digestAlgorithms
  DigestAlgorithm stated = DigestAlgorithm::Sha256;  ///< in SignerInfo.digestAlgorithm
  bool unknown = false;  ///< instead of both: an algorithm that nobody knows
  DigestAlgorithm used = DigestAlgorithm::Sha256;  ///< by the signature
  std::vector<std::string> certificates = {"a"};
  std::vector<Bytes> unsigned_attributes = {};
};

Bytes made(const Forgery& f) {
  const auto certificate = forger().certificate("a");
  const auto key = *forger().key("a").withAlgorithm({crypto::Scheme::Ecdsa, f.used, f.used, 32});
  Bytes set;
  if (f.sorted)
    set = timestamp::setOf(f.attributes);
  else {
    Bytes joined;
    for (const Bytes& each : f.attributes) append(joined, each);
    set = der::element(der::kSet, joined);
  }
  const Bytes signed_bytes = f.attributes.empty() ? f.content : set;
  const Bytes value = *crypto::signMessage(key, signed_bytes);
  Bytes tagged;
  if (!f.attributes.empty()) {
    tagged = set;
    tagged.front() = der::contextConstructed(0);
  }
  Bytes certificates;
  for (const auto& name : f.certificates) append(certificates, forger().certificate(name).der());
  const Bytes serial = der::element(der::kInteger, certificate.serialDer());
  const Bytes nobodys = der::sequence({der::oid("1.2.3.4")});
  const Bytes listed = f.unknown ? nobodys : algorithm(f.listed);
  const Bytes stated = f.unknown ? nobodys : algorithm(f.stated);
  const Bytes signer =
      der::sequence({der::integer(1),
                     der::sequence({certificate.issuerDer(), serial}),
                     stated,
                     tagged,
                     crypto::encodeAlgorithm(key.algorithm()),
                     der::octetString(value),
                     f.unsigned_attributes.empty()
                         ? Bytes{}
                         : timestamp::setOf(f.unsigned_attributes, der::contextConstructed(1))});
  const Bytes message = der::sequence(
      {der::integer(1),
       der::element(der::kSet, listed),
       der::sequence({der::oid(f.content_type),
                      der::element(der::contextConstructed(0), der::octetString(f.content))}),
       der::element(der::contextConstructed(0), certificates),
       der::element(der::kSet, signer)});
  return der::sequence(
      {der::oid(oid::kSignedData), der::element(der::contextConstructed(0), message)});
}

evidence::Signature readOf(const Forgery& forgery) {
  const auto message = read(made(forgery), {});
  if (!message || message->signatures.size() != 1) throw std::runtime_error("unreadable");
  return message->signatures[0];
}

bool verifies(const evidence::SignerBlock& signer) {
  const auto key = signer.certificate->publicKey();
  return signer.signed_bytes.empty()
             ? crypto::checkDigestSignature(
                   key, *signer.algorithm, signer.signed_digest, signer.value) ==
                   crypto::SignatureCheck::Good
             : crypto::checkSignature(key, *signer.algorithm, signer.signed_bytes, signer.value) ==
                   crypto::SignatureCheck::Good;
}

TEST(CadesBreaches, AnHonestMessageHasNone) {
  const auto signature =
      readOf({.attributes = {contentType(), messageDigest(), signingCertificate("a")}});
  EXPECT_THAT(signature.signer.breaches, testing::IsEmpty());
  EXPECT_TRUE(verifies(signature.signer));
  EXPECT_TRUE(signature.signer.digests.at(0).matches());
}

/// A time-stamp token, of nothing in particular.
Bytes token(std::vector<Bytes> unsigned_attributes, const Bytes& extensions = {}) {
  Forgery f{.attributes = {}, .content_type = oid::kTstInfo};
  f.content = der::sequence(
      {der::integer(1),
       der::oid("1.2.3.4"),
       der::sequence({algorithm(DigestAlgorithm::Sha256), der::octetString(Bytes(32))}),
       der::integer(7),
       der::generalizedTime(*parseTime("2026-11-22T00:00:00Z")),
       extensions});
  f.attributes = {
      contentType(oid::kTstInfo), messageDigest(asText(f.content)), signingCertificate("a")};
  f.unsigned_attributes = std::move(unsigned_attributes);
  return made(f);
}

TEST(CadesBreaches, ACriticalExtensionOfATokenIsNotPassedOver) {
  for (const bool critical : {false, true}) {
    const Bytes extension = der::sequence(
        {der::oid("1.2.3.5"), critical ? der::boolean(true) : Bytes{}, der::octetString(Bytes(2))});
    const auto stamp =
        timestamp::read(token({}, der::element(der::contextConstructed(1), extension)),
                        evidence::TimestampKind::Signature,
                        {});
    ASSERT_TRUE(stamp);
    EXPECT_EQ(stamp->signer.breaches.empty(), !critical);
  }
}

TEST(CadesBreaches, AnArchiveTimestampProtectsWhatItsIndexNames) {
  const Bytes named = token({});
  const Bytes added_later = token({});
  Bytes value = der::oid(oid::kSignatureTimestamp);
  append(value, named);
  const auto list =
      der::sequence({der::octetString(crypto::digest(DigestAlgorithm::Sha256, value))});
  const auto index = der::sequence(
      {algorithm(DigestAlgorithm::Sha256), der::sequence({}), der::sequence({}), list});
  const auto signature = readOf(
      {.attributes = {contentType(), messageDigest(), signingCertificate("a")},
       .unsigned_attributes = {attribute(oid::kSignatureTimestamp, {named, added_later}),
                               attribute(oid::kArchiveTimestampV3,
                                         {token({attribute(oid::kAtsHashIndexV3, {index})})})}});
  ASSERT_EQ(signature.timestamps.size(), 3U);
  const auto of = [&](const Bytes& der) {
    return std::ranges::find(signature.timestamps, der, &evidence::Timestamp::der)->id;
  };
  const auto archive = std::ranges::find(
      signature.timestamps, evidence::TimestampKind::Archive, &evidence::Timestamp::kind);
  EXPECT_THAT(archive->protects, testing::ElementsAre(of(named)));
}

struct Broken {
  std::string name;
  std::string breach;
  std::function<Forgery()> make;
};

class EveryBreach : public testing::TestWithParam<Broken> {};

TEST_P(EveryBreach, IsNamedThoughTheSignatureVerifies) {
  const auto signature = readOf(GetParam().make());
  EXPECT_TRUE(verifies(signature.signer));
  EXPECT_THAT(signature.signer.breaches, Contains(StartsWith(GetParam().breach)));
}

INSTANTIATE_TEST_SUITE_P(
    Cades,
    EveryBreach,
    testing::Values(
        Broken{"TwoDigestAttributes",
               "duplicate-attribute",
               [] {
                 return Forgery{.attributes = {contentType(), messageDigest(), messageDigest("x")}};
               }},
        Broken{
            "TwoContentTypes",
            "duplicate-attribute",
            [] {
              return Forgery{.attributes = {contentType(), contentType("1.2.3"), messageDigest()}};
            }},
        Broken{"TwoDigestValues",
               "attribute-values",
               [] {
                 return Forgery{.attributes = {contentType(),
                                               attribute(oid::kMessageDigest,
                                                         {der::octetString(Bytes(32)),
                                                          der::octetString(Bytes(31))})}};
               }},
        Broken{"NoValue",
               "attribute-values",
               [] {
                 return Forgery{
                     .attributes = {contentType(), messageDigest(), attribute("1.2.3", {})}};
               }},
        Broken{"NoDigest",
               "message-digest-missing",
               [] { return Forgery{.attributes = {contentType()}}; }},
        Broken{"NoContentType",
               "content-type-missing",
               [] { return Forgery{.attributes = {messageDigest()}}; }},
        Broken{"OtherContentType",
               "content-type-mismatch",
               [] {
                 return Forgery{.attributes = {contentType(oid::kTstInfo), messageDigest()}};
               }},
        Broken{"UnlistedDigest",
               "digest-algorithm-not-listed",
               [] {
                 return Forgery{.attributes = {contentType(), messageDigest()},
                                .listed = DigestAlgorithm::Sha512};
               }},
        Broken{"ContradictoryDigests",
               "digest-algorithms-differ",
               [] {
                 return Forgery{.attributes = {contentType(), messageDigest()},
                                .used = DigestAlgorithm::Sha512};
               }},
        // Neither name would be looked for in the content beside the message.
        Broken{"UnknownDigest",
               "digest-algorithms-differ",
               [] { return Forgery{.attributes = {}, .unknown = true}; }},
        Broken{"ForeignProtection",
               "algorithm-protection",
               [] {
                 Bytes signature = crypto::encodeAlgorithm(
                     {crypto::Scheme::Ecdsa, DigestAlgorithm::Sha512, DigestAlgorithm::Sha512, 64});
                 signature.front() = der::contextConstructed(1);
                 return Forgery{
                     .attributes = {contentType(),
                                    messageDigest(),
                                    attribute(oid::kAlgorithmProtection,
                                              {der::sequence({algorithm(DigestAlgorithm::Sha256),
                                                              signature})})}};
               }},
        Broken{"OwnOrder",
               "signed-attributes-not-der",
               [] {
                 return Forgery{
                     .attributes = {signingCertificate("a"), messageDigest(), contentType()},
                     .sorted = false};
               }},
        Broken{"AttributesAsContent",
               "content-is-signed-attributes",
               [] {
                 return Forgery{.attributes = {},
                                .content = timestamp::setOf({contentType(), messageDigest()})};
               }},
        Broken{"NoAttributesForSpecialContent",
               "signed-attributes-missing",
               [] { return Forgery{.attributes = {}, .content_type = oid::kTstInfo}; }},
        Broken{"MalformedReference",
               "signing-certificate-malformed",
               [] {
                 return Forgery{.attributes = {contentType(),
                                               messageDigest(),
                                               attribute(oid::kSigningCertificateV2,
                                                         {der::sequence({der::null()})})}};
               }},
        Broken{"MalformedTime",
               "signing-time-malformed",
               [] {
                 return Forgery{
                     .attributes = {contentType(),
                                    messageDigest(),
                                    attribute(oid::kSigningTime, {der::utf8String("hôm nay")})}};
               }},
        Broken{"MalformedTimestamp",
               "timestamp-malformed",
               [] {
                 return Forgery{
                     .attributes = {contentType(), messageDigest()},
                     .unsigned_attributes = {attribute(oid::kSignatureTimestamp, {der::null()})}};
               }},
        Broken{"MalformedCountersignature",
               "countersignature-unreadable",
               [] {
                 return Forgery{
                     .attributes = {contentType(), messageDigest()},
                     .unsigned_attributes = {attribute(oid::kCountersignature, {der::null()})}};
               }}),
    [](const auto& tested) { return tested.param.name; });

// An algorithm that nobody knows must not hide that the content is there twice.
TEST(CadesBreaches, ContentInsideNeverStandsForContentBeside) {
  for (const bool unknown : {false, true}) {
    const auto message = readBeside(made({.attributes = {}, .unknown = unknown}), asBytes("other"));
    ASSERT_TRUE(message);
    EXPECT_THAT(message->signatures.at(0).signer.breaches, Contains(StartsWith("content-twice")));
  }
}

TEST(CadesBreaches, AnotherDigestInTheAttributeIsAMismatch) {
  const auto signature = readOf({.attributes = {contentType(), messageDigest("another")}});
  EXPECT_TRUE(verifies(signature.signer));
  EXPECT_FALSE(signature.signer.digests.at(0).matches());
}

TEST(CadesBreaches, TheSignedReferenceDecidesBetweenTwins) {
  for (const std::vector<std::string>& order :
       {std::vector<std::string>{"a", "twin"}, std::vector<std::string>{"twin", "a"}}) {
    const auto signature =
        readOf({.attributes = {contentType(), messageDigest(), signingCertificate("a")},
                .certificates = order});
    EXPECT_EQ(signature.signer.certificate, forger().certificate("a"));
  }
}

TEST(CadesBreaches, ASubstitutedKeyDoesNotVerify) {
  // Only the twin is inside: it bears the name, but neither made the value nor is it what the
  // reference means.
  const auto signature =
      readOf({.attributes = {contentType(), messageDigest(), signingCertificate("a")},
              .certificates = {"twin"}});
  ASSERT_EQ(signature.signer.certificate, forger().certificate("twin"));
  EXPECT_FALSE(verifies(signature.signer));
  EXPECT_NE(signature.signer.references.at(0).digest,
            crypto::digest(DigestAlgorithm::Sha256, signature.signer.certificate->der()));
}

TEST(CadesBreaches, AttributesInAnotherOrderVerifyWhenTheirDerFormWasSigned) {
  // RFC 5652 5.4: the DER form is signed, whatever the file's order.
  Bytes sorted = made({.attributes = {contentType(), messageDigest()}});
  const Bytes first = contentType();
  const Bytes second = messageDigest();
  Bytes in_order = first;
  append(in_order, second);
  Bytes swapped = second;
  append(swapped, first);
  const auto at = std::search(sorted.begin(), sorted.end(), in_order.begin(), in_order.end());
  ASSERT_NE(at, sorted.end());
  std::copy(swapped.begin(), swapped.end(), at);
  const auto message = read(sorted, {});
  ASSERT_TRUE(message);
  EXPECT_THAT(message->signatures[0].signer.breaches, testing::IsEmpty());
  EXPECT_TRUE(verifies(message->signatures[0].signer));
}

}  // namespace
}  // namespace congvan::cades
