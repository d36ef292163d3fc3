// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/openssl_pki.h"

#include <string>

/// The openssl command as time-stamping authority: writes `ts.cnf` beside the certificates of
/// `pki`.
namespace congvan::test {

inline void writeTsConfig(const OpensslPki& pki, const std::string& authority) {
  pki.folder().write("ts.serial", "01\n");
  pki.folder().write(
      "ts.cnf",
      "[tsa]\ndefault_tsa = tsa_config\n[tsa_config]\nserial = ts.serial\nsigner_cert = " +
          authority + ".pem\nsigner_key = " + authority +
          ".key\ncerts = ca.pem\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1\n"
          "other_policies = 1.2.3.4.5\ndigests = sha1, sha256, sha384, sha512\n"
          "accuracy = secs:1\nordering = no\ntsa_name = no\ness_cert_id_chain = no\n"
          "ess_cert_id_alg = sha256\n");
}

}  // namespace congvan::test
