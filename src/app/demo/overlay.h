// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"

namespace congvan::app::demo {

/// What a forger would do: a later revision lays a white box with another text over the first page.
/// The signatures stay intact; only a comparison of revisions shows it. Malformed `pdf_damaged`: no
/// page object in the open.
Result<Bytes> overlayFirstPage(BytesView file);

}  // namespace congvan::app::demo
