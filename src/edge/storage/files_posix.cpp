// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/files.h"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace congvan::storage {
namespace {

class FileDescriptor {
 public:
  explicit FileDescriptor(int value) : value_(value) {}
  ~FileDescriptor() {
    if (value_ >= 0) ::close(value_);
  }
  FileDescriptor(FileDescriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&&) = delete;
  int get() const { return value_; }
  bool good() const { return value_ >= 0; }

 private:
  int value_;
};

[[noreturn]] void fileFault(std::string_view what, std::string_view path, int number) {
  throw std::system_error(
      number, std::generic_category(), std::string(what) + " " + std::string(path));
}

/// What a caller can act on; anything else is thrown.
Error fileRefusal(std::string_view what,
                  std::string_view path,
                  int number,
                  std::string_view missing) {
  if (number == ENOSPC || number == EDQUOT) {
    return Error{Code::Unavailable, "storage_full", {}, std::string(path)};
  }
  if (number == ENOENT && !missing.empty()) {
    return Error{Code::NotFound, std::string(missing), {}, std::string(path)};
  }
  fileFault(what, path, number);
}

/// The path for the system call. A name that could leave the root can only be a bug of ours.
std::string checkedPath(std::string_view path) {
  std::string_view rest = path;
  for (;;) {
    const auto slash = rest.find('/');
    const auto name = rest.substr(0, slash);
    if (name.empty() || name == "." || name == ".." || name.find('\0') != std::string_view::npos) {
      throw std::invalid_argument("not a relative path: " + std::string(path));
    }
    if (slash == std::string_view::npos) return std::string(path);
    rest.remove_prefix(slash + 1);
  }
}

std::string folderPath(std::string_view folder) {
  return folder.empty() ? std::string(".") : checkedPath(folder);
}

class PosixNewFile final : public NewFile {
 public:
  PosixNewFile(FileDescriptor file, std::string path)
      : file_(std::move(file)), path_(std::move(path)) {}

  Result<> write(BytesView more) override {
    while (!more.empty()) {
      const auto written = ::write(file_.get(), more.data(), more.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return fileRefusal("write", path_, errno, {});
      more = more.subspan(static_cast<std::size_t>(written));
    }
    return kDone;
  }

  Result<> sync() override {
    // fdatasync also writes the size, which is all of the inode that reading needs.
    if (::fdatasync(file_.get()) != 0) return fileRefusal("fdatasync", path_, errno, {});
    return kDone;
  }

 private:
  FileDescriptor file_;
  std::string path_;
};

class MappedView final : public FileView {
 public:
  explicit MappedView(BytesView bytes) : bytes_(bytes) {}
  MappedView(const MappedView&) = delete;
  MappedView& operator=(const MappedView&) = delete;
  ~MappedView() override {
    if (bytes_.empty()) return;
    ::munmap(const_cast<std::uint8_t*>(bytes_.data()), bytes_.size());  // NOLINT: our own mapping
  }
  BytesView bytes() const override { return bytes_; }

 private:
  BytesView bytes_;
};

class PosixFiles final : public Files {
 public:
  explicit PosixFiles(FileDescriptor root) : root_(std::move(root)) {}

  Result<std::unique_ptr<NewFile>> create(std::string_view path) override {
    auto name = checkedPath(path);
    FileDescriptor file(::openat(
        root_.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640));
    if (!file.good()) {
      if (errno == EEXIST) return Error{Code::Conflict, "file_exists", {}, name};
      return fileRefusal("create", name, errno, "folder_missing");
    }
    return std::unique_ptr<NewFile>(
        std::make_unique<PosixNewFile>(std::move(file), std::move(name)));
  }

  Result<> rename(std::string_view from, std::string_view to) override {
    const auto source = checkedPath(from);
    const auto target = checkedPath(to);
    if (::renameat(root_.get(), source.c_str(), root_.get(), target.c_str()) != 0) {
      return fileRefusal("rename", source, errno, "file_missing");
    }
    return kDone;
  }

  Result<> syncFolder(std::string_view folder) override {
    const auto name = folderPath(folder);
    const FileDescriptor opened(
        ::openat(root_.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened.good()) return fileRefusal("open folder", name, errno, "folder_missing");
    if (::fsync(opened.get()) != 0) return fileRefusal("fsync folder", name, errno, {});
    return kDone;
  }

  Result<> makeFolders(std::string_view folder) override {
    if (folder.empty()) return kDone;
    const auto name = checkedPath(folder);
    const auto parent = makeFolders(folderOf(folder));
    if (!parent) return parent;
    if (::mkdirat(root_.get(), name.c_str(), 0750) != 0 && errno != EEXIST) {
      return fileRefusal("mkdir", name, errno, {});
    }
    // Also when it was there: whoever made it may have died before this line.
    return syncFolder(folderOf(folder));
  }

  Result<> remove(std::string_view path) override {
    const auto name = checkedPath(path);
    if (::unlinkat(root_.get(), name.c_str(), 0) != 0 && errno != ENOENT) {
      return fileRefusal("unlink", name, errno, {});
    }
    return kDone;
  }

  Result<> removeFolder(std::string_view folder) override {
    const auto name = checkedPath(folder);
    if (::unlinkat(root_.get(), name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return kDone;
    if (errno == ENOTEMPTY || errno == EEXIST) {
      return Error{Code::Conflict, "folder_not_empty", {}, name};
    }
    return fileRefusal("rmdir", name, errno, {});
  }

  Result<std::unique_ptr<FileView>> open(std::string_view path) const override {
    const auto name = checkedPath(path);
    const FileDescriptor file(
        ::openat(root_.get(), name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file.good()) {
      if (errno == ENOTDIR) errno = ENOENT;
      return fileRefusal("open", name, errno, "file_missing");
    }
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) fileFault("stat", name, errno);
    if (!S_ISREG(status.st_mode)) return Error{Code::NotFound, "file_missing", {}, name};
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size == 0) return std::unique_ptr<FileView>(std::make_unique<MappedView>(BytesView{}));
    void* memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (memory == MAP_FAILED) fileFault("mmap", name, errno);  // NOLINT: the macro casts
    return std::unique_ptr<FileView>(
        std::make_unique<MappedView>(BytesView(static_cast<const std::uint8_t*>(memory), size)));
  }

  Result<std::vector<FolderEntry>> list(std::string_view folder) const override;

 private:
  FileDescriptor root_;
};

struct CloseFolder {
  void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};

FolderEntry describeEntry(const char* name, const struct stat& status) {
  const auto changed = std::chrono::seconds{status.st_mtim.tv_sec} +
                       std::chrono::nanoseconds{status.st_mtim.tv_nsec};
  return {name,
          S_ISDIR(status.st_mode),
          S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0,
          Instant{std::chrono::duration_cast<Duration>(changed)}};
}

Result<std::vector<FolderEntry>> PosixFiles::list(std::string_view folder) const {
  std::vector<FolderEntry> entries;
  const auto name = folderPath(folder);
  FileDescriptor opened(::openat(root_.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.good()) {
    if (errno == ENOENT) return entries;
    fileFault("open folder", name, errno);
  }
  const int own = ::fcntl(opened.get(), F_DUPFD_CLOEXEC, 0);  // fdopendir takes it over
  if (own < 0) fileFault("dup", name, errno);
  const std::unique_ptr<DIR, CloseFolder> stream(::fdopendir(own));
  if (!stream) {
    ::close(own);
    fileFault("read folder", name, errno);
  }
  while (const auto* found = ::readdir(stream.get())) {
    const std::string_view entry = found->d_name;
    if (entry == "." || entry == "..") continue;
    struct stat status {};
    if (::fstatat(opened.get(), found->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
      continue;  // just removed
    entries.push_back(describeEntry(found->d_name, status));
  }
  std::ranges::sort(entries, {}, &FolderEntry::name);
  return entries;
}

}  // namespace

std::unique_ptr<Files> openFiles(const std::filesystem::path& root) {
  FileDescriptor folder(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.good()) fileFault("open folder", root.string(), errno);
  return std::make_unique<PosixFiles>(std::move(folder));
}

}  // namespace congvan::storage
