// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/shell.h"
#include "trust/crypto/random.h"
#include "trust/crypto/software_key.h"
#include "trust/pki/build.h"

#include <stdexcept>
#include <string>

/// A root and an issuing authority made by our own code from `certs/profiles`: for what our code
/// issues. Certificates that our code is to *judge* come from another tool.
namespace congvan::test {

inline std::string profileText(const std::string& name) {
  std::ifstream file(std::filesystem::path(CONGVAN_SOURCE_DIR) / "certs" / "profiles" /
                     (name + ".yaml"));
  return {std::istreambuf_iterator<char>(file), {}};
}

inline pki::Profile profileNamed(const std::string& name) {
  auto profile = pki::readProfile(profileText(name));
  if (profile) return *profile;
  std::string why = name + ": " + profile.error().reason;
  for (const auto& [key, value] : profile.error().params) why += ' ' + key + '=' + value;
  throw std::runtime_error(why);
}

template <typename T>
T valueOf(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().reason + ": " + result.error().detail);
  return std::move(*result);
}

struct Authority {
  explicit Authority(crypto::KeyKind kind)
      : root_key(crypto::SoftwareKey::generate(kind)),
        issuing_key(crypto::SoftwareKey::generate(kind)),
        root(makeRoot()),
        issuing(makeIssuing()) {}

  /// A request with everything but a subject.
  pki::CertificateRequest request(const crypto::SoftwareKey& key) const {
    crypto::SystemRandom random;
    pki::CertificateRequest made;
    made.spki = key.publicKey().spki();
    made.serial = pki::makeSerial(random);
    made.not_before = now;
    made.addresses = {"http://ca.example.vn/pki", "cap-phat-1"};
    return made;
  }

  pki::Certificate issue(const std::string& profile,
                         const std::string& common_name,
                         const crypto::SoftwareKey& key) const {
    auto made = request(key);
    made.subject = {{"O", "Ủy ban nhân dân tỉnh Mẫu"}, {"CN", common_name}};
    return valueOf(pki::issueCertificate(profileNamed(profile), made, issuing, issuing_key));
  }

  Instant now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + std::chrono::hours(2);
  crypto::SoftwareKey root_key;
  crypto::SoftwareKey issuing_key;
  pki::Certificate root;
  pki::Certificate issuing;

 private:
  pki::Certificate makeRoot() const {
    auto made = request(root_key);
    made.subject = {{"O", "Ủy ban nhân dân tỉnh Mẫu"}, {"CN", "CA gốc tỉnh Mẫu"}};
    return valueOf(pki::issueSelfSigned(profileNamed("root"), made, root_key));
  }
  pki::Certificate makeIssuing() const {
    auto made = request(issuing_key);
    made.addresses.issuer = "goc";
    made.subject = {{"O", "Ủy ban nhân dân tỉnh Mẫu"}, {"CN", "CA cấp phát 1 tỉnh Mẫu"}};
    return valueOf(pki::issueCertificate(profileNamed("issuing"), made, root, root_key));
  }
};

}  // namespace congvan::test
