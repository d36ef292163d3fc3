// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <string>
#include <string_view>

namespace congvan {

/// Lower-case hexadecimal.
std::string toHex(BytesView bytes);
/// Malformed: odd length or another character. Upper case is read too.
Result<Bytes> fromHex(std::string_view text);

/// Standard base64 with padding (RFC 4648 section 4), one line.
std::string toBase64(BytesView bytes);
/// Malformed: wrong alphabet or padding. Spaces and line ends are passed over.
Result<Bytes> fromBase64(std::string_view text);

/// The URL-safe alphabet without padding (RFC 4648 section 5): tokens in paths and cookies.
std::string toBase64Url(BytesView bytes);
Result<Bytes> fromBase64Url(std::string_view text);

}  // namespace congvan
