// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/shell.h"
#include "trust/pki/path.h"

#include <chrono>
#include <map>
#include <string>
#include <vector>

/// Authorities, certificates, CRLs and OCSP answers made by the openssl command, so that nothing
/// here was written by the code under test.
namespace congvan::test {

/// How one certificate is made. `extensions` are lines of an openssl extension section.
struct Recipe {
  std::string issuer = {};  ///< name of an earlier one; empty: self-signed
  std::string subject = {};
  std::string extensions = {};
  std::string key = {};  ///< name of another one whose key is used again; empty: a new one
  std::string algorithm = "EC -pkeyopt ec_paramgen_curve:P-256";  ///< of `openssl genpkey`
  std::string digest = "sha256";
  int days = 3650;
};

inline const std::string kIds = "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n";
inline const std::string kCa = kIds +
                               "basicConstraints=critical,CA:TRUE\n"
                               "keyUsage=critical,keyCertSign,cRLSign\n";
inline const std::string kPerson = kIds + "keyUsage=critical,digitalSignature,nonRepudiation\n";
inline const std::string kRoot =
    "subjectKeyIdentifier=hash\nbasicConstraints=critical,CA:TRUE\n"
    "keyUsage=critical,keyCertSign,cRLSign\n";

struct RevokedEntry {
  std::string certificate;
  std::string when = "260101000000Z";
  std::string reason = {};
};

struct CrlRecipe {
  std::string issuer;  ///< whose name and key sign
  std::vector<RevokedEntry> revoked = {};
  std::string extensions = {};  ///< besides the CRL number
  int number = 1;
  int days = 30;
  std::string last_update = {};  ///< YYMMDDHHMMSSZ; empty: now
  std::string next_update = {};
};

class TestPki {
 public:
  void make(const std::string& name, const Recipe& recipe) {
    const auto key = recipe.key.empty() ? name : recipe.key;
    if (recipe.key.empty()) {
      mustRun(folder_, "openssl genpkey -algorithm " + recipe.algorithm + " -out " + name + ".key");
    } else {
      mustRun(folder_, "cp " + key + ".key " + name + ".key");
    }
    const auto subject = recipe.subject.empty() ? "/C=VN/CN=" + name : recipe.subject;
    folder_.write(name + ".ext", recipe.extensions);
    const auto signer = recipe.issuer.empty()
                            ? " -signkey " + key + ".key"
                            : " -CA " + recipe.issuer + ".pem -CAkey " + recipe.issuer + ".key";
    mustRun(folder_,
            "openssl req -new -utf8 -key " + key + ".key -subj '" + subject + "' -out " + name +
                ".csr && openssl x509 -req -in " + name + ".csr" + signer + " -" + recipe.digest +
                " -days " + std::to_string(recipe.days) + " -set_serial " +
                std::to_string(++serial_) + " -extfile " + name + ".ext -out " + name + ".pem");
    serials_[name] = serial_;
  }

  void root(const std::string& name) { make(name, {.extensions = kRoot}); }
  void authority(const std::string& name, const std::string& issuer) {
    make(name, {.issuer = issuer, .extensions = kCa});
  }
  void person(const std::string& name, const std::string& issuer) {
    make(name, {.issuer = issuer, .extensions = kPerson});
  }

  pki::Certificate operator[](const std::string& name) const {
    return *pki::Certificate::parsePem(folder_.text(name + ".pem"));
  }

  pki::Crl crl(const CrlRecipe& recipe) const {
    writeIndex(recipe.revoked);
    char number[32];
    std::snprintf(number, sizeof number, "%04X", static_cast<unsigned>(recipe.number));
    folder_.write("number", std::string(number) + "\n");
    folder_.write(
        "ca.cnf",
        "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=number\ndefault_md=sha256\n"
        "[e]\nauthorityKeyIdentifier=keyid\n" +
            recipe.extensions);
    auto command = "openssl ca -config ca.cnf -gencrl -crlexts e -cert " + recipe.issuer +
                   ".pem -keyfile " + recipe.issuer + ".key -out out.crl -crldays " +
                   std::to_string(recipe.days);
    if (!recipe.last_update.empty()) command += " -crl_lastupdate " + recipe.last_update;
    if (!recipe.next_update.empty()) command += " -crl_nextupdate " + recipe.next_update;
    mustRun(folder_, command);
    return *pki::Crl::parseAny(folder_.bytes("out.crl"));
  }

  /// The answer of a responder `signer` of `issuer` about `about`.
  pki::OcspResponse ocsp(const std::string& issuer,
                         const std::string& signer,
                         const std::string& about,
                         const std::vector<RevokedEntry>& revoked = {},
                         const std::string& options = "-ndays 7") const {
    writeIndex(revoked, about);
    mustRun(folder_,
            "openssl ocsp -index index.txt -CA " + issuer + ".pem -rsigner " + signer +
                ".pem -rkey " + signer + ".key -issuer " + issuer + ".pem -cert " + about +
                ".pem -respout out.ocsp " + options);
    return {folder_.bytes("out.ocsp")};
  }

  const TempFolder& folder() const { return folder_; }

 private:
  std::string serialText(const std::string& name) const {
    char text[32];
    std::snprintf(text, sizeof text, "%02X", static_cast<unsigned>(serials_.at(name)));
    return text;
  }

  void writeIndex(const std::vector<RevokedEntry>& revoked, const std::string& valid = {}) const {
    std::string index;
    bool listed = false;
    for (const auto& entry : revoked) {
      index += "R\t400101000000Z\t" + entry.when +
               (entry.reason.empty() ? "" : "," + entry.reason) + "\t" +
               serialText(entry.certificate) + "\tunknown\t/CN=" + entry.certificate + "\n";
      listed = listed || entry.certificate == valid;
    }
    if (!valid.empty() && !listed) {
      index += "V\t400101000000Z\t\t" + serialText(valid) + "\tunknown\t/CN=" + valid + "\n";
    }
    folder_.write("index.txt", index);
    folder_.write("index.txt.attr", "unique_subject = no\n");
  }

  TempFolder folder_;
  int serial_ = 0x1000;
  std::map<std::string, int> serials_;
};

/// Shortly after now: every certificate and CRL made by then is in force.
inline Instant soon() {
  return SystemClock().now() + std::chrono::seconds(2);
}

}  // namespace congvan::test
