// SPDX-License-Identifier: Apache-2.0
#include "app/commands.h"
#include "app/demo/province.h"
#include "app/demo/story.h"
#include "app/files.h"
#include "app/init.h"
#include "app/messages.h"
#include "app/options.h"
#include "app/program.h"
#include "app/stop_signal.h"

#include <Poco/Exception.h>
#include <Poco/Net/SSLManager.h>
#include <Poco/Net/ServerSocket.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace congvan::app {
namespace {

const std::vector<Option> kDemoOptions = {
    {"data", "DIR", "thư mục dữ liệu / data folder (./data)"},
    {"once", "", "dừng sau câu chuyện / stop after the story"},
    {"file", "PDF", "dùng tệp PDF của bạn / use your own PDF"},
    {"port",
     "PORT",
     "cổng ứng dụng, hai cổng sau dùng cho PKI và nội bộ / application port; the next two are PKI "
     "and private (8443)"},
    {"ca-key",
     "KIND",
     "khóa của CA gốc và CA cấp phát / key of the root and issuing authority: p256, p384, rsa3072 "
     "(p256)"},
    {"database",
     "FILE",
     "cấu hình MariaDB/MySQL cho thư mục mới / settings of a MariaDB or MySQL server for a new "
     "folder"},
    {"help", "", "trợ giúp / this help"},
};

// Demonstration only: printed, kept in demo.json, and useless elsewhere.
constexpr std::string_view kAdminPassword = "quan-tri-minh-hoa";
constexpr std::string_view kPassword = "mat-khau-minh-hoa";
constexpr std::string_view kPin = "20252025";
constexpr std::uint16_t kPort = 8443;
constexpr std::size_t kFileMost = 256U << 20U;  // what the service takes

/// The service of this process, as the story switches it off and on.
class OwnService {
 public:
  explicit OwnService(Settings settings) : settings_(std::move(settings)) {}
  ~OwnService() { off(); }
  OwnService(const OwnService&) = delete;
  OwnService& operator=(const OwnService&) = delete;

  Result<> on() {
    auto serving = DataFolder(settings_.data).serveAs(settings_.node);
    if (!serving) return serving.error();
    auto house = House::open(settings_);
    if (!house) return house.error();
    const auto ready = (*house)->start();
    if (!ready) return ready;
    auto listeners = std::make_unique<Listeners>(**house, settings_);
    const auto listening = listeners->start();
    if (!listening) return listening;
    serving_.emplace(std::move(*serving));
    house_ = std::move(*house);
    listeners_ = std::move(listeners);
    return kDone;
  }
  void off() {
    listeners_.reset();
    house_.reset();
    serving_.reset();
  }

 private:
  Settings settings_;
  std::optional<LockedFile> serving_;
  std::unique_ptr<House> house_;
  std::unique_ptr<Listeners> listeners_;
};

/// Two more ports follow it. nullopt: none was named.
Result<std::optional<std::uint16_t>> readPort(const std::optional<std::string>& named) {
  if (!named) return std::optional<std::uint16_t>();
  const auto& text = *named;
  std::uint16_t port = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool read = failed == std::errc{} && end == text.data() + text.size();
  if (read && port >= 1 && port <= 65533) return std::optional(port);
  return Error{Code::Malformed, "usage_value_wrong", {{"option", "--port"}, {"value", text}}};
}

void usePorts(Settings& settings, std::uint16_t first) {
  settings.app.port = first;
  settings.pki.port = static_cast<std::uint16_t>(first + 1);
  settings.internal.port = static_cast<std::uint16_t>(first + 2);
}

Result<> tryPorts(const Settings& settings) {
  for (const auto* one : {&settings.app, &settings.pki, &settings.internal}) {
    const Poco::Net::SocketAddress address(one->address, one->port);
    try {
      Poco::Net::ServerSocket socket;
      socket.bind(address, true, false);
      socket.listen();
    } catch (const Poco::Exception& taken) {  // the library's only way to say so
      return Error{Code::Unavailable,
                   "address_taken",
                   {{"address", address.toString()}},
                   taken.displayText()};
    }
  }
  return kDone;
}

constexpr std::string_view kTokenModule = "/usr/lib/softhsm/libsofthsm2.so";
constexpr std::string_view kTokenTool = "/usr/bin/softhsm2-util";
constexpr std::string_view kTokenLabel = "congvan-demo";

/// For the seal of the province's committee; nullopt where the machine has no SoftHSM2.
std::optional<TokenSettings> tokenIn(const std::filesystem::path& data) {
  if (!std::filesystem::exists(kTokenModule) || !std::filesystem::exists(kTokenTool)) {
    return std::nullopt;
  }
  const auto folder = data / "token";
  return TokenSettings{.module = kTokenModule,
                       .label = std::string(kTokenLabel),
                       .pin_file = folder / "pin",
                       .environment = {"SOFTHSM2_CONF=" + (folder / "softhsm2.conf").string()}};
}

/// Its tool takes PINs as arguments only, which will do for one that is printed.
Result<> makeToken(const TokenSettings& token) {
  const auto folder = token.pin_file.parent_path();
  std::filesystem::remove_all(folder);  // of a set-up that was cut short
  std::filesystem::create_directories(folder / "tokens");
  const auto settings = "directories.tokendir = " + (folder / "tokens").string() + "\n";
  const auto configured = writeFile(folder / "softhsm2.conf", {asBytes(settings)});
  if (!configured) return configured;
  const auto kept = writeFile(token.pin_file, {asBytes(kPin)});
  if (!kept) return kept;
  std::filesystem::permissions(token.pin_file, std::filesystem::perms{0600});
  std::vector<std::string> words{std::string(kTokenTool),
                                 "--init-token",
                                 "--free",
                                 "--label",
                                 token.label,
                                 "--so-pin",
                                 std::string(kPin),
                                 "--pin",
                                 std::string(kPin)};
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  auto variable = token.environment.front();
  const std::array<char*, 2> environment{variable.data(), nullptr};
  posix_spawn_file_actions_t quiet{};
  ::posix_spawn_file_actions_init(&quiet);
  ::posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t tool = 0;
  int status = -1;
  const bool ran =
      ::posix_spawn(
          &tool, words.front().c_str(), &quiet, nullptr, arguments.data(), environment.data()) ==
          0 &&
      ::waitpid(tool, &status, 0) == tool && status == 0;
  ::posix_spawn_file_actions_destroy(&quiet);
  if (ran) return kDone;
  return Error{
      Code::Unavailable, "demo_step_failed", {{"what", words.front()}, {"why", "SoftHSM2"}}};
}

/// `port` is for this run; the addresses in certificates stay those of the first one.
Result<Settings> openOrInitialise(const std::filesystem::path& data,
                                  std::optional<std::uint16_t> port,
                                  const std::optional<std::string>& database,
                                  crypto::KeyKind ca_key) {
  const DataFolder folder(data);
  if (std::filesystem::exists(folder.settings()) && !folder.isUnfinished()) {
    if (database) return Error{Code::Malformed, "demo_database_fixed"};
    auto settings = readSettings(folder.settings());
    if (!settings) return settings;
    if (port) usePorts(*settings, *port);
    const auto free = tryPorts(*settings);
    if (!free) return free.error();
    return settings;
  }
  Settings settings;
  if (database) {
    auto read = readDatabaseSettings(*database);
    if (!read) return read.error();
    settings.mysql = std::move(*read);
  }
  settings.data = data;
  settings.ca_key = ca_key;
  settings.province = demo::kProvinceName;
  settings.first_password = directory::FirstPassword::Stays;  // everybody knows it
  usePorts(settings, port.value_or(kPort));
  const auto free = tryPorts(settings);  // or the folder would keep ports that it cannot use
  if (!free) return free.error();
  settings.public_url = "http://127.0.0.1:" + std::to_string(settings.pki.port);
  settings.token = tokenIn(data);
  auto made = initialise(
      {.settings = settings,
       .first = {.code = "H64", .name = "Ủy ban nhân dân tỉnh An Bình", .admin_login = "admin"}},
      crypto::SecretBytes(kAdminPassword));
  if (!made) return made.error();
  const auto token = settings.token ? makeToken(*settings.token) : Result<>(kDone);
  if (!token) return token.error();
  const auto finished = made->finish();
  if (!finished) return finished.error();
  // Read back, so that the first run and every later one have the same settings.
  return readSettings(folder.settings());
}

/// The service's log would stand between the steps: it goes to a file beside the data.
Result<> logToFile(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  const bool moved = descriptor >= 0 && ::dup2(descriptor, STDERR_FILENO) >= 0;
  if (descriptor >= 0) ::close(descriptor);
  if (moved) return kDone;
  return Error{Code::Unavailable, "output_unwritable", {{"file", file.string()}}};
}

/// What goes wrong is said where the steps are.
Exit tell(const Error& error, Exit code) {
  std::printf("      KHÔNG ĐẠT / FAILED: %s\n", message(error).c_str());
  std::fflush(stdout);
  return code;
}

void printAccounts(const Settings& settings) {
  std::printf("\nĐịa chỉ / address:  https://127.0.0.1:%u/\n", settings.app.port);
  std::printf("Nhật ký dịch vụ / service log: %s\n", (settings.data / "service.log").c_str());
  std::printf("Chứng thư gốc / root certificate: %s\n", (settings.data / "root.pem").c_str());
  std::printf("Tài khoản minh họa / demonstration accounts (mật khẩu / password: %s, PIN: %s):\n",
              std::string(kPassword).c_str(),
              std::string(kPin).c_str());
  std::printf("  %-14s quản trị / administrator (mật khẩu / password: %s)\n",
              "admin",
              std::string(kAdminPassword).c_str());
  for (const auto& person : demo::people()) {
    std::printf("  %-14s %s, %s\n",
                std::string(person.login).c_str(),
                std::string(person.name).c_str(),
                std::string(person.title).c_str());
  }
  std::fflush(stdout);
}

}  // namespace

Exit runDemo(const Arguments& arguments) {
  const auto options = Options::parse(arguments, kDemoOptions);
  if (!options) return complain(options.error(), Exit::Usage);
  if (options->has("help")) {
    std::printf("Usage: congvan demo [--data DIR] [--once] [--file PDF] [OPTIONS]\n\n%s",
                helpText(kDemoOptions).c_str());
    return Exit::Good;
  }
  const StopSignal stop;

  const std::filesystem::path data = std::filesystem::absolute(options->valueOr("data", "data"));
  const auto port = readPort(options->value("port"));
  if (!port) return complain(port.error(), Exit::Usage);
  std::optional<Bytes> own_file;
  if (const auto named = options->value("file")) {
    auto read = readFile(*named, kFileMost);
    if (!read) return complain(read.error());
    own_file = std::move(*read);
  }
  const auto ca_key = keyKind("ca-key", options->valueOr("ca-key", "p256"));
  if (!ca_key) return complain(ca_key.error(), Exit::Usage);
  const auto settings = openOrInitialise(data, *port, options->value("database"), *ca_key);
  if (!settings) {
    const bool usage = settings.error().reason == "demo_database_fixed";
    return usage ? complain(settings.error(), Exit::Usage) : complain(settings.error());
  }
  const auto logging = logToFile(data / "service.log");
  if (!logging) return complain(logging.error());
  const auto notes_file = data / "demo.json";
  auto notes = demo::readNotes(notes_file);
  if (!notes) {
    notes = demo::Notes{.admin_password = std::string(kAdminPassword),
                        .password = std::string(kPassword),
                        .pin = std::string(kPin)};
  }

  OwnService service(*settings);
  const auto started = service.on();
  if (!started) return tell(started.error(), Exit::ServiceUnavailable);
  demo::Story story({.settings = *settings,
                     .app_port = settings->app.port,
                     .pki_port = settings->pki.port,
                     .file = std::move(own_file),
                     .program = programBeside("congvan"),
                     .notes = notes_file,
                     .stop_wanted = [&] { return stop.requested(); }},
                    *notes,
                    {.on = [&] { return service.on(); }, .off = [&] { service.off(); }});
  const auto played = story.play();
  if (!played) return tell(played.error(), Exit::Bad);
  printAccounts(*settings);
  if (options->has("once")) return Exit::Good;
  std::printf("Đang phục vụ, Ctrl+C để dừng / serving, Ctrl+C stops\n");
  std::fflush(stdout);
  stop.await();
  return Exit::Good;
}

}  // namespace congvan::app
