// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "trust/crypto/software_key.h"
#include "trust/pki/certificate.h"

#include <span>
#include <string>
#include <vector>

/// What is measured is made of this, in `congvan bench` and in the benchmarks of tests/bench.
namespace congvan::bench {

/// A PDF with a cross-reference table, `pages` pages and about `bytes` bytes that no filter makes
/// smaller, as in a scan.
Bytes pdfOfSize(std::size_t bytes, int pages);

struct Signer {
  pki::Certificate certificate;
  crypto::SoftwareKey key;
};

/// Officials of a province that exists for this run only.
struct Officials {
  pki::Certificate root;
  std::vector<Signer> signers;
};
Officials makeOfficials(crypto::KeyKind kind, int count);

/// The incremental update that signs `file`, B-B, in a new field without a mark.
Bytes signatureOver(BytesView file, const Signer& signer, const std::string& field);

/// `file` with `count` signatures, one revision each, by the signers in turn.
Bytes signedTimes(Bytes file, std::span<const Signer> signers, int count);

}  // namespace congvan::bench
