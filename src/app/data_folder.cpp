// SPDX-License-Identifier: Apache-2.0
#include "app/data_folder.h"

#include "app/files.h"
#include "trust/crypto/sealed.h"

#include <array>
#include <sys/stat.h>

namespace congvan::app {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 8> kFolders = {
    "db", "blobs", "log/issuance", "log/records", "keys", "tls", "seals", "out"};

Bytes logKeyBinding(std::string_view log) {
  return toBytes("congvan log key\n" + std::string(log));
}

}  // namespace

Result<> DataFolder::create(Random& random) const {
  if (fs::exists(root_) && !fs::is_empty(root_)) {
    return Error{Code::Conflict, "data_folder_in_use", {{"folder", root_.string()}}};
  }
  for (const auto folder : kFolders) fs::create_directories(root_ / folder);
  fs::permissions(root_, fs::perms::owner_all);
  const auto secret = crypto::makeSealKey(random);
  return writeSecretFile(root_ / "secret.key", secret.view());
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
  if (!fs::exists(path)) {
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
  const auto published = root_ / "log" / (std::string(log) + ".vkey");
  if (!fs::exists(published)) {
    const auto written = writeFile(published, {asBytes(key->verifier().vkey() + "\n")});
    if (!written) return written.error();
  }
  return key;
}

}  // namespace congvan::app
