// SPDX-License-Identifier: Apache-2.0

/// Preloaded by end-to-end tests: kills the process (SIGKILL) just before a step, which
/// CONGVAN_KILL_AT names by its number, from 1, or by the end of a file's name. A step is a call
/// after which something lasts: a file made durable, renamed or removed, a request sent to a
/// database server. At a good end the number of steps is written to CONGVAN_STEPS.

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <unistd.h>

namespace {

std::atomic<long> steps{0};

bool isTheOne(long number, std::string_view file) {
  static const char* const kAt = std::getenv("CONGVAN_KILL_AT");
  if (kAt == nullptr) return false;
  return std::to_string(number) == kAt || (!file.empty() && file.ends_with(kAt));
}

template <typename Call, typename... Given>
auto step(const char* name, std::string_view file, Given... given) {
  if (isTheOne(++steps, file)) ::kill(::getpid(), SIGKILL);
  return reinterpret_cast<Call>(dlsym(RTLD_NEXT, name))(given...);
}

struct AtTheEnd {
  ~AtTheEnd() {
    const char* name = std::getenv("CONGVAN_STEPS");
    std::FILE* file = name == nullptr ? nullptr : std::fopen(name, "w");
    if (file == nullptr) return;
    std::fprintf(file, "%ld", steps.load());
    std::fclose(file);
  }
} at_the_end;

}  // namespace

extern "C" {
int fsync(int file) {
  return step<int (*)(int)>("fsync", "", file);
}
int fdatasync(int file) {
  return step<int (*)(int)>("fdatasync", "", file);
}
int rename(const char* from, const char* to) {
  return step<int (*)(const char*, const char*)>("rename", to, from, to);
}
int renameat(int from_folder, const char* from, int to_folder, const char* to) {
  return step<int (*)(int, const char*, int, const char*)>(
      "renameat", to, from_folder, from, to_folder, to);
}
int unlink(const char* name) {
  return step<int (*)(const char*)>("unlink", name, name);
}
ssize_t send(int socket, const void* from, size_t size, int flags) {
  return step<ssize_t (*)(int, const void*, size_t, int)>("send", "", socket, from, size, flags);
}
}
