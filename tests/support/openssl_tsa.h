// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/openssl_pki.h"
#include "trust/formats/timestamp/source.h"

#include <string>

namespace congvan::test {

/// A time-stamping authority that nobody here wrote: `openssl ts`.
class OpensslTsa final : public timestamp::Source {
 public:
  /// `name`: a certificate that `pki.makeTimestampAuthority` made.
  OpensslTsa(const OpensslPki& pki, const std::string& name) : folder_(pki.folder()) {
    folder_.write(
        "tsa.cnf",
        "[tsa]\ndefault_tsa=t\n[t]\nserial=" + (folder_ / "tsa.serial").string() +
            "\nsigner_cert=" + (folder_ / (name + ".pem")).string() + "\nsigner_key=" +
            (folder_ / (name + ".key")).string() + "\ncerts=" + (folder_ / "ca.pem").string() +
            "\nsigner_digest=sha256\ndefault_policy=1.2.3.4.1\ndigests=sha256,sha384,sha512\n"
            "ess_cert_id_alg=sha256\nordering=no\ntsa_name=no\n");
    folder_.write("tsa.serial", std::string_view("01\n"));
  }

  Result<Bytes> stamp(crypto::DigestAlgorithm algorithm, BytesView imprint) override {
    std::string hex;
    for (const auto byte : imprint) {
      char digits[3];
      std::snprintf(digits, sizeof digits, "%02x", byte);
      hex += digits;
    }
    const auto name = algorithm == crypto::DigestAlgorithm::Sha384   ? "sha384"
                      : algorithm == crypto::DigestAlgorithm::Sha512 ? "sha512"
                                                                     : "sha256";
    mustRun(
        folder_,
        "openssl ts -query -digest " + hex + " -" + name +
            " -cert -out ts.req 2>/dev/null && openssl ts -reply -config tsa.cnf -queryfile ts.req "
            "-token_out -out ts.token 2>/dev/null");
    return folder_.bytes("ts.token");
  }
  std::size_t tokenBytes() const override { return token_bytes; }

  std::size_t token_bytes = 8192;

 private:
  const TempFolder& folder_;
};

}  // namespace congvan::test
