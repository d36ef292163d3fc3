// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/profile.h"

#include "tests/support/test_authority.h"

#include <gtest/gtest.h>

namespace congvan::pki {
namespace {

constexpr std::string_view kGood = R"(name: person
title_vi: Chứng thư số cá nhân
title_en: Personal certificate
validity_days: 1826
keys: [P-256, RSA-3072]
subject:
  - attribute: C
    fixed: VN
  - attribute: OU
    use: optional
    most: 3
    longest: 40
  - attribute: CN
  - attribute: UID
    use: optional
    forms: ["MST:", "CCCD:"]
key_usage: [digitalSignature, nonRepudiation]
extended_key_usage: [emailProtection, 1.3.6.1.4.1.311.10.3.12]
policies: [2.16.704.1.1.1]
email: optional
addresses:
  crl: ["{base}/{issuer}.crl"]
  ca_issuers: ["{base}/{issuer}.crt"]
)";

std::string changed(std::string_view from, std::string_view to) {
  std::string text(kGood);
  const auto at = text.find(from);
  if (at == std::string::npos) throw std::invalid_argument("no such text in the profile");
  return text.replace(at, from.size(), to);
}

/// The reason, and the field or contradiction it names.
std::string refusal(const std::string& yaml) {
  const auto profile = readProfile(yaml);
  if (profile) return "accepted";
  std::string text = profile.error().reason;
  for (const auto& [name, value] : profile.error().params) text += " " + value;
  return text;
}

TEST(Profile, ReadsEveryPart) {
  const auto profile = readProfile(kGood);
  ASSERT_TRUE(profile) << profile.error().reason;
  EXPECT_EQ(profile->title_vi, "Chứng thư số cá nhân");
  EXPECT_EQ(profile->validity_days, 1826);
  EXPECT_FALSE(profile->ca);
  ASSERT_EQ(profile->subject.size(), 4U);
  EXPECT_EQ(profile->subject[0].fixed, "VN");
  EXPECT_EQ(profile->subject[1].most, 3U);
  EXPECT_EQ(profile->subject[1].longest, 40U);
  EXPECT_EQ(profile->subject[2].longest, 64U) << "the standard's bound when none is given";
  EXPECT_EQ(profile->subject[3].forms, (std::vector<std::string>{"MST:", "CCCD:"}));
  EXPECT_EQ(profile->extended_key_usage,
            (std::vector<std::string>{"1.3.6.1.5.5.7.3.4", "1.3.6.1.4.1.311.10.3.12"}));
  EXPECT_EQ(profile->email, Use::Optional);
  EXPECT_EQ(profile->dns, Use::Forbidden);
}

TEST(Profile, RefusesUnknownKeysAndValues) {
  EXPECT_NE(refusal(changed("email:", "emial:")).find("emial"), std::string::npos);
  EXPECT_NE(refusal(changed("    fixed: VN", "    fixd: VN")).find("subject[0].fixd"),
            std::string::npos);
  EXPECT_EQ(refusal(changed("attribute: OU", "attribute: XX")),
            "field_not_one_of subject[1].attribute");
  EXPECT_EQ(refusal(changed("[P-256,", "[P-192,")), "field_not_one_of keys");
  EXPECT_EQ(refusal(changed("nonRepudiation", "contentCommitment")), "field_not_one_of key_usage");
  EXPECT_EQ(refusal(changed("emailProtection", "everything")),
            "field_not_one_of extended_key_usage");
  EXPECT_EQ(refusal(changed("2.16.704.1.1.1]", "2..1]")), "field_not_one_of policies");
  EXPECT_EQ(refusal(changed("email: optional", "email: maybe")), "field_not_one_of email");
  EXPECT_NE(refusal(changed("longest: 40", "longest: 65")), "accepted")
      << "above the standard's bound";
  EXPECT_EQ(refusal(changed("longest: 40", "longest: 64")), "accepted");
  EXPECT_NE(refusal(changed("validity_days: 1826", "validity_days: 0")), "accepted");
  EXPECT_NE(refusal("just text"), "accepted");
  EXPECT_NE(refusal(""), "accepted");
}

TEST(Profile, RefusesPartsThatContradictEachOther) {
  const auto contradicts = [](const std::string& yaml) {
    return refusal(yaml).starts_with("profile_contradiction");
  };
  EXPECT_TRUE(contradicts(changed("1826", "1828"))) << "a subscriber beyond five years";
  EXPECT_FALSE(contradicts(changed("1826", "1827")));
  EXPECT_TRUE(contradicts(changed("digitalSignature,", "keyCertSign,"))) << "not an authority";
  EXPECT_TRUE(contradicts(changed("digitalSignature,", "cRLSign,")));
  EXPECT_TRUE(
      contradicts(changed("email: optional", "email: optional\nauthority:\n  path_length: 0")));
  EXPECT_TRUE(contradicts(changed("emailProtection,", "timeStamping,")))
      << "not alone, not critical";
  EXPECT_TRUE(contradicts(changed("emailProtection,", "serverAuth,")))
      << "a server without host names";
  EXPECT_TRUE(contradicts(changed("email: optional", "email: optional\nocsp_no_check: true")));
  EXPECT_TRUE(contradicts(changed("  crl: [\"{base}/{issuer}.crl\"]\n", "")))
      << "nobody could learn of a revocation";
  EXPECT_TRUE(contradicts(changed("  ca_issuers: [\"{base}/{issuer}.crt\"]\n", "")));
  EXPECT_TRUE(contradicts(changed("{base}/{issuer}.crl", "https://ca.vn/x.crl")));
  EXPECT_TRUE(contradicts(changed("{base}/{issuer}.crl", "http://ca.vn/x.crl")))
      << "a divided list has several addresses";
  EXPECT_TRUE(contradicts(changed("attribute: OU", "attribute: CN"))) << "twice";
  EXPECT_TRUE(contradicts(changed("attribute: CN", "attribute: L"))) << "no CN";
  EXPECT_TRUE(contradicts(changed("  - attribute: CN", "  - attribute: CN\n    most: 2")));
  EXPECT_TRUE(contradicts(changed("    fixed: VN", "    fixed: VN\n    use: optional")));
}

TEST(Profile, NameConstraintsAreHostsMailboxesAndNetworksOfAnAuthorityBelowAnother) {
  const auto constrained = [](const std::string& lists) {
    auto profile = test::profileText("issuing");
    return refusal(profile + "name_constraints:\n  permitted: {" + lists + "}\n");
  };
  EXPECT_EQ(constrained("dns: [an-binh.gov.vn], email: [.an-binh.gov.vn, van-thu@x.vn], ip: "
                        "[\"10.0.0.0/8\", \"0.0.0.0/0\", \"fd00::/8\", \"1.2.3.4/32\"]"),
            "accepted");
  for (const auto* wrong : {"dns: [.an-binh.gov.vn]",
                            "dns: [\"*.vn\"]",
                            "email: [\"a b@x.vn\"]",
                            "ip: [\"10.0.0.1/8\"]",
                            "ip: [\"10.0.0.0\"]",
                            "ip: [\"10.0.0.0/33\"]",
                            "ip: [\"10.0.0.0/8x\"]"}) {
    EXPECT_TRUE(constrained(wrong).starts_with("profile_contradiction")) << wrong;
  }
  EXPECT_EQ(constrained(""), "field_missing name_constraints.permitted");
  EXPECT_TRUE(refusal(changed("email: optional",
                              "email: optional\nname_constraints:\n  permitted: {dns: [a.vn]}"))
                  .starts_with("profile_contradiction"))
      << "not an authority";
}

TEST(Profile, NamesOfKeyUsageGoBothWays) {
  for (unsigned bit = 0; bit < 9; ++bit) {
    const auto usage = static_cast<KeyUsage>(bit);
    EXPECT_EQ(keyUsageNamed(keyUsageName(usage)), usage);
  }
  EXPECT_EQ(keyUsageNamed("signing"), std::nullopt);
}

}  // namespace
}  // namespace congvan::pki
