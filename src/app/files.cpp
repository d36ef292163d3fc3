// SPDX-License-Identifier: Apache-2.0
#include "app/files.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace congvan::app {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }

 private:
  int value_;
};

Error unreadable(const std::filesystem::path& path) {
  return Error{Code::NotFound, "input_unreadable", {{"file", path.string()}}, std::strerror(errno)};
}

Error unwritable(const std::filesystem::path& path) {
  return Error{
      Code::Unavailable, "output_unwritable", {{"file", path.string()}}, std::strerror(errno)};
}

Result<> writeAll(int descriptor, BytesView bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return unwritable(path);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return kDone;
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) return unreadable(path);
  if (!S_ISREG(status.st_mode)) {
    errno = EISDIR;
    return unreadable(path);
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0) return MappedFile(BytesView{});
  void* memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (memory == MAP_FAILED) return unreadable(path);  // NOLINT: the macro casts
  return MappedFile(BytesView(static_cast<const std::uint8_t*>(memory), size));
}

MappedFile::MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) {
    ::munmap(const_cast<std::uint8_t*>(bytes_.data()), bytes_.size());  // NOLINT: our own mapping
  }
}

Result<Bytes> readFile(const std::filesystem::path& path, std::size_t limit) {
  const auto file = MappedFile::open(path);
  if (!file) return file.error();
  if (file->bytes().size() > limit) {
    return Error{Code::TooLarge, "input_too_large", {{"file", path.string()}}};
  }
  return toBytes(file->bytes());
}

namespace {

Result<> writeWithMode(const std::filesystem::path& path,
                       std::initializer_list<BytesView> parts,
                       mode_t mode) {
  auto temporary = path;
  temporary += "." + std::to_string(::getpid()) + ".tmp";
  {
    const Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (file.get() < 0) return unwritable(path);
    for (const auto part : parts) {
      const auto written = writeAll(file.get(), part, path);
      if (!written) {
        ::unlink(temporary.c_str());
        return written;
      }
    }
    if (::fsync(file.get()) != 0) {
      const auto error = unwritable(path);
      ::unlink(temporary.c_str());  // or nothing could be written under this name again
      return error;
    }
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const auto error = unwritable(path);
    ::unlink(temporary.c_str());
    return error;
  }
  return kDone;
}

}  // namespace

Result<> writeFile(const std::filesystem::path& path, std::initializer_list<BytesView> parts) {
  return writeWithMode(path, parts, 0644);
}

Result<> writeSecretFile(const std::filesystem::path& path, BytesView bytes) {
  const auto written = writeWithMode(path, {bytes}, 0600);
  if (!written) return written;
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  const Descriptor entry(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (entry.get() < 0 || ::fsync(entry.get()) != 0) return unwritable(path);
  return kDone;
}

}  // namespace congvan::app
