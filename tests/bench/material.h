// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/bench/material.h"
#include "tests/support/openssl_pki.h"

/// The material of `congvan bench`, with certificates that openssl made: what other programs judge
/// beside us must not be ours alone.
namespace congvan::bench {

/// Three officials (pdfsig stumbles over the same certificate twice in a file), P-256 or RSA-3072.
class Signers {
 public:
  explicit Signers(const std::string& key) {
    for (const auto* name : {"mot", "hai", "ba"}) {
      pki_.makeSigner(name, key);
      all_.push_back({pki_.certificate(name), pki_.key(name)});
    }
  }
  const Signer& operator[](std::size_t index) const { return all_[index]; }
  operator std::span<const Signer>() const { return all_; }  // NOLINT: implicit
  pki::Certificate root() const { return pki_.certificate("ca"); }
  const test::TempFolder& folder() const { return pki_.folder(); }

 private:
  test::OpensslPki pki_;
  std::vector<Signer> all_;
};

}  // namespace congvan::bench
