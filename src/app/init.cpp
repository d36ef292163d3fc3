// SPDX-License-Identifier: Apache-2.0
#include "app/init.h"

#include "app/commands.h"
#include "app/files.h"
#include "app/options.h"
#include "app/tls.h"
#include "base/encoding.h"
#include "edge/storage/set_up.h"
#include "trust/pki/build.h"

#include <algorithm>
#include <cstdio>

namespace congvan::app {
namespace {

const std::vector<Option> kInitOptions = {
    {"data", "DIR", "thư mục dữ liệu mới / new data folder"},
    {"province", "NAME", "tên tỉnh, thành phố / name of the province"},
    {"code", "CODE", "mã định danh của UBND / electronic identifier of its committee (QĐ 20/2020)"},
    {"public-url",
     "URL",
     "địa chỉ công khai của PKI, có trong mọi chứng thư / public address of the PKI listener"},
    {"admin", "LOGIN", "tên đăng nhập quản trị / login of the first administrator (admin)"},
    {"ca-key",
     "KIND",
     "khóa của CA gốc và CA cấp phát / key of the root and issuing authority: p256, p384, rsa3072 "
     "(p256)"},
    {"tsa-key",
     "KIND",
     "khóa của máy chủ dấu thời gian / key of the time-stamping authority, the same kinds (p256)"},
    {"database",
     "FILE",
     "cấu hình MariaDB/MySQL / settings of a MariaDB or MySQL server; SQLite otherwise"},
    {"token",
     "FILE",
     "cấu hình thiết bị PKCS#11 và khóa nằm ở đâu / settings `token` and `keys`: a PKCS#11 token, "
     "and which keys are made in it"},
};

/// Before the folder is emptied and the schema migrated.
Result<> requireFree(const Settings& settings, std::string_view folder) {
  if (!settings.mysql && !std::filesystem::exists(DataFolder(settings.data).database())) {
    return kDone;
  }
  const auto database = openDatabase(settings);
  if (!database) return database.error();
  return storage::mayBeSetUp(**database, folder);
}

}  // namespace

std::string makePassword(Random& random) {
  constexpr std::string_view kLetters = "abcdefghjkmnpqrstuvwxyz23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
  std::string password;
  while (password.size() < 20) {
    std::array<std::uint8_t, 1> byte{};
    random.fill(byte);
    if (byte[0] < 256 / kLetters.size() * kLetters.size())
      password.push_back(kLetters[byte[0] % kLetters.size()]);
  }
  return password;
}

Result<> writeAnchors(House& house, const DataFolder& folder) {
  std::string pem;
  for (const auto& one : house.authority().authorities()) {
    if (one.kind == authority::CertificateKind::Root) pem += one.certificate.pem();
  }
  return writeFile(folder.root() / "root.pem", {asBytes(pem)});
}

crypto::SecretBytes pemOf(std::string_view label, BytesView der) {
  auto base64 = toBase64(der);
  std::string pem = "-----BEGIN " + std::string(label) + "-----\n";
  for (std::size_t at = 0; at < base64.size(); at += 64) pem += base64.substr(at, 64) + "\n";
  pem += "-----END " + std::string(label) + "-----\n";
  crypto::SecretBytes secret{std::string_view(pem)};
  crypto::wipe(pem.data(), pem.size());
  crypto::wipe(base64.data(), base64.size());
  return secret;
}

Result<> NewFolder::finish() {
  house->stop();  // a service that waits for the folder is not to meet our logs at work
  const auto whole = folder.finish();
  if (!whole) return whole;
  return house->endSetUp();
}

Result<NewFolder> initialise(const NewProvince& wanted, const crypto::SecretBytes& password) {
  const auto& settings = wanted.settings;
  const auto& first = wanted.first;
  crypto::SystemRandom random;
  const DataFolder folder(settings.data);
  auto marked = folder.mark(random, SystemClock());
  if (!marked) return marked.error();
  const auto free = requireFree(settings, marked->id());
  if (!free) return free.error();
  const auto filled = folder.fill(random);
  if (!filled) return filled.error();
  auto house = House::open(settings);
  if (!house) return house.error();
  const auto set_up = (*house)->setUp(marked->id(),
                                      {.code = first.code,
                                       .name = first.name,
                                       .letters = "UBND",
                                       .kind = directory::AgencyKind::ProvinceCommittee},
                                      {.name = "Quản trị hệ thống", .login = first.admin_login},
                                      password,
                                      wanted.authority);
  if (!set_up) return set_up.error();
  const auto tls = makeTls(**house, folder, settings);
  if (!tls) return tls.error();
  const auto anchor = writeAnchors(**house, folder);
  if (!anchor) return anchor.error();
  const auto written = writeFile(folder.settings(), {asBytes(settingsText(settings))});
  if (!written) return written.error();
  return NewFolder{std::move(*marked), std::move(*house)};
}

const std::vector<Option>& initOptions() {
  return kInitOptions;
}

Result<NewProvince> readInitOptions(const Options& options) {
  const auto data = options.value("data");
  if (!data) return Error{Code::Malformed, "usage_option_missing", {{"option", "--data"}}};
  NewProvince wanted;
  auto& settings = wanted.settings;
  settings.data = *data;
  auto province = provinceName(options.valueOr("province", "Tỉnh An Bình"));
  if (!province) return province.error();
  settings.province = std::move(*province);
  const auto ca_key = keyKind("ca-key", options.valueOr("ca-key", "p256"));
  if (!ca_key) return ca_key.error();
  settings.ca_key = *ca_key;
  const auto tsa_key = keyKind("tsa-key", options.valueOr("tsa-key", "p256"));
  if (!tsa_key) return tsa_key.error();
  settings.tsa_key = *tsa_key;
  auto url = publicUrl(options.valueOr("public-url", "http://127.0.0.1:8080"));
  if (!url) return url.error();
  settings.public_url = std::move(*url);
  wanted.first = {.code = options.valueOr("code", "H64"),
                  .name = "Ủy ban nhân dân " + settings.province,
                  .admin_login = options.valueOr("admin", "admin")};
  return wanted;
}

Result<> readInitFiles(const Options& options, Settings& settings) {
  if (const auto file = options.value("database")) {
    auto database = readDatabaseSettings(*file);
    if (!database) return database.error();
    settings.mysql = std::move(*database);
  }
  if (const auto file = options.value("token")) return readTokenSettings(*file, settings);
  return kDone;
}

Result<> tellPassword(const NewProvince& made, const std::string& password) {
  std::printf(
      "Đã tạo thư mục dữ liệu / data folder made: %s\n"
      "Quản trị / administrator: %s\nMật khẩu, chỉ hiện một lần / password, shown only now: %s\n"
      "Chạy / start: congvan serve --config %s\n",
      made.settings.data.c_str(),
      made.first.admin_login.c_str(),
      password.c_str(),
      DataFolder(made.settings.data).settings().c_str());
  if (std::fflush(stdout) == 0) return kDone;
  return Error{Code::Unavailable, "output_unwritable", {{"file", "-"}}};
}

Exit runInit(const Arguments& arguments) {
  auto known = initOptions();
  known.push_back({"help", "", "trợ giúp / this help"});
  const auto options = Options::parse(arguments, known);
  if (!options) return complain(options.error(), Exit::Usage);
  if (options->has("help")) {
    std::printf("Usage: congvan init --data DIR [OPTIONS]\n\n%s", helpText(known).c_str());
    return Exit::Good;
  }
  auto wanted = readInitOptions(*options);
  if (!wanted) return complain(wanted.error(), Exit::Usage);
  const auto database = readInitFiles(*options, wanted->settings);
  if (!database) return complain(database.error());
  crypto::SystemRandom random;
  const auto password = makePassword(random);
  auto done = initialise(*wanted, crypto::SecretBytes(std::string_view(password)));
  if (!done) return complain(done.error());
  // A folder that is whole has an administrator who can sign in.
  const auto told = tellPassword(*wanted, password);
  if (!told) return complain(told.error());
  const auto finished = done->finish();
  return finished ? Exit::Good : complain(finished.error());
}

}  // namespace congvan::app
