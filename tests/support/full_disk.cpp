// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstdlib>
#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

/// Preloaded into the service: while the file named by CONGVAN_FULL_DISK exists, writing to files
/// fails as on a full disk. Pipes and sockets are not touched.
namespace {

bool isFull(int file) {
  static const char* const kMarker = std::getenv("CONGVAN_FULL_DISK");
  struct stat about {};
  return kMarker != nullptr && access(kMarker, F_OK) == 0 && fstat(file, &about) == 0 &&
         S_ISREG(about.st_mode);
}

template <typename Call, typename... Rest>
ssize_t unlessFull(const char* name, int file, Rest... rest) {
  if (isFull(file)) {
    errno = ENOSPC;
    return -1;
  }
  return reinterpret_cast<Call>(dlsym(RTLD_NEXT, name))(file, rest...);
}

using Write = ssize_t (*)(int, const void*, size_t);
using WriteAt = ssize_t (*)(int, const void*, size_t, off64_t);

}  // namespace

extern "C" {
ssize_t write(int file, const void* from, size_t size) {
  return unlessFull<Write>("write", file, from, size);
}
ssize_t pwrite64(int file, const void* from, size_t size, off64_t at) {
  return unlessFull<WriteAt>("pwrite64", file, from, size, at);
}
}
