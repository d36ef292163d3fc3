// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/formats/cades/read.h"
#include "trust/formats/timestamp/signed_data.h"

#include <string>
#include <vector>

/// What an archive-time-stamp-v3 covers (EN 319 122-1 5.5.3). Internal to this room.
namespace congvan::cades {

struct ArchiveCover {
  ContentDigest
      imprint;  ///< digest of what the token has to cover; empty when the content is not at hand
  std::vector<std::string>
      breaches;  ///< the token's hash index names something that the signature does not hold
};

/// `token` is the archive time-stamp, an unsigned attribute of `signer`. `imprint` is null when the
/// token has no hash index. The views must outlive the result.
ArchiveCover archiveCover(const timestamp::SignedData& message,
                          const timestamp::SignerInfo& signer,
                          BytesView token,
                          const ContentDigest& content);

}  // namespace congvan::cades
