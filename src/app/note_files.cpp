// SPDX-License-Identifier: Apache-2.0
#include "app/note_files.h"

#include "app/files.h"

namespace congvan::app {
namespace {

constexpr std::size_t kNoteFileBytes = 2U << 20U;

}  // namespace

Result<tlog::NoteVerifier> readKey(const std::string& given) {
  auto key = tlog::NoteVerifier::parse(given);
  if (key || given.find('+') != std::string::npos) return key;
  const auto bytes = readFile(given, kNoteFileBytes);
  if (!bytes) return bytes.error();
  const auto text = toText(*bytes);
  return tlog::NoteVerifier::parse(text.substr(0, text.find_first_of("\r\n")));
}

Result<std::string> readNote(const std::string& file) {
  const auto bytes = readFile(file, kNoteFileBytes);
  if (!bytes) return bytes.error();
  return toText(*bytes);
}

}  // namespace congvan::app
