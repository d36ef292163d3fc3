// SPDX-License-Identifier: Apache-2.0
#include "app/data_folder.h"

#include "app/files.h"
#include "base/encoding.h"
#include "trust/crypto/digest.h"
#include "trust/crypto/sealed.h"

#include <array>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace congvan::app {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 8> kFolders = {
    "db", "blobs", "log/issuance", "log/records", "keys", "tls", "seals", "out"};
/// What a set-up fills.
constexpr std::array<std::string_view, 8> kFilled = {
    "db", "blobs", "log", "keys", "tls", "secret.key", "root.pem", "congvan.yaml"};
constexpr std::string_view kMark = "init.unfinished";

Bytes logKeyBinding(std::string_view log) {
  return toBytes("congvan log key\n" + std::string(log));
}

Error unwritable(const fs::path& file) {
  return {Code::Unavailable, "output_unwritable", {{"file", file.string()}}, std::strerror(errno)};
}

}  // namespace

Result<LockedFile> LockedFile::open(const fs::path& file, int flags, const Error& taken) {
  LockedFile opened(::open(file.c_str(), O_RDWR | O_CLOEXEC | flags, 0600));
  struct stat about {};
  const bool locked = opened.descriptor_ >= 0 &&
                      ::flock(opened.descriptor_, LOCK_EX | LOCK_NB) == 0 &&
                      ::fstat(opened.descriptor_, &about) == 0;
  if (locked && about.st_nlink > 0) return opened;
  // Without a link its owner has just removed it, as when it was not there any more.
  if (locked || errno == EWOULDBLOCK || errno == EEXIST || errno == ENOENT) return taken;
  return unwritable(file);
}

LockedFile::LockedFile(LockedFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

LockedFile::~LockedFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<> UnfinishedFolder::identify(const Uuid& fresh) {
  id_.resize(fresh.text().size());
  const auto size = static_cast<ssize_t>(id_.size());
  if (::pread(locked_.descriptor(), id_.data(), id_.size(), 0) == size) return kDone;
  id_ = fresh.text();
  if (::pwrite(locked_.descriptor(), id_.data(), id_.size(), 0) != size ||
      ::fsync(locked_.descriptor()) != 0) {
    return unwritable(mark_);
  }
  return kDone;
}

Result<> UnfinishedFolder::finish() {
  const bool done = ::syncfs(locked_.descriptor()) == 0 && ::unlink(mark_.c_str()) == 0 &&
                    ::syncfs(locked_.descriptor()) == 0;
  if (!done) return unwritable(mark_);
  return kDone;
}

Result<UnfinishedFolder> DataFolder::mark(Random& random, const Clock& clock) const {
  const Error in_use{Code::Conflict, "data_folder_in_use", {{"folder", root_.string()}}};
  const auto path = root_ / kMark;
  const bool again = isUnfinished();
  if (!again && fs::exists(root_) && !fs::is_empty(root_)) return in_use;
  fs::create_directories(root_);
  fs::permissions(root_, fs::perms::owner_all);
  // Never made beside files that were there before.
  auto locked = LockedFile::open(path, again ? 0 : O_CREAT | O_EXCL, in_use);
  if (!locked) return locked.error();
  UnfinishedFolder marked(path, std::move(*locked));
  const auto named = marked.identify(makeUuid(clock, random));
  if (!named) return named.error();
  return marked;
}

bool DataFolder::isUnfinished() const {
  return fs::exists(root_ / kMark);
}

Result<> DataFolder::fill(Random& random) const {
  for (const auto filled : kFilled) fs::remove_all(root_ / filled);
  for (const auto folder : kFolders) fs::create_directories(root_ / folder);
  const auto secret = crypto::makeSealKey(random);
  return writeSecretFile(root_ / "secret.key", secret.view());
}

Result<LockedFile> DataFolder::serveAs(std::string_view node) const {
  const auto whole = requireFolders();
  if (!whole) return whole.error();
  // A node may be named by anything, a file may not.
  const auto name = toHex(crypto::digest(crypto::DigestAlgorithm::Sha256, asBytes(node)));
  return LockedFile::open(root_ / ("serving-" + name.substr(0, 16) + ".lock"),
                          O_CREAT,
                          {Code::Conflict,
                           "node_already_serving",
                           {{"node", std::string(node)}, {"folder", root_.string()}}});
}

Result<> DataFolder::requireFolders() const {
  for (const auto* kept : {"blobs", "log/issuance", "log/records", "keys"}) {
    if (fs::is_directory(root_ / kept)) continue;
    return Error{Code::NotFound, "data_folder_incomplete", {{"folder", (root_ / kept).string()}}};
  }
  return kDone;
}

Result<crypto::SecretBytes> DataFolder::serverSecret() const {
  const auto path = root_ / "secret.key";
  const auto mode = fs::exists(path) ? fs::status(path).permissions() : fs::perms::none;
  if ((mode & (fs::perms::group_all | fs::perms::others_all)) != fs::perms::none) {
    return Error{Code::RuleRefused, "secret_readable_by_others", {{"file", path.string()}}};
  }
  auto bytes = readFile(path, 4096);
  if (!bytes) return bytes.error();
  crypto::SecretBytes secret{BytesView(*bytes)};
  crypto::wipe(bytes->data(), bytes->size());
  if (secret.size() != crypto::kSealKeyBytes) return Error{Code::Malformed, "secret_malformed"};
  return secret;
}

Result<tlog::NoteKey> DataFolder::logKey(std::string_view log,
                                         std::string_view origin,
                                         Random& random) const {
  const auto secret = serverSecret();
  if (!secret) return secret.error();
  const auto path = root_ / "keys" / (std::string(log) + ".note");
  const auto published = root_ / "log" / (std::string(log) + ".vkey");
  if (!fs::exists(path)) {
    // A new one would sign what no auditor could check.
    if (fs::exists(published)) {
      return Error{Code::NotFound, "log_key_missing", {{"file", path.string()}}};
    }
    const auto seed = tlog::NoteKey::generateSeed(random);
    const auto sealed = crypto::seal(*secret, seed.view(), logKeyBinding(log), random);
    const auto written = writeSecretFile(path, sealed);
    if (!written) return written.error();
  }
  const auto sealed = readFile(path, 4096);
  if (!sealed) return sealed.error();
  const auto seed = crypto::unseal(*secret, *sealed, logKeyBinding(log));
  if (!seed) return Error{Code::Unauthenticated, "server_secret_wrong"};
  auto key = tlog::NoteKey::fromSeed(origin, *seed);
  if (!key) return key;
  const auto vkey = key->verifier().vkey() + "\n";
  if (!fs::exists(published)) {
    const auto written = writeFile(published, {asBytes(vkey)});
    if (!written) return written.error();
  }
  const auto known = readFile(published, 4096);
  if (!known) return known.error();
  if (asText(*known) != vkey) {
    return Error{Code::Conflict,
                 "log_key_changed",
                 {{"file", published.string()}, {"origin", std::string(origin)}}};
  }
  return key;
}

}  // namespace congvan::app
