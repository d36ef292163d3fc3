// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/shell.h"
#include "trust/crypto/secret.h"
#include "trust/crypto/software_key.h"
#include "trust/pki/certificate.h"

#include <string>
#include <vector>

/// Keys and certificates made by the openssl command, in a folder of their own: a root `ca`, and
/// leaves under it (`NAME.pem`, `NAME.key`).
namespace congvan::test {

class OpensslPki {
 public:
  OpensslPki() {
    mustRun(folder_,
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key "
            "-out ca.pem "
            "-days 3650 -utf8 -subj '/C=VN/O=Kiểm thử/CN=Gốc kiểm thử' "
            "-addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null");
  }

  /// `key`: arguments of `openssl req -newkey`; `extensions`: lines of an extension file.
  void makeLeaf(const std::string& name,
                const std::string& key,
                const std::string& extensions) const {
    folder_.write(name + ".ext", extensions);
    mustRun(folder_,
            "openssl req -newkey " + key + " -nodes -keyout " + name + ".key -out " + name +
                ".csr -utf8 -subj '/C=VN/O=Sở Nội vụ/CN=Nguyễn Văn " + name +
                "' 2>/dev/null && openssl x509 -req -in " + name +
                ".csr -CA ca.pem -CAkey ca.key -days 3000 -out " + name + ".pem -extfile " + name +
                ".ext -set_serial 0x$(openssl rand -hex 15 | sed 's/^/4a/') 2>/dev/null");
  }
  void makeSigner(const std::string& name, const std::string& key) const {
    makeLeaf(name,
             key,
             "keyUsage=critical,digitalSignature,nonRepudiation\nsubjectKeyIdentifier=hash\n");
  }
  void makeTimestampAuthority(const std::string& name, const std::string& key) const {
    makeLeaf(
        name, key, "keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n");
  }

  pki::Certificate certificate(const std::string& name) const {
    return *pki::Certificate::parsePem(folder_.text(name + ".pem"));
  }
  crypto::SoftwareKey key(const std::string& name) const {
    return *crypto::SoftwareKey::fromPem(folder_.text(name + ".key"), crypto::SecretBytes{});
  }
  const TempFolder& folder() const { return folder_; }

  /// Arguments of `openssl req -newkey` and `openssl genpkey`.
  static constexpr const char* kP256 = "ec -pkeyopt ec_paramgen_curve:P-256";
  static constexpr const char* kP384 = "ec -pkeyopt ec_paramgen_curve:P-384";
  static constexpr const char* kP521 = "ec -pkeyopt ec_paramgen_curve:P-521";
  static constexpr const char* kRsa2048 = "rsa:2048";
  static constexpr const char* kRsa3072 = "rsa:3072";

 private:
  TempFolder folder_;
};

}  // namespace congvan::test
