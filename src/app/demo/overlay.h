// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"

namespace congvan::app::demo {

/// What a forger would do: a later revision lays a white box with another text over a page, the
/// last one whose object stands uncompressed. The signatures stay intact; only a comparison of
/// revisions shows it. Malformed `pdf_damaged`: there is no such page.
Result<Bytes> overlayPage(BytesView file);

}  // namespace congvan::app::demo
