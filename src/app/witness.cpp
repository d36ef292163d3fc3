// SPDX-License-Identifier: Apache-2.0
#include "app/witness.h"

#include "app/files.h"
#include "base/encoding.h"
#include "trust/crypto/secret.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace congvan::app {
namespace {

constexpr std::size_t kKeyFileBytes = 4096;
constexpr std::string_view kKeyFile = "witness.key";
constexpr std::string_view kVkeyFile = "witness.vkey";

std::string idOf(std::string_view origin) {
  return toHex(tlog::sha256(asBytes(origin)));
}

std::string checkpointFile(const std::string& id) {
  return id + ".checkpoint";
}

/// -1: somebody else holds it.
int lockFolder(const std::filesystem::path& folder) {
  const int file = ::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file >= 0 && ::flock(file, LOCK_EX | LOCK_NB) == 0) return file;
  if (file >= 0) ::close(file);
  return -1;
}

Result<tlog::NoteKey> cosigningKey(std::string_view name, const crypto::SecretBytes& seed) {
  return tlog::NoteKey::fromSeed(name, seed, tlog::NoteKeyType::CosignatureV1);
}

/// A name for those who gave none: the same for the same key, and nobody else's.
Result<std::string> nameOfKey(const crypto::SecretBytes& seed) {
  const auto key = cosigningKey("witness", seed);
  if (!key) return key.error();
  const auto digest = toHex(tlog::sha256(asBytes(key->verifier().vkey())));
  return "witness-" + digest.substr(0, 8);
}

Result<crypto::SecretBytes> readSeed(const std::filesystem::path& file) {
  auto bytes = readFile(file, kKeyFileBytes);
  if (!bytes) return bytes.error();
  crypto::SecretBytes seed{BytesView(*bytes)};
  crypto::wipe(bytes->data(), bytes->size());
  return seed;
}

Error keyChanged(const std::filesystem::path& file) {
  return {Code::Conflict, "witness_key_changed", {{"file", file.string()}}};
}

Result<tlog::NoteKey> openKey(const std::filesystem::path& folder,
                              const std::string& name,
                              storage::Files& files,
                              Random& random) {
  const auto secret = folder / kKeyFile;
  const auto published = folder / kVkeyFile;
  if (!exists(secret)) {
    // A new one would be a new witness: whoever relies on the old one has to be told.
    if (exists(published)) {
      return Error{Code::NotFound, "log_key_missing", {{"file", secret.string()}}};
    }
    const auto seed = tlog::NoteKey::generateSeed(random);
    const auto written = writeSecretFile(secret, seed.view());
    if (!written) return written.error();
  }
  const auto seed = readSeed(secret);
  if (!seed) return seed.error();
  if (exists(published)) {
    const auto text = readFile(published, kKeyFileBytes);
    if (!text) return text.error();
    const auto known = tlog::NoteVerifier::parse(asText(*text).substr(0, text->size() - 1));
    if (!known || (!name.empty() && known->name() != name)) return keyChanged(published);
    auto key = cosigningKey(known->name(), *seed);
    if (key && key->verifier().vkey() != known->vkey()) return keyChanged(published);
    return key;
  }
  auto chosen = name.empty() ? nameOfKey(*seed) : Result<std::string>(name);
  if (!chosen) return chosen.error();
  auto key = cosigningKey(*chosen, *seed);
  if (!key) return key;
  const auto written =
      storage::writeDurably(files, kVkeyFile, asBytes(key->verifier().vkey() + "\n"), "new");
  if (!written) return written.error();
  return key;
}

}  // namespace

Result<std::unique_ptr<Witness>> Witness::open(const Options& options,
                                               const Clock& clock,
                                               Random& random) {
  std::filesystem::create_directories(options.folder);
  const int locked = lockFolder(options.folder);
  if (locked < 0) {
    return Error{Code::Conflict, "witness_in_use", {{"folder", options.folder.string()}}};
  }
  auto files = storage::openFiles(options.folder);
  auto key = openKey(options.folder, options.name, *files, random);
  if (!key) {
    ::close(locked);
    return key.error();
  }
  std::unique_ptr<Witness> witness(
      new Witness(locked, std::move(files), std::move(*key), options.logs, clock));
  const auto recalled = witness->recall();
  if (!recalled) return recalled.error();
  return witness;
}

Witness::Witness(int locked,
                 std::unique_ptr<storage::Files> files,
                 tlog::NoteKey key,
                 std::vector<tlog::NoteVerifier> logs,
                 const Clock& clock)
    : locked_(locked),
      files_(std::move(files)),
      key_(std::move(key)),
      logs_(std::move(logs)),
      clock_(clock) {}

Witness::~Witness() {
  ::close(locked_);
}

Result<> Witness::recall() {
  for (const auto& log : logs_) {
    const auto id = idOf(log.name());
    const auto file = checkpointFile(id);
    const auto bytes = files_->read(file, tlog::kNoteBytesMost);
    if (!bytes && bytes.error().code != Code::NotFound) return bytes.error();
    if (!bytes) {
      seen_.try_emplace(id);
      continue;
    }
    // Our own signature is enough: a log may have changed its key since.
    auto note = toText(*bytes);
    const auto opened = tlog::openCheckpoint(note, {key_.verifier()});
    if (!opened || !tlog::verifiedBy(opened->note, key_.verifier()) ||
        opened->checkpoint.origin != log.name()) {
      return Error{Code::Malformed, "witness_state_damaged", {{"file", file}}};
    }
    seen_[id] = {opened->checkpoint.head, std::move(note)};
  }
  return kDone;
}

Result<std::string> Witness::addCheckpoint(std::string_view body) {
  const auto submission = tlog::openSubmission(body, logs_);
  if (!submission) return submission.error();
  const auto id = idOf(submission->checkpoint.origin);
  const std::lock_guard lock(mutex_);
  auto& seen = seen_.at(id);
  const auto continues = tlog::continuesFrom(seen.head, *submission);
  if (!continues) {
    const auto kept = keepFork(id, *submission);
    return kept ? continues.error() : kept.error();
  }
  const auto signature =
      key_.cosign(submission->note.text, static_cast<std::uint64_t>(toUnix(clock_.now())));
  auto cosigned = submission->note;
  cosigned.signatures.push_back(signature);
  auto note = tlog::noteText(cosigned);
  const auto written = storage::writeDurably(*files_, checkpointFile(id), asBytes(note), "next");
  if (!written) return written.error();
  seen = {submission->checkpoint.head, std::move(note)};
  return tlog::signatureLines({signature});
}

/// Two signed roots of one size convict the log whoever sent them; a proof that leads nowhere may
/// be anybody's.
Result<> Witness::keepFork(const std::string& id, const tlog::Submission& submission) {
  const auto& seen = seen_.at(id).head;
  const auto& shown = submission.checkpoint.head;
  if (shown.size != seen.size || shown.root == seen.root) return kDone;
  const auto file = id + ".fork";
  const auto known = files_->open(file);
  if (known) return kDone;
  return storage::writeDurably(*files_, file, asBytes(tlog::noteText(submission.note)), "next");
}

Result<std::string> Witness::latest(const std::string& log_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = seen_.find(log_id);
  if (found == seen_.end() || found->second.note.empty()) {
    return Error{Code::NotFound, "checkpoint_missing"};
  }
  return found->second.note;
}

}  // namespace congvan::app
