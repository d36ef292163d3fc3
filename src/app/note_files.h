// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/tlog/note.h"

#include <string>

namespace congvan::app {

/// The key itself, or the first line of a file with it. Malformed `vkey_malformed`, NotFound
/// `input_unreadable`.
Result<tlog::NoteVerifier> readKey(const std::string& given);

/// A checkpoint or proof from a file, unread. NotFound `input_unreadable`, TooLarge
/// `input_too_large`.
Result<std::string> readNote(const std::string& file);

}  // namespace congvan::app
