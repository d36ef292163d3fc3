// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pki/revocation.h"

#include <optional>
#include <span>

/// The inside of reading OCSP answers. Inside this room only.
namespace congvan::pki {

struct OcspAnswer {
  StatusReport report;
  /// Who signed, when it was not one of the issuers: its own revocation is the caller's question.
  std::optional<Certificate> responder;
};

OcspAnswer ocspAnswer(const Certificate& certificate,
                      std::span<const Certificate> issuers,
                      const OcspResponse& response,
                      const StatusOptions& options);

}  // namespace congvan::pki
