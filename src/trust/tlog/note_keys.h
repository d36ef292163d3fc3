// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/tlog/note.h"

/// How a note's key is named in four bytes. Only the note code needs this.
namespace congvan::tlog {

/// First four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ key material).
std::uint32_t noteKeyId(std::string_view name, NoteKeyType type, BytesView material);
/// Big-endian, from and to the first four bytes of a signature.
std::uint32_t readKeyId(BytesView bytes);
Bytes keyIdBytes(std::uint32_t id);

}  // namespace congvan::tlog
