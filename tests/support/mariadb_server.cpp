// SPDX-License-Identifier: Apache-2.0
#include "tests/support/mariadb_server.h"

#include "tests/support/ram_folder.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <poll.h>
#include <stdexcept>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace congvan::test {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kStartLimit{60};
constexpr std::string_view kFolderPrefix = "congvan-mariadb-";

fs::path findProgram(const std::string& name) {
  for (const char* folder : {"/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"}) {
    if (fs::exists(fs::path(folder) / name)) return fs::path(folder) / name;
  }
  return {};
}

/// The build folder, so that the empty data folder is made once for all executables of a build.
fs::path buildFolder() {
  for (auto at = fs::read_symlink("/proc/self/exe").parent_path(); at != at.root_path();
       at = at.parent_path()) {
    if (fs::exists(at / "CMakeCache.txt")) return at;
  }
  return fs::temp_directory_path();
}

std::string shellQuoted(const fs::path& path) {
  return "'" + path.string() + "'";
}

std::string asUser() {
  return geteuid() == 0 ? " --user=root" : "";
}

/// One maker of the template at a time, over all test processes.
class TemplateLock {
 public:
  explicit TemplateLock(const fs::path& file)
      : descriptor_(::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600)) {  // NOLINT
    if (descriptor_ < 0 || ::flock(descriptor_, LOCK_EX) != 0) throw std::runtime_error("flock");
  }
  TemplateLock(const TemplateLock&) = delete;
  TemplateLock& operator=(const TemplateLock&) = delete;
  ~TemplateLock() { ::close(descriptor_); }

 private:
  int descriptor_;
};

fs::path templateFolder() {
  const auto folder = buildFolder() / "mariadb-template";
  const TemplateLock lock(buildFolder() / "mariadb-template.lock");
  if (fs::exists(folder)) return folder;
  const auto making = folder.string() + ".making";
  fs::remove_all(making);
  const auto command = findProgram("mariadb-install-db").string() +
                       " --no-defaults --auth-root-authentication-method=normal --skip-test-db"
                       " --innodb-log-file-size=8M" +
                       asUser() + " --datadir=" + shellQuoted(making) + " >" +
                       shellQuoted(making + ".log") + " 2>&1 </dev/null";
  if (std::system(command.c_str()) != 0) {  // NOLINT: our own text
    throw std::runtime_error("mariadb-install-db failed, see " + making + ".log");
  }
  fs::rename(making, folder);
  return folder;
}

/// Folders of test processes that were killed.
void removeStaleFolders() {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(databaseFolder(), ignored)) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with(kFolderPrefix)) continue;
    const int owner = std::atoi(name.c_str() + kFolderPrefix.size());  // NOLINT: 0 is skipped
    if (owner > 0 && ::kill(owner, 0) != 0) fs::remove_all(entry.path(), ignored);
  }
}

bool answers(const fs::path& socket_file) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto name = socket_file.string();
  std::copy_n(name.c_str(), std::min(name.size(), sizeof address.sun_path - 1), address.sun_path);
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);  // NOLINT: as the call wants
  const bool connected = ::connect(descriptor, generic, sizeof address) == 0;
  ::close(descriptor);
  return connected;
}

std::vector<std::string> serverArguments(const fs::path& folder) {
  std::vector<std::string> arguments{
      findProgram("mariadbd").string(),
      "--no-defaults",
      "--skip-networking",
      "--datadir=" + (folder / "data").string(),
      "--socket=" + (folder / "s").string(),
      "--pid-file=" + (folder / "pid").string(),
      "--log-error=" + (folder / "error.log").string(),
      "--innodb-flush-method=fsync",  // the default needs O_DIRECT
      "--innodb-buffer-pool-size=64M",
      "--innodb-log-file-size=8M",
      "--innodb-flush-log-at-trx-commit=1",
      "--performance-schema=OFF",
      "--character-set-server=utf8mb4",
  };
  if (geteuid() == 0) arguments.emplace_back("--user=root");
  return arguments;
}

}  // namespace

MariaDbServer& MariaDbServer::shared() {
  static MariaDbServer server;
  return server;
}

MariaDbServer::MariaDbServer() {
  if (findProgram("mariadbd").empty() || findProgram("mariadb-install-db").empty()) {
    absence_ = "mariadb-server is not installed";
    return;
  }
  removeStaleFolders();
  auto pattern =
      (databaseFolder() / (std::string(kFolderPrefix) + std::to_string(getpid()) + "-XXXXXX"))
          .string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
  folder_ = pattern;
  fs::copy(templateFolder(), folder_ / "data", fs::copy_options::recursive);
  start();
}

MariaDbServer::~MariaDbServer() {
  kill();
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

void MariaDbServer::start() {
  auto arguments = serverArguments(folder_);
  std::vector<char*> pointers;
  std::ranges::transform(
      arguments, std::back_inserter(pointers), [](auto& text) { return text.data(); });
  pointers.push_back(nullptr);
  const int parent = getpid();
  child_ = fork();
  if (child_ == 0) {
    // The server must not outlive a test that was killed.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    const int nowhere = ::open("/dev/null", O_RDWR);  // NOLINT: open is variadic
    dup2(nowhere, 0);
    dup2(nowhere, 1);
    dup2(nowhere, 2);
    execv(pointers.front(), pointers.data());
    _exit(1);
  }
  const auto limit = std::chrono::steady_clock::now() + kStartLimit;
  while (!answers(folder_ / "s")) {
    if (waitpid(child_, nullptr, WNOHANG) == child_ || std::chrono::steady_clock::now() > limit) {
      child_ = 0;
      std::ifstream log(folder_ / "error.log");
      throw std::runtime_error("mariadbd did not start: " +
                               std::string(std::istreambuf_iterator<char>(log), {}));
    }
    ::poll(nullptr, 0, 20);  // another process: there is nothing to be woken by
  }
}

void MariaDbServer::kill() {
  if (child_ <= 0) return;
  ::kill(child_, SIGKILL);
  waitpid(child_, nullptr, 0);
  child_ = 0;
  std::error_code ignored;
  fs::remove(folder_ / "s", ignored);
}

std::string MariaDbServer::address() const {
  return "unix://" + (folder_ / "s").string();
}

std::string MariaDbServer::client(const std::string& sql) const {
  const auto command = findProgram("mariadb").string() + " --no-defaults -N -B -u root -S " +
                       shellQuoted(folder_ / "s") + " -e \"" + sql + "\" 2>&1";
  FILE* pipe = popen(command.c_str(), "r");  // NOLINT: our own text
  if (pipe == nullptr) throw std::runtime_error("popen");
  std::string output;
  std::array<char, 4096> buffer{};
  while (const auto size = fread(buffer.data(), 1, buffer.size(), pipe)) {
    output.append(buffer.data(), size);
  }
  if (pclose(pipe) != 0) throw std::runtime_error(sql + ": " + output);
  return output;
}

std::string MariaDbServer::makeSchema() {
  const auto name = "test_" + std::to_string(++schemas_);
  client("CREATE DATABASE " + name + " CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin");
  return name;
}

}  // namespace congvan::test
