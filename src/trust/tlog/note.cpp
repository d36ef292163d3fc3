// SPDX-License-Identifier: Apache-2.0
#include "trust/tlog/note.h"

#include "base/encoding.h"
#include "base/text.h"
#include "trust/tlog/note_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace congvan::tlog {
namespace {

constexpr std::string_view kDash = "\xE2\x80\x94 ";  // U+2014 and a space
constexpr std::size_t kKeyIdBytes = 4;

Error badNote() {
  return Error{Code::Malformed, "note_malformed"};
}

/// Unicode White_Space, spelled in UTF-8.
bool hasSpace(std::string_view name) {
  static constexpr std::array<std::string_view, 20> kWide{
      "\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81",
      "\xE2\x80\x82", "\xE2\x80\x83", "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86",
      "\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\xA8",
      "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80", " "};
  return std::ranges::any_of(kWide, [&](auto space) { return name.find(space) != name.npos; });
}

bool hasNoteControls(std::string_view text) {
  return std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; });
}

Result<NoteSignature> parseSignatureLine(std::string_view line) {
  if (!line.starts_with(kDash)) return badNote();
  line.remove_prefix(kDash.size());
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return badNote();
  const auto name = line.substr(0, space);
  const auto bytes = parseCanonicalBase64(line.substr(space + 1));
  if (!isNoteKeyName(name) || !bytes || bytes->size() <= kKeyIdBytes) return badNote();
  const BytesView view(*bytes);
  return NoteSignature{std::string(name), readKeyId(view), toBytes(view.subspan(kKeyIdBytes))};
}

const NoteVerifier* findVerifier(const std::vector<NoteVerifier>& known, const NoteSignature& by) {
  const NoteVerifier* found = nullptr;
  for (const auto& verifier : known) {
    if (verifier.name() != by.name || verifier.keyId() != by.key_id) continue;
    if (found != nullptr) throw std::invalid_argument("two keys of one name and id: " + by.name);
    found = &verifier;
  }
  return found;
}

bool contains(const std::vector<NoteSignature>& signatures, const NoteSignature& one) {
  return std::ranges::find(signatures, one) != signatures.end();
}

bool containsKey(const std::vector<NoteSignature>& signatures, const NoteSignature& one) {
  return std::ranges::any_of(signatures, [&](const NoteSignature& other) {
    return other.name == one.name && other.key_id == one.key_id;
  });
}

}  // namespace

bool isNoteKeyName(std::string_view name) {
  return !name.empty() && isUtf8(name) && !hasSpace(name) && !hasNoteControls(name) &&
         name.find_first_of("+\n") == std::string_view::npos;
}

Result<Note> parseNote(std::string_view bytes) {
  if (bytes.size() > kNoteBytesMost) return Error{Code::TooLarge, "note_too_large"};
  if (!isUtf8(bytes) || hasNoteControls(bytes)) return badNote();
  const auto gap = bytes.rfind("\n\n");
  if (gap == std::string_view::npos || !bytes.ends_with('\n')) return badNote();

  auto signatures = parseSignatureLines(bytes.substr(gap + 2));
  if (!signatures) return signatures.error();
  return Note{std::string(bytes.substr(0, gap + 1)), std::move(*signatures)};
}

Result<std::vector<NoteSignature>> parseSignatureLines(std::string_view lines) {
  if (lines.empty() || !lines.ends_with('\n')) return badNote();
  std::vector<NoteSignature> signatures;
  while (!lines.empty()) {
    const auto end = lines.find('\n');
    auto signature = parseSignatureLine(lines.substr(0, end));
    if (!signature) return signature.error();
    if (signatures.size() == kNoteSignaturesMost) return badNote();
    signatures.push_back(std::move(*signature));
    lines.remove_prefix(end + 1);
  }
  return signatures;
}

std::string signatureLines(const std::vector<NoteSignature>& signatures) {
  std::string lines;
  for (const auto& signature : signatures) {
    Bytes bytes = keyIdBytes(signature.key_id);
    append(bytes, BytesView(signature.value));
    lines += fmt::format("{}{} {}\n", kDash, signature.name, toBase64(bytes));
  }
  return lines;
}

std::string noteText(const Note& note) {
  return note.text + "\n" + signatureLines(note.signatures);
}

Result<OpenedNote> openNote(std::string_view bytes, const std::vector<NoteVerifier>& known) {
  auto note = parseNote(bytes);
  if (!note) return note.error();
  OpenedNote opened;
  bool bad = false;
  for (const auto& signature : note->signatures) {
    const auto* const verifier = findVerifier(known, signature);
    if (verifier == nullptr) {
      if (!contains(opened.unknown, signature)) opened.unknown.push_back(signature);
    } else if (!verifier->verifies(note->text, signature.value)) {
      bad = true;
    } else if (!containsKey(opened.verified, signature)) {
      opened.verified.push_back(signature);
    }
  }
  if (bad) {
    opened.verified.clear();
    opened.verdict = NoteVerdict::BadSignature;
  } else if (!opened.verified.empty()) {
    opened.verdict = NoteVerdict::Verified;
  }
  opened.note = std::move(*note);
  return opened;
}

std::string signNote(std::string_view text, const std::vector<const NoteKey*>& keys) {
  Note note{std::string(text), {}};
  for (const auto* key : keys) note.signatures.push_back(key->sign(text));
  return noteText(note);
}

}  // namespace congvan::tlog
