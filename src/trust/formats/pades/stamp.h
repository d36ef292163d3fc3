// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "trust/formats/timestamp/source.h"

namespace congvan::pades {

/// One incremental revision with a document time-stamp (EN 319 142-1, 5.4.3) over everything before
/// it, to be appended to `file`: proof of time for every signature in it, whatever locks they set.
///
/// Malformed `pdf_malformed`, `pdf_encrypted`, `pdf_damaged`. TooLarge `signature_hole_too_small`:
/// the authority's tokens grow with each try. Refusals of `source`.
Result<Bytes> stamp(BytesView file, timestamp::Source& source);

}  // namespace congvan::pades
