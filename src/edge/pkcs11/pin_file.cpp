// SPDX-License-Identifier: Apache-2.0
#include "edge/pkcs11/pin_file.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <span>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace congvan::pkcs11 {
namespace {

constexpr std::size_t kPinBytesMost = 255;
constexpr std::size_t kCountBytesMost = 200;

Error pinError(std::string reason, std::string detail) {
  return {Code::Unavailable, std::move(reason), {}, std::move(detail)};
}

std::string failed(const std::filesystem::path& file) {
  return file.string() + ": " + std::strerror(errno);
}

/// What is in `from`, at most as long as `into`; nullopt: it cannot be read.
std::optional<std::size_t> readSome(int from, std::span<std::uint8_t> into) {
  std::size_t have = 0;
  while (have < into.size()) {
    const auto got = ::read(from, into.data() + have, into.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  return have;
}

}  // namespace

Result<Pin> readPin(const std::filesystem::path& file) {
  const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat about {};
  if (opened.number() < 0 || ::fstat(opened.number(), &about) != 0) {
    return pinError("token_pin_unreadable", failed(file));
  }
  if (!S_ISREG(about.st_mode)) return pinError("token_pin_unreadable", "not a plain file");
  if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return pinError("token_pin_readable_by_others", file.string());
  }
  crypto::SecretBytes space(kPinBytesMost + 2);
  const auto size = readSome(opened.number(), {space.data(), space.size()});
  if (!size) return pinError("token_pin_unreadable", failed(file));
  auto pin = space.view().first(*size);
  if (!pin.empty() && pin.back() == '\n') pin = pin.first(pin.size() - 1);
  if (pin.empty() || pin.size() > kPinBytesMost) {
    return pinError("token_pin_unreadable", "empty or too long");
  }
  return Pin{crypto::SecretBytes(pin),
             std::to_string(about.st_ino) + "-" + std::to_string(about.st_mtim.tv_sec) + "." +
                 std::to_string(about.st_mtim.tv_nsec) + "-" + std::to_string(about.st_size)};
}

Result<Descriptor> PinTries::turn() const {
  const auto file = file_.string() + ".lock";
  Descriptor opened(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (opened.number() < 0 || ::flock(opened.number(), LOCK_EX) != 0) {
    return pinError("token_pin_uncounted", failed(file));
  }
  return opened;
}

Result<> PinTries::count(const Pin& pin) {
  auto state = read();
  if (!state) return state.error();
  if (state->refused == pin.file) return pinError("token_pin_wrong", "refused before");
  if (state->tries >= most_) {
    return pinError("token_pin_stopped",
                    std::to_string(state->tries) + " tries: " + file_.string());
  }
  state->tries += 1;
  return write(*state);
}

void PinTries::right() {
  static_cast<void>(write({}));
}

Result<> PinTries::wrong(const Pin& pin) {
  auto state = read();
  if (!state) return state.error();
  state->refused = pin.file;
  return write(*state);
}

/// `tries 2`, and perhaps a line `refused FILE`.
Result<PinTries::State> PinTries::read() const {
  const Descriptor opened(::open(file_.c_str(), O_RDONLY | O_CLOEXEC));
  if (opened.number() < 0 && errno == ENOENT) return State{};
  std::array<std::uint8_t, kCountBytesMost> space{};
  const auto size = opened.number() < 0 ? std::nullopt : readSome(opened.number(), space);
  if (!size) return pinError("token_pin_stopped", failed(file_));
  auto text = asText(BytesView(space).first(*size));
  State state;
  constexpr std::string_view kTries = "tries ";
  constexpr std::string_view kRefused = "refused ";
  bool good = text.starts_with(kTries) && text.ends_with('\n');
  if (good) {
    text.remove_prefix(kTries.size());
    const auto read = std::from_chars(text.data(), text.data() + text.size(), state.tries);
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    good = read.ec == std::errc() && state.tries >= 0 && text.starts_with('\n');
  }
  if (good) text.remove_prefix(1);
  if (good && !text.empty()) {
    good = text.starts_with(kRefused);
    if (good) state.refused = text.substr(kRefused.size(), text.size() - kRefused.size() - 1);
  }
  if (!good) return pinError("token_pin_stopped", "cannot be read: " + file_.string());
  return state;
}

/// Beside it, flushed, and then into its place, with the folder flushed: a power cut leaves the one
/// or the other.
Result<> PinTries::write(const State& state) const {
  auto text = "tries " + std::to_string(state.tries) + "\n";
  if (!state.refused.empty()) text += "refused " + state.refused + "\n";
  const auto fresh = file_.string() + ".new";
  {
    const Descriptor opened(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    const bool kept =
        opened.number() >= 0 &&
        ::write(opened.number(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
        ::fsync(opened.number()) == 0;
    if (!kept) return pinError("token_pin_uncounted", failed(fresh));
  }
  if (::rename(fresh.c_str(), file_.c_str()) != 0) {
    return pinError("token_pin_uncounted", failed(file_));
  }
  const Descriptor folder(::open(file_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.number() < 0 || ::fsync(folder.number()) != 0) {
    return pinError("token_pin_uncounted", failed(file_.parent_path()));
  }
  return kDone;
}

}  // namespace congvan::pkcs11
