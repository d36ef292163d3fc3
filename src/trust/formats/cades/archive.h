// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/formats/cades/read.h"
#include "trust/formats/timestamp/signed_data.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

/// What an archive-time-stamp-v3 covers (EN 319 122-1 5.5.3). Internal to this room.
namespace congvan::cades {

struct ArchiveCover {
  ContentDigest
      imprint;  ///< digest of what the token has to cover; empty when the content is not at hand
  /// Where the values of unsigned attributes begin that the hash index names: others came later.
  std::set<const std::uint8_t*> values;
  std::vector<std::string>
      breaches;  ///< the token's hash index names something that the signature does not hold
};

/// Answers for every archive time-stamp of one message. Digests of what stands in the message are
/// made once an algorithm and signer, however many tokens ask: a message could otherwise make us
/// hash it thousands of times. The message must outlive this and what it gives out. Not for two
/// threads.
class Archive {
 public:
  explicit Archive(const timestamp::SignedData& message) : message_(message) {}

  /// `token` is an unsigned attribute of `signer`. `imprint` is null when it has no hash index.
  ArchiveCover cover(const timestamp::SignerInfo& signer,
                     BytesView token,
                     const ContentDigest& content);

 private:
  using Digests = std::set<Bytes>;
  /// What an index may name, and the attribute values that it then means.
  using Attributes = std::map<Bytes, std::set<const std::uint8_t*>>;
  using PerSigner = std::pair<const timestamp::SignerInfo*, crypto::DigestAlgorithm>;

  const Digests& certificates(crypto::DigestAlgorithm algorithm);
  const Digests& revocations(crypto::DigestAlgorithm algorithm,
                             const timestamp::SignerInfo& signer);
  const Attributes& attributes(crypto::DigestAlgorithm algorithm,
                               const timestamp::SignerInfo& signer);

  const timestamp::SignedData& message_;
  std::map<crypto::DigestAlgorithm, Digests> certificates_;
  std::map<PerSigner, Digests> revocations_;
  std::map<PerSigner, Attributes> attributes_;
};

}  // namespace congvan::cades
