// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "trust/crypto/der.h"

#include <optional>
#include <vector>

/// What CMS needs of ASN.1 beyond crypto/der.h: messages in BER, sets, and the times that other
/// makers write.
namespace congvan::timestamp {

/// One element with definite, shortest lengths throughout.
struct Normalised {
  Bytes owned;           ///< empty when `bytes` is a view of the input
  BytesView bytes;       ///< exactly one element
  std::size_t used = 0;  ///< octets of the input that it took
};

/// Rewrites lengths that are not definite and shortest, and OCTET STRINGs in pieces; nothing else:
/// sets keep their order, primitive values their octets, and an element that needs no rewriting is
/// copied as it stands (so a certificate inside keeps its digest). When nothing at all needs it,
/// the result is a view of `ber` and nothing is copied.
///
/// Malformed `ber_malformed`: not BER, cut off, or nested deeper than 64.
Result<Normalised> normalise(BytesView ber);

/// Octets of the element that `ber` begins with, its end mark included when its length is
/// indefinite; nullopt when it is cut off or none. What a definite length encloses is not looked
/// at.
std::optional<std::size_t> elementSize(BytesView ber);

/// UTCTime or GeneralizedTime with fraction, offset or missing seconds; what is under a microsecond
/// is dropped.
std::optional<Instant> readTime(const crypto::der::Element& element);

/// A SET OF with its elements sorted as DER asks (X.690 11.6).
Bytes setOf(std::vector<Bytes> elements, std::uint8_t tag = crypto::der::kSet);

/// GeneralizedTime with milliseconds, trailing zeros left out (RFC 3161 2.4.2).
Bytes timeWithMillis(Instant instant);

}  // namespace congvan::timestamp
