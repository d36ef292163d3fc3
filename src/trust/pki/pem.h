// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"

#include <functional>
#include <string_view>

namespace congvan::pki {

/// How the reading of a PEM file ended.
enum class PemEnd { NoMore, Stopped, Broken };

/// Hands each base64 block of `pem`, decoded, to `take` with its label, until it answers false.
/// Text between the blocks is passed over.
PemEnd readPemBlocks(BytesView pem,
                     const std::function<bool(std::string_view label, BytesView block)>& take);

}  // namespace congvan::pki
