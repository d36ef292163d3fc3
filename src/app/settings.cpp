// SPDX-License-Identifier: Apache-2.0
#include "app/settings.h"

#include "app/files.h"
#include "base/json_fields.h"
#include "base/settings.h"
#include "base/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <regex>

namespace congvan::app {
namespace {

constexpr std::size_t kTextLongest = 1000;
constexpr std::size_t kUrlLongest = 200;
constexpr std::int64_t kUploadLeast = 1024;
constexpr std::int64_t kUploadMost = std::int64_t{4} << 30;
constexpr std::size_t kSourcesMost = 8;
constexpr std::size_t kWitnessesMost = 8;

ListenerSettings listenerField(Fields& fields, std::string_view name, ListenerSettings otherwise) {
  const auto* object = fields.object(name);
  if (object == nullptr) return otherwise;
  Fields nested(*object, std::string(name) + ".");
  ListenerSettings read;
  read.address = nested.optionalText("address", kTextLongest).value_or(otherwise.address);
  read.port =
      static_cast<std::uint16_t>(nested.optionalInteger("port", 0, 65535).value_or(otherwise.port));
  read.tls = nested.boolean("tls", otherwise.tls);
  fields.adopt(nested);
  return read;
}

std::optional<MySqlSettings> databaseSettings(Fields& nested) {
  const auto kind = nested.text("kind", 20);
  std::optional<MySqlSettings> read;
  if (kind == "mysql") {
    MySqlSettings mysql;
    mysql.servers = nested.texts("servers", 16, kTextLongest);
    mysql.user = nested.text("user", kTextLongest);
    mysql.password_file = nested.optionalText("password_file", kTextLongest).value_or("");
    mysql.schema = nested.text("schema", kTextLongest);
    mysql.tls_ca = nested.optionalText("tls_ca", kTextLongest).value_or("");
    read = std::move(mysql);
  } else if (kind != "sqlite") {
    nested.refuse("kind", "unknown_word");
  }
  return read;
}

std::optional<MySqlSettings> databaseField(Fields& fields) {
  const auto* object = fields.object("database");
  if (object == nullptr) return std::nullopt;
  Fields nested(*object, "database.");
  auto read = databaseSettings(nested);
  fields.adopt(nested);
  return read;
}

/// An object identifier in dots, with arcs that fit everywhere.
bool isOid(const std::string& text) {
  static const std::regex kForm(
      R"(([01]\.[1-3]?[0-9]|2\.(0|[1-9][0-9]{0,8}))(\.(0|[1-9][0-9]{0,8})){1,16})");
  return std::regex_match(text, kForm);
}

TsaSettings::Clock clockField(Fields& fields) {
  TsaSettings::Clock read;
  const auto* object = fields.object("clock");
  if (object == nullptr) return read;
  Fields nested(*object, "tsa.clock.");
  read.servers = nested.texts("servers", kSourcesMost, kTextLongest);
  for (const auto& server : read.servers) {
    const bool twice = std::ranges::count(read.servers, server) > 1;
    const bool known = server == kKernelClock || fetch::NtpAddress::parse(server);
    if (twice || !known) nested.refuse("servers", "not_a_time_server");
  }
  const auto whole = [&](std::string_view name, std::int64_t most, std::int64_t otherwise) {
    return nested.optionalInteger(name, 1, most).value_or(otherwise);
  };
  constexpr std::int64_t kMillisMost = 60'000;
  constexpr std::int64_t kAgeMost = 86'400;
  constexpr std::int64_t kEveryMost = 1024;
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  read.rules.off_most = milliseconds{
      whole("off_ms_most", kMillisMost, duration_cast<milliseconds>(read.rules.off_most).count())};
  read.rules.age_most = seconds{
      whole("age_seconds_most", kAgeMost, duration_cast<seconds>(read.rules.age_most).count())};
  read.every = seconds{whole("every_seconds", kEveryMost, read.every.count())};
  if (read.every > read.rules.age_most) nested.refuse("every_seconds", "out_of_range");
  fields.adopt(nested);
  return read;
}

/// What a token says of its time must be true when the clock is off as far as it may be, and
/// `genTime` cut to what it shows.
bool accuracyHolds(const TsaSettings& settings) {
  if (settings.clock.servers.empty()) return true;
  const std::chrono::milliseconds accuracy{settings.accuracy_millis};
  const std::chrono::milliseconds cut{settings.accuracy_millis < 1000 ? 1 : 1000};
  return settings.clock.rules.off_most + cut <= accuracy;
}

TsaSettings tsaField(Fields& fields, const std::filesystem::path& folder) {
  TsaSettings read;
  const auto* object = fields.object("tsa");
  if (object == nullptr) return read;
  Fields nested(*object, "tsa.");
  const auto sources = nested.texts("sources", kSourcesMost, kTextLongest);
  if (!sources.empty()) read.sources = sources;
  for (const auto& source : read.sources) {
    const bool known =
        source == kBuiltInTsa || source.starts_with("http://") || source.starts_with("https://");
    if (!known) nested.refuse("sources", "unknown_word");
  }
  for (const auto& file : nested.texts("trust", kSourcesMost, kTextLongest)) {
    read.trust.push_back(folder / file);
  }
  read.crls = nested.texts("crls", kSourcesMost, kTextLongest);
  for (const auto& url : read.crls) {
    if (!url.starts_with("http://") && !url.starts_with("https://")) {
      nested.refuse("crls", "unknown_word");
    }
  }
  if (!read.crls.empty() && read.trust.empty()) nested.refuse("crls", "without_trust");
  const auto policies = nested.texts("policies", kSourcesMost, kTextLongest);
  if (!policies.empty()) read.policies = policies;
  if (!std::ranges::all_of(read.policies, &isOid)) nested.refuse("policies", "not_an_oid");
  read.clock = clockField(nested);
  constexpr std::int64_t kAccuracyMost = 600'000;
  read.accuracy_millis = static_cast<std::uint32_t>(
      nested.optionalInteger("accuracy_ms", 2, kAccuracyMost).value_or(read.accuracy_millis));
  if (!accuracyHolds(read)) nested.refuse("accuracy_ms", "finer_than_the_clock");
  fields.adopt(nested);
  return read;
}

WitnessSettings witnessField(Fields& fields) {
  WitnessSettings read;
  const auto* object = fields.object("witnesses");
  if (object == nullptr) return read;
  Fields nested(*object, "witnesses.");
  for (const auto* one : nested.objects("ask", kWitnessesMost)) {
    Fields witness(*one, "witnesses.ask.");
    auto url = witness.text("url", kTextLongest);
    while (url.ends_with('/')) url.pop_back();
    if (!url.starts_with("http://") && !url.starts_with("https://")) {
      witness.refuse("url", "unknown_word");
    }
    auto key = tlog::NoteVerifier::parse(witness.text("vkey", kTextLongest));
    const bool cosigns = key && key->type() == tlog::NoteKeyType::CosignatureV1;
    const bool twice = cosigns && std::ranges::any_of(read.asked, [&](const auto& other) {
                         return other.key.name() == key->name();
                       });
    if (!cosigns || twice) witness.refuse("vkey", "not_a_witness_key");
    nested.adopt(witness);
    if (nested.good()) read.asked.push_back({std::move(url), std::move(*key)});
  }
  const auto all = static_cast<std::int64_t>(read.asked.size());
  read.wanted = static_cast<unsigned>(nested.optionalInteger("wanted", 0, all).value_or(all));
  fields.adopt(nested);
  return read;
}

constexpr std::int64_t kPinTriesMost = 10;
constexpr std::int64_t kTokenSessionsMost = 64;

std::filesystem::path absoluteFrom(const std::filesystem::path& folder, const std::string& path) {
  return std::filesystem::absolute(folder / path).lexically_normal();
}

std::optional<TokenSettings> tokenField(Fields& fields, const std::filesystem::path& folder) {
  const auto* object = fields.object("token");
  if (object == nullptr) return std::nullopt;
  Fields nested(*object, "token.");
  TokenSettings read;
  read.module = absoluteFrom(folder, nested.text("module", kTextLongest));
  read.label = nested.optionalText("label", 32).value_or("");
  read.serial = nested.optionalText("serial", 16).value_or("");
  if (read.label.empty() && read.serial.empty()) nested.refuse("label", "missing");
  read.pin_file = absoluteFrom(folder, nested.text("pin_file", kTextLongest));
  read.pin_tries_most = static_cast<int>(
      nested.optionalInteger("pin_tries_most", 1, kPinTriesMost).value_or(read.pin_tries_most));
  read.sessions = static_cast<int>(
      nested.optionalInteger("sessions", 1, kTokenSessionsMost).value_or(read.sessions));
  constexpr std::size_t kVariablesMost = 16;
  read.environment = nested.texts("environment", kVariablesMost, kTextLongest);
  for (const auto& variable : read.environment) {
    if (variable.find('=') == std::string::npos) nested.refuse("environment", "unknown_word");
  }
  fields.adopt(nested);
  return read;
}

struct NamedPlace {
  std::string_view name;
  crypto::KeyPlace authority::KeyPlaces::*place;
};
constexpr NamedPlace kKeyPlaces[] = {{"root", &authority::KeyPlaces::root},
                                     {"issuing", &authority::KeyPlaces::issuing},
                                     {"ocsp", &authority::KeyPlaces::ocsp},
                                     {"tsa", &authority::KeyPlaces::tsa}};

authority::KeyPlaces keysField(Fields& fields, bool has_token) {
  authority::KeyPlaces read;
  const auto* object = fields.object("keys");
  if (object == nullptr) return read;
  Fields nested(*object, "keys.");
  for (const auto& [name, place] : kKeyPlaces) {
    const auto word = nested.optionalText(name, kTextLongest).value_or("software");
    if (word != "software" && word != "token") nested.refuse(name, "unknown_word");
    if (word == "token" && !has_token) nested.refuse(name, "token_not_set");
    if (word == "token") read.*place = crypto::KeyPlace::Token;
  }
  fields.adopt(nested);
  return read;
}

/// In quotes as JSON writes them, which YAML reads the same way.
std::string inQuotes(std::string_view text) {
  return toJsonText(Json(text));
}

std::string listenerText(std::string_view name, const ListenerSettings& listener) {
  return fmt::format("  {}: {{ address: {}, port: {}, tls: {} }}\n",
                     name,
                     inQuotes(listener.address),
                     listener.port,
                     listener.tls);
}

std::string tokenText(const TokenSettings& token, const authority::KeyPlaces& keys) {
  auto text = fmt::format("token:\n  module: {}\n  pin_file: {}\n",
                          inQuotes(token.module.string()),
                          inQuotes(token.pin_file.string()));
  if (!token.label.empty()) text += fmt::format("  label: {}\n", inQuotes(token.label));
  if (!token.serial.empty()) text += fmt::format("  serial: {}\n", inQuotes(token.serial));
  text += "  environment: [";
  for (const auto& variable : token.environment) text += inQuotes(variable) + ", ";
  text += "]\n";
  text += fmt::format(
      "  pin_tries_most: {}\n  sessions: {}\nkeys:\n", token.pin_tries_most, token.sessions);
  for (const auto& [name, place] : kKeyPlaces) {
    const bool in_token = keys.*place == crypto::KeyPlace::Token;
    text += fmt::format("  {}: {}\n", name, in_token ? "token" : "software");
  }
  return text;
}

/// `ca.tinh.gov.vn`, `127.0.0.1:8080`, `[2001:db8::1]:80`.
bool isHostAndPort(std::string_view text) {
  static const std::regex kForm(
      R"(([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:[1-9][0-9]{0,4})?)");
  return std::regex_match(text.begin(), text.end(), kForm);
}

bool isPlainPath(std::string_view text) {
  static const std::regex kForm(R"((/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*)");
  return std::regex_match(text.begin(), text.end(), kForm);
}

Error in(const std::filesystem::path& file, Error error) {
  error.params.push_back({"file", file.string()});
  return error;
}

Result<Json> readMapping(BytesView bytes, const std::filesystem::path& file) {
  auto json = parseYaml(asText(bytes));
  if (!json) return in(file, json.error());
  if (!json->is_object()) return in(file, {Code::Malformed, "settings_not_a_mapping"});
  return json;
}

}  // namespace

Result<std::string> publicUrl(std::string_view text) {
  constexpr std::string_view kScheme = "http://";
  while (text.ends_with('/')) text.remove_suffix(1);
  const bool plain = text.starts_with(kScheme) && text.size() <= kUrlLongest;
  const auto rest = plain ? text.substr(kScheme.size()) : std::string_view{};
  const auto host = rest.substr(0, rest.find('/'));
  if (!isHostAndPort(host) || !isPlainPath(rest.substr(host.size()))) {
    return Error{Code::Malformed, "public_url_malformed", {{"url", std::string(text)}}};
  }
  return std::string(text);
}

Result<std::string> provinceName(std::string_view text) {
  constexpr std::size_t kLongest = 200;
  const auto name = toNfc(trim(text));
  const bool fine = name && !name->empty() && countCharacters(*name) <= kLongest &&
                    std::ranges::none_of(*name, [](char c) {
                      return static_cast<unsigned char>(c) < ' ' || c == '\x7F';
                    });
  if (!fine) return Error{Code::Malformed, "province_malformed"};
  return *name;
}

Result<crypto::KeyKind> keyKind(std::string_view option, std::string_view text) {
  if (text == "p256") return crypto::KeyKind::P256;
  if (text == "p384") return crypto::KeyKind::P384;
  if (text == "rsa3072") return crypto::KeyKind::Rsa3072;
  return Error{Code::Malformed,
               "usage_value_wrong",
               {{"option", "--" + std::string(option)}, {"value", std::string(text)}}};
}

Result<Settings> readSettings(const std::filesystem::path& file) {
  const auto bytes = readFile(file, 1U << 20U);
  if (!bytes) return bytes.error();
  const auto json = readMapping(*bytes, file);
  if (!json) return json.error();
  Fields fields(*json);
  Settings settings;
  settings.data = fields.optionalText("data", kTextLongest).value_or(".");
  if (settings.data.is_relative())
    settings.data = (file.parent_path() / settings.data).lexically_normal();
  settings.mysql = databaseField(fields);
  settings.province = fields.text("province", 200);
  settings.public_url = fields.text("public_url", kUrlLongest);
  // Not mended here: certificates and logs may bear it already, so it must be as `init` left it.
  const auto url = publicUrl(settings.public_url);
  if (!url || *url != settings.public_url) fields.refuse("public_url", "not_a_public_url");
  settings.node = fields.optionalText("node", 64).value_or(settings.node);
  settings.tsa = tsaField(fields, file.parent_path());
  settings.witnesses = witnessField(fields);
  settings.token = tokenField(fields, file.parent_path());
  settings.keys = keysField(fields, settings.token.has_value());
  settings.pages = fields.optionalText("pages", kTextLongest).value_or(CONGVAN_PAGES);
  if (const auto* listen = fields.object("listen")) {
    Fields nested(*listen, "listen.");
    settings.app = listenerField(nested, "app", settings.app);
    settings.pki = listenerField(nested, "pki", settings.pki);
    settings.internal = listenerField(nested, "internal", settings.internal);
    fields.adopt(nested);
  }
  constexpr std::int64_t kDaysMost = 3650;
  settings.jobs_kept = std::chrono::days{
      fields.optionalInteger("jobs_kept_days", 1, kDaysMost).value_or(settings.jobs_kept.count())};
  if (fields.boolean("first_passwords_stay", false)) {
    settings.first_password = directory::FirstPassword::Stays;
  }
  constexpr int kConnectionsMost = 100'000;
  settings.connections_per_address =
      static_cast<int>(fields.optionalInteger("connections_per_address", 0, kConnectionsMost)
                           .value_or(settings.connections_per_address));
  auto proxies = http::TrustedProxies::parse(fields.texts("trusted_proxies", 64, 50));
  if (const auto* limits = fields.object("limits")) {
    Fields nested(*limits, "limits.");
    const auto upload = nested.optionalInteger("upload_bytes", kUploadLeast, kUploadMost);
    if (upload) settings.limits.upload_bytes = static_cast<std::uint64_t>(*upload);
    fields.adopt(nested);
  }
  const auto finished = fields.finish();
  if (!finished || !proxies) {
    return in(file, finished ? proxies.error() : finished.error());
  }
  settings.trusted_proxies = std::move(*proxies);
  return settings;
}

Result<std::optional<MySqlSettings>> readDatabaseSettings(const std::filesystem::path& file) {
  const auto bytes = readFile(file, 1U << 20U);
  if (!bytes) return bytes.error();
  const auto json = readMapping(*bytes, file);
  if (!json) return json.error();
  Fields fields(*json);
  auto read = databaseSettings(fields);
  const auto finished = fields.finish();
  if (!finished) return in(file, finished.error());
  return read;
}

Result<> readTokenSettings(const std::filesystem::path& file, Settings& settings) {
  const auto bytes = readFile(file, 1U << 20U);
  if (!bytes) return bytes.error();
  const auto json = readMapping(*bytes, file);
  if (!json) return json.error();
  Fields fields(*json);
  settings.token = tokenField(fields, file.parent_path());
  settings.keys = keysField(fields, settings.token.has_value());
  const auto finished = fields.finish();
  if (!finished) return in(file, finished.error());
  return kDone;
}

std::string settingsText(const Settings& settings) {
  auto text = fmt::format(
      "# Cấu hình Congvan / configuration; every key is explained in docs/configure.md\n"
      "province: {}\n"
      "public_url: {}   # stands in every certificate: choose it for good before the first "
      "one\n"
      "node: {}\n"
      "listen:\n",
      inQuotes(settings.province),
      inQuotes(settings.public_url),
      inQuotes(settings.node));
  text += listenerText("app", settings.app) + listenerText("pki", settings.pki) +
          listenerText("internal", settings.internal);
  if (settings.first_password == directory::FirstPassword::Stays) {
    text += "first_passwords_stay: true\n";
  }
  if (settings.token) text += tokenText(*settings.token, settings.keys);
  if (!settings.mysql) return text + "database: { kind: sqlite }\n";
  text += "database:\n  kind: mysql\n  servers: [";
  for (const auto& server : settings.mysql->servers) text += inQuotes(server) + ", ";
  text += fmt::format("]\n  user: {}\n  schema: {}\n",
                      inQuotes(settings.mysql->user),
                      inQuotes(settings.mysql->schema));
  if (!settings.mysql->password_file.empty()) {
    text += fmt::format("  password_file: {}\n", inQuotes(settings.mysql->password_file.string()));
  }
  if (!settings.mysql->tls_ca.empty())
    text += fmt::format("  tls_ca: {}\n", inQuotes(settings.mysql->tls_ca));
  return text;
}

}  // namespace congvan::app
