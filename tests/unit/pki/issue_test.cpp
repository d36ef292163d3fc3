// SPDX-License-Identifier: Apache-2.0
#include "base/encoding.h"
#include "tests/support/shell.h"
#include "tests/support/test_authority.h"
#include "trust/crypto/der.h"
#include "trust/pki/build.h"
#include "trust/pki/csr.h"
#include "trust/pki/lint.h"
#include "trust/pki/make_crl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace congvan::pki {
namespace {

using crypto::KeyKind;
using crypto::SoftwareKey;
using test::Authority;
using testing::HasSubstr;

std::string judge(const test::TempFolder& folder,
                  const Certificate& certificate,
                  const char* options) {
  folder.write("judged.pem", certificate.pem());
  return test::mustRun(
      folder,
      "openssl x509 -in judged.pem -noout -nameopt RFC2253,-esc_msb,utf8 " + std::string(options));
}

CertificateRequest personRequest(const Authority& authority, const SoftwareKey& key) {
  auto request = authority.request(key);
  request.subject = {{"CN", "Nguyễn Văn An"},
                     {"O", "Ủy ban nhân dân tỉnh Mẫu"},
                     {"OU", "Sở Nội vụ"},
                     {"OU", "Phòng Tổ chức"},
                     {"L", "Thành phố Mẫu"}};
  return request;
}

TEST(Issue, EveryProfileOfTheRepositoryIsReadable) {
  for (const auto* name : {"root",
                           "issuing",
                           "person",
                           "person-sim",
                           "organisation-seal",
                           "device",
                           "tsa",
                           "ocsp",
                           "tls-server"}) {
    EXPECT_EQ(test::profileNamed(name).name, name);
  }
}

TEST(Issue, OpensslTrustsTheWholeChainForEachKindOfCaKey) {
  const test::TempFolder folder;
  for (const auto kind : {KeyKind::P256, KeyKind::P384, KeyKind::Rsa3072}) {
    const Authority authority(kind);
    const auto key = SoftwareKey::generate(KeyKind::P256);
    const auto person = issueCertificate(test::profileNamed("person"),
                                         personRequest(authority, key),
                                         authority.issuing,
                                         authority.issuing_key);
    ASSERT_TRUE(person) << person.error().reason << person.error().detail;
    folder.write("root.pem", authority.root.pem());
    folder.write("issuing.pem", authority.issuing.pem());
    folder.write("leaf.pem", person->pem());

    const auto ran = test::run(folder,
                               "openssl verify -x509_strict -purpose any -attime " +
                                   std::to_string(toUnix(authority.now)) +
                                   " -CAfile root.pem -untrusted issuing.pem leaf.pem");

    EXPECT_EQ(ran.status, 0) << ran.output;
  }
}

TEST(Issue, ThePersonalProfileReadsAsThePublishedConventionsWant) {
  const test::TempFolder folder;
  const Authority authority(KeyKind::P256);
  const auto key = SoftwareKey::generate(KeyKind::P256);
  auto request = personRequest(authority, key);
  request.subject.push_back({"UID", "CCCD:000000000000"});
  request.emails = {"an.nguyen@mau.gov.vn"};

  const auto person = *issueCertificate(
      test::profileNamed("person"), request, authority.issuing, authority.issuing_key);

  EXPECT_EQ(person.subject(),
            "UID=CCCD:000000000000,CN=Nguyễn Văn An,L=Thành phố Mẫu,OU=Phòng Tổ chức,OU=Sở Nội vụ,"
            "O=Ủy ban nhân dân tỉnh Mẫu,C=VN");
  EXPECT_EQ(judge(folder, person, "-subject"), "subject=" + person.subject() + "\n");
  const auto text = judge(folder, person, "-text");
  EXPECT_THAT(text, HasSubstr("Version: 3 (0x2)"));
  EXPECT_THAT(
      text,
      HasSubstr("X509v3 Key Usage: critical\n                Digital Signature, Non Repudiation"));
  EXPECT_THAT(text, HasSubstr("X509v3 Basic Constraints: critical\n                CA:FALSE"));
  EXPECT_THAT(text, HasSubstr("email:an.nguyen@mau.gov.vn"));
  EXPECT_THAT(text, HasSubstr("URI:http://ca.example.vn/pki/cap-phat-1.crl"));
  EXPECT_THAT(text, HasSubstr("OCSP - URI:http://ca.example.vn/pki/ocsp"));
  EXPECT_THAT(text, HasSubstr("CA Issuers - URI:http://ca.example.vn/pki/cap-phat-1.crt"));
  EXPECT_EQ(person.crlAddresses(),
            std::vector<std::string>{"http://ca.example.vn/pki/cap-phat-1.crl"});
  EXPECT_EQ(person.ocspAddresses(), std::vector<std::string>{"http://ca.example.vn/pki/ocsp"});
  EXPECT_EQ(person.authorityKeyIdentifier(), authority.issuing.subjectKeyIdentifier());
  EXPECT_EQ(person.serialHex(), toHex(request.serial));
  EXPECT_TRUE(person.keyUsage(KeyUsage::NonRepudiation));
  EXPECT_FALSE(person.isCa());
}

TEST(Issue, NamesAreUtf8StringsAndTheCountryIsPrintable) {
  const test::TempFolder folder;
  const Authority authority(KeyKind::P256);
  folder.write("root.der", authority.root.der());
  const auto text = test::mustRun(folder, "openssl asn1parse -inform DER -in root.der");
  EXPECT_THAT(text, HasSubstr("PRINTABLESTRING   :VN"));
  EXPECT_THAT(text, HasSubstr("UTF8STRING        :Ủy ban nhân dân tỉnh Mẫu"));
}

TEST(Issue, TheTimeStampProfileHasOneCriticalPurpose) {
  const test::TempFolder folder;
  const Authority authority(KeyKind::P256);
  const auto tsa =
      authority.issue("tsa", "Máy chủ cấp dấu thời gian", SoftwareKey::generate(KeyKind::P256));
  EXPECT_THAT(judge(folder, tsa, "-text"),
              HasSubstr("X509v3 Extended Key Usage: critical\n                Time Stamping\n"));
  EXPECT_EQ(tsa.extendedKeyUsage(), std::vector<std::string>{std::string(kEkuTimeStamping)});
}

TEST(Issue, TheResponderProfileIsNotItselfChecked) {
  const Authority authority(KeyKind::P256);
  const auto ocsp = authority.issue("ocsp", "OCSP 1", SoftwareKey::generate(KeyKind::P256));
  EXPECT_TRUE(ocsp.hasOcspNoCheck());
  EXPECT_TRUE(ocsp.crlAddresses().empty());
}

TEST(Issue, AServerCertificateHoldsForItsHost) {
  const test::TempFolder folder;
  const Authority authority(KeyKind::P256);
  auto request = authority.request(SoftwareKey::generate(KeyKind::P256));
  request.subject = {{"O", "Văn phòng UBND tỉnh Mẫu"}, {"CN", "congvan.mau.gov.vn"}};
  request.dns_names = {"congvan.mau.gov.vn"};
  request.ip_addresses = {"10.1.2.3", "fd00::1"};
  const auto server = issueCertificate(
      test::profileNamed("tls-server"), request, authority.issuing, authority.issuing_key);
  ASSERT_TRUE(server) << server.error().reason;
  folder.write("root.pem", authority.root.pem());
  folder.write("issuing.pem", authority.issuing.pem());
  folder.write("leaf.pem", server->pem());
  for (const auto* name :
       {"-verify_hostname congvan.mau.gov.vn", "-verify_ip 10.1.2.3", "-verify_ip fd00::1"}) {
    const auto ran = test::run(folder,
                               "openssl verify -x509_strict -purpose sslserver -attime " +
                                   std::to_string(toUnix(authority.now)) + " " + name +
                                   " -CAfile root.pem -untrusted issuing.pem leaf.pem");
    EXPECT_EQ(ran.status, 0) << ran.output;
  }
}

TEST(Issue, ValidityIsTheProfilesAndNeverBeyondTheIssuers) {
  const Authority authority(KeyKind::P256);
  const auto profile = test::profileNamed("person");
  auto request = personRequest(authority, SoftwareKey::generate(KeyKind::P256));

  const auto usual = *issueCertificate(profile, request, authority.issuing, authority.issuing_key);
  EXPECT_EQ(usual.notBefore(), authority.now);
  EXPECT_EQ(usual.notAfter(), authority.now + std::chrono::days(1826) - std::chrono::seconds(1));

  request.not_after = authority.now + std::chrono::days(1826);
  EXPECT_EQ(
      issueCertificate(profile, request, authority.issuing, authority.issuing_key).error().reason,
      "validity_beyond_profile");
  request.not_after = authority.now - std::chrono::seconds(1);
  EXPECT_EQ(
      issueCertificate(profile, request, authority.issuing, authority.issuing_key).error().reason,
      "validity_beyond_profile");

  request.not_after = std::nullopt;
  request.not_before = authority.issuing.notAfter() - std::chrono::days(30);
  const auto late = *issueCertificate(profile, request, authority.issuing, authority.issuing_key);
  EXPECT_EQ(late.notAfter(), authority.issuing.notAfter()) << "cut to the issuer's end";
  request.not_after = authority.issuing.notAfter() + std::chrono::seconds(1);
  EXPECT_EQ(
      issueCertificate(profile, request, authority.issuing, authority.issuing_key).error().reason,
      "validity_outside_issuer");
  request.not_after = std::nullopt;
  request.not_before = authority.issuing.notAfter() + std::chrono::seconds(1);
  EXPECT_FALSE(issueCertificate(profile, request, authority.issuing, authority.issuing_key));
}

TEST(Issue, RefusesWhatTheProfileDoesNotAllow) {
  const Authority authority(KeyKind::P256);
  const auto profile = test::profileNamed("person");
  const auto good = personRequest(authority, SoftwareKey::generate(KeyKind::P256));
  const auto reason = [&](const auto& change) {
    auto request = good;
    change(request);
    const auto made = issueCertificate(profile, request, authority.issuing, authority.issuing_key);
    return made ? std::string("issued") : made.error().reason;
  };
  const auto subject = [&](std::string name, std::string value) {
    return reason([&](auto& request) { request.subject.push_back({name, value}); });
  };
  EXPECT_EQ(reason([](auto&) {}), "issued");
  EXPECT_EQ(subject("ST", "Mẫu"), "subject_attribute_not_allowed");
  EXPECT_EQ(subject("CN", "Hai tên"), "subject_attribute_repeated");
  EXPECT_EQ(subject("C", "US"), "subject_attribute_form");
  EXPECT_EQ(subject("C", "VN"), "issued");
  EXPECT_EQ(subject("UID", "123"), "subject_attribute_form");
  EXPECT_EQ(subject("UID", "MST:"), "subject_attribute_form");
  EXPECT_EQ(subject("OU", std::string(65, 'a')), "subject_attribute_too_long");
  EXPECT_EQ(subject("OU", std::string(64, 'a')), "issued");
  EXPECT_EQ(subject("OU", "a\nb"), "subject_attribute_text");
  EXPECT_EQ(subject("OU", "\xff"), "subject_attribute_text");
  EXPECT_EQ(subject("OU", "  "), "subject_attribute_text");
  EXPECT_EQ(reason([](auto& request) { request.subject.erase(request.subject.begin()); }),
            "subject_attribute_missing");
  EXPECT_EQ(reason([](auto& request) { request.emails = {"khong phai"}; }), "email_malformed");
  EXPECT_EQ(reason([](auto& request) { request.emails = {"a@b.vn\r\nBcc: x@y.vn"}; }),
            "email_malformed");
  EXPECT_EQ(reason([](auto& request) { request.dns_names = {"a.vn"}; }), "dns_not_allowed");
  EXPECT_EQ(reason([](auto& request) { request.serial = Bytes(16); }), "serial_malformed");
  EXPECT_EQ(reason([](auto& request) { request.serial = Bytes(15, 1); }), "serial_malformed");
  EXPECT_EQ(reason([](auto& request) { request.addresses.base = "ftp://x"; }), "address_malformed");
  EXPECT_EQ(reason([](auto& request) { request.addresses.base = "http://x y"; }),
            "address_malformed");
  EXPECT_EQ(reason([](auto& request) { request.addresses.issuer = "../x"; }), "address_malformed");
  EXPECT_EQ(reason([](auto& request) {
              request.spki = SoftwareKey::generate(KeyKind::P521).publicKey().spki();
            }),
            "key_not_allowed");
  EXPECT_EQ(reason([](auto& request) { request.spki.pop_back(); }), "public_key_malformed");
}

TEST(Issue, NamesAreWrittenInNfcAndTrimmed) {
  const Authority authority(KeyKind::P256);
  auto request = authority.request(SoftwareKey::generate(KeyKind::P256));
  request.subject = {{"O", " UBND ti\u0309nh Mẫu "}, {"CN", "Trần Thị Bình"}};
  const auto made = issueCertificate(
      test::profileNamed("person"), request, authority.issuing, authority.issuing_key);
  ASSERT_TRUE(made) << made.error().reason;
  EXPECT_EQ(made->subject(), "CN=Trần Thị Bình,O=UBND tỉnh Mẫu,C=VN");
}

TEST(Issue, AnAuthorityKeepsToItsPathLength) {
  const Authority authority(KeyKind::P256);
  const auto key = SoftwareKey::generate(KeyKind::P256);
  auto request = authority.request(key);
  request.subject = {{"O", "UBND tỉnh Mẫu"}, {"CN", "CA thứ ba"}};
  const auto third = issueCertificate(
      test::profileNamed("issuing"), request, authority.issuing, authority.issuing_key);
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().reason, "issuer_path_length");
}

TEST(Issue, NothingIsIssuedBeyondTheNamesThatTheAuthorityMayCertify) {
  const test::TempFolder folder;
  const Authority authority(KeyKind::P256);
  auto profile = test::profileNamed("issuing");
  profile.permitted_names = {
      .dns = {"an-binh.gov.vn"}, .email = {".an-binh.gov.vn"}, .ip = {"10.1.0.0/16", "fd00::/8"}};
  profile.excluded_names = {.dns = {"cu.an-binh.gov.vn"}, .email = {}, .ip = {"10.1.2.0/24"}};
  const auto issuing_key = SoftwareKey::generate(KeyKind::P256);
  auto request = authority.request(issuing_key);
  request.subject = {{"O", "UBND tỉnh Mẫu"}, {"CN", "CA hẹp"}};
  const auto narrow = issueCertificate(profile, request, authority.root, authority.root_key);
  ASSERT_TRUE(narrow) << narrow.error().reason;
  EXPECT_THAT(judge(folder, *narrow, "-ext nameConstraints"),
              testing::AllOf(HasSubstr("critical"),
                             HasSubstr("DNS:an-binh.gov.vn"),
                             HasSubstr("email:.an-binh.gov.vn"),
                             HasSubstr("IP:10.1.0.0/255.255.0.0"),
                             HasSubstr("Excluded:")));

  const auto key = SoftwareKey::generate(KeyKind::P256);
  folder.write("root.pem", authority.root.pem());
  folder.write("narrow.pem", narrow->pem());
  const auto issued = [&](std::vector<std::string> hosts, std::vector<std::string> addresses) {
    auto server = authority.request(key);
    server.subject = {{"O", "UBND tỉnh Mẫu"}, {"CN", "máy chủ"}};
    server.dns_names = std::move(hosts);
    server.ip_addresses = std::move(addresses);
    return issueCertificate(test::profileNamed("tls-server"), server, *narrow, issuing_key);
  };
  const auto server = issued({"so-noi-vu.an-binh.gov.vn"}, {"10.1.3.4", "fd00::1"});
  ASSERT_TRUE(server) << server.error().reason;
  folder.write("server.pem", server->pem());
  EXPECT_EQ(
      test::run(folder,
                "openssl verify -x509_strict -attime " + std::to_string(toUnix(authority.now)) +
                    " -CAfile root.pem -untrusted narrow.pem server.pem")
          .status,
      0);
  for (const auto& [hosts, addresses] :
       std::vector<std::pair<std::vector<std::string>, std::vector<std::string>>>{
           {{"so.tinh-khac.gov.vn"}, {}},
           {{"xan-binh.gov.vn"}, {}},
           {{"a.cu.an-binh.gov.vn"}, {}},
           {{"so.an-binh.gov.vn"}, {"10.2.0.1"}},
           {{"so.an-binh.gov.vn"}, {"10.1.2.9"}},
           {{"so.an-binh.gov.vn"}, {"fe80::1"}}}) {
    const auto refused = issued(hosts, addresses);
    ASSERT_FALSE(refused) << hosts.front();
    EXPECT_EQ(refused.error().reason, "names_beyond_issuer");
  }
}

TEST(Issue, OnlyAnAuthorityWithItsOwnKeyIssues) {
  const Authority authority(KeyKind::P256);
  const auto key = SoftwareKey::generate(KeyKind::P256);
  const auto profile = test::profileNamed("person");
  const auto request = personRequest(authority, key);
  const auto person = *issueCertificate(profile, request, authority.issuing, authority.issuing_key);
  EXPECT_EQ(issueCertificate(profile, request, person, key).error().reason, "issuer_not_ca");
  EXPECT_EQ(issueCertificate(profile, request, authority.issuing, key).error().reason,
            "signer_not_issuer");
  EXPECT_EQ(issueSelfSigned(profile, request, key).error().reason, "issuer_required");
}

/// A key whose keeper answers with a signature of other bytes.
struct Faulty final : crypto::Signer {
  explicit Faulty(const SoftwareKey& key) : key_(key) {}
  crypto::SignatureAlgorithm algorithm() const override { return key_.algorithm(); }
  crypto::PublicKey publicKey() const override { return key_.publicKey(); }
  Result<Bytes> signDigest(BytesView digest) const override {
    auto other = toBytes(digest);
    other[0] ^= 1U;
    return key_.signDigest(other);
  }
  const SoftwareKey& key_;
};

TEST(Issue, ASignatureOverOtherBytesNeverBecomesACertificate) {
  const Authority authority(KeyKind::P256);
  const auto request = personRequest(authority, SoftwareKey::generate(KeyKind::P256));
  const auto made = issueCertificate(
      test::profileNamed("person"), request, authority.issuing, Faulty(authority.issuing_key));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().reason, "signature_not_good");
  EXPECT_EQ(makeCrl(authority.issuing,
                    Faulty(authority.issuing_key),
                    {},
                    {1, authority.now, authority.now + std::chrono::days(1)})
                .error()
                .reason,
            "signature_not_good");
}

TEST(Issue, SerialsAreSixteenRandomOctets) {
  crypto::SystemRandom random;
  const auto first = makeSerial(random);
  EXPECT_EQ(first.size(), 16U);
  EXPECT_NE(first.front(), 0);
  EXPECT_NE(first, makeSerial(random));
}

TEST(MakeCrl, OpensslReadsAndTrustsIt) {
  const test::TempFolder folder;
  for (const auto kind : {KeyKind::P256, KeyKind::P384, KeyKind::Rsa3072}) {
    const Authority authority(kind);
    const auto gone = authority.issue("person", "Đã thu hồi", SoftwareKey::generate(KeyKind::P256));
    const auto kept =
        authority.issue("person", "Còn hiệu lực", SoftwareKey::generate(KeyKind::P256));
    const std::vector<RevokedEntry> entries{{gone.serialDer(),
                                             authority.now - std::chrono::hours(1),
                                             RevocationReason::KeyCompromise,
                                             authority.now - std::chrono::hours(3)},
                                            {Bytes{0x01}, authority.now - std::chrono::hours(2)}};

    const auto crl = makeCrl(authority.issuing,
                             authority.issuing_key,
                             entries,
                             {7, authority.now, authority.now + std::chrono::days(7)});

    ASSERT_TRUE(crl) << crl.error().reason;
    folder.write("crl.der", *crl);
    folder.write("chain.pem", authority.root.pem() + authority.issuing.pem());
    folder.write("gone.pem", gone.pem());
    folder.write("kept.pem", kept.pem());
    const auto text =
        test::mustRun(folder, "openssl crl -in crl.der -inform DER -text -noout -CAfile chain.pem");
    EXPECT_THAT(text, HasSubstr("verify OK"));
    EXPECT_THAT(text, HasSubstr("Version 2"));
    EXPECT_THAT(text, HasSubstr("X509v3 CRL Number: \n                7"));
    EXPECT_THAT(text, HasSubstr("Key Compromise"));
    EXPECT_THAT(text, HasSubstr("Invalidity Date"));
    test::mustRun(folder, "openssl crl -in crl.der -inform DER -out crl.pem");
    const auto check = "openssl verify -crl_check -attime " +
                       std::to_string(toUnix(authority.now)) +
                       " -CAfile chain.pem -CRLfile crl.pem ";
    EXPECT_EQ(test::run(folder, check + "kept.pem").status, 0);
    EXPECT_THAT(test::run(folder, check + "gone.pem").output, HasSubstr("certificate revoked"));
  }
}

TEST(MakeCrl, AnEmptyListHasNoEntriesAtAll) {
  const test::TempFolder folder;
  const Authority authority(KeyKind::P256);
  const auto crl = *makeCrl(authority.issuing,
                            authority.issuing_key,
                            {},
                            {1,
                             authority.now,
                             authority.now + std::chrono::days(1),
                             "http://ca.example.vn/pki/shard-0.crl"});
  folder.write("crl.der", crl);
  const auto text = test::mustRun(folder, "openssl crl -in crl.der -inform DER -text -noout");
  EXPECT_THAT(text, HasSubstr("No Revoked Certificates"));
  EXPECT_THAT(text, HasSubstr("X509v3 Issuing Distribution Point: critical"));
  EXPECT_THAT(text, HasSubstr("URI:http://ca.example.vn/pki/shard-0.crl"));
}

TEST(MakeCrl, RefusesContradictions) {
  const Authority authority(KeyKind::P256);
  const auto reason = [&](std::vector<RevokedEntry> entries, CrlRequest request) {
    const auto made = makeCrl(authority.issuing, authority.issuing_key, entries, request);
    return made ? std::string("made") : made.error().reason;
  };
  const auto now = authority.now;
  const CrlRequest good{1, now, now + std::chrono::days(1)};
  EXPECT_EQ(reason({{Bytes{1}, now}}, good), "made");
  EXPECT_EQ(reason({}, {1, now, now}), "crl_times");
  EXPECT_EQ(reason({{Bytes{1}, now + std::chrono::seconds(1)}}, good), "crl_times");
  EXPECT_EQ(reason({{Bytes{1}, now}, {Bytes{2}, now}, {Bytes{1}, now}}, good),
            "crl_entry_repeated");
  EXPECT_EQ(reason({{Bytes{1}, now, RevocationReason::RemoveFromCrl}}, good), "crl_reason");
  EXPECT_EQ(reason({{Bytes{}, now}}, good), "serial_malformed");
  EXPECT_EQ(reason({{Bytes(22, 1), now}}, good), "serial_malformed");
  EXPECT_EQ(reason({{Bytes{0, 1}, now}}, good), "serial_malformed") << "not in shortest form";
  EXPECT_EQ(makeCrl(authority.issuing, authority.root_key, {}, good).error().reason,
            "signer_not_issuer");
}

TEST(SigningRequest, ReadsWhatOpensslMakes) {
  const test::TempFolder folder;
  for (const auto* key : {"-newkey ec -pkeyopt ec_paramgen_curve:P-256",
                          "-newkey rsa:2048",
                          "-newkey ed25519",
                          "-newkey rsa:2048 -sigopt rsa_padding_mode:pss"}) {
    test::mustRun(
        folder,
        std::string("openssl req -new -nodes -keyout key -utf8 -subj '/C=VN/O=Sở Y tế/CN=Lê Văn C' "
                    "-addext subjectAltName=email:c@mau.gov.vn,DNS:mau.gov.vn -out request.pem ") +
            key);
    test::mustRun(folder,
                  "openssl req -in request.pem -outform DER -out request.der && openssl pkey -in "
                  "key -pubout -outform DER -out public");

    for (const auto* file : {"request.pem", "request.der"}) {
      const auto request = readSigningRequest(folder.bytes(file));

      ASSERT_TRUE(request) << key << " " << request.error().reason << request.error().detail;
      EXPECT_EQ(request->spki, folder.bytes("public")) << key;
      EXPECT_EQ(request->subject,
                (std::vector<SubjectAttribute>{{"C", "VN"}, {"O", "Sở Y tế"}, {"CN", "Lê Văn C"}}));
      EXPECT_EQ(request->emails, std::vector<std::string>{"c@mau.gov.vn"});
      EXPECT_EQ(request->dns_names, std::vector<std::string>{"mau.gov.vn"});
    }
  }
}

TEST(SigningRequest, RefusesOneThatItsKeyDidNotSign) {
  const test::TempFolder folder;
  test::mustRun(folder,
                "openssl req -new -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -keyout key "
                "-subj /CN=x -outform DER -out request.der");
  auto request = folder.bytes("request.der");
  const auto at = asText(request).find('x');
  request[at] = 'y';
  EXPECT_EQ(readSigningRequest(request).error().reason, "possession_not_proved");
  request.push_back(0);
  EXPECT_EQ(readSigningRequest(request).error().reason, "request_malformed");
  EXPECT_EQ(readSigningRequest({}).error().reason, "request_malformed");
  EXPECT_EQ(readSigningRequest(Bytes((64U << 10U) + 1)).error().code, Code::TooLarge);
}

}  // namespace
}  // namespace congvan::pki
