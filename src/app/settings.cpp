// SPDX-License-Identifier: Apache-2.0
#include "app/settings.h"

#include "app/files.h"
#include "base/json_fields.h"
#include "base/settings.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace congvan::app {
namespace {

constexpr std::size_t kTextLongest = 1000;
constexpr std::int64_t kUploadLeast = 1024;
constexpr std::int64_t kUploadMost = std::int64_t{4} << 30;

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

std::string listenerText(std::string_view name, const ListenerSettings& listener) {
  return fmt::format("  {}: {{ address: \"{}\", port: {}, tls: {} }}\n",
                     name,
                     listener.address,
                     listener.port,
                     listener.tls);
}

}  // namespace

Result<Settings> readSettings(const std::filesystem::path& file) {
  const auto bytes = readFile(file, 1U << 20U);
  if (!bytes) return bytes.error();
  const auto json = parseYaml(asText(*bytes));
  if (!json) return json.error();
  Fields fields(*json);
  Settings settings;
  settings.data = fields.optionalText("data", kTextLongest).value_or(".");
  if (settings.data.is_relative()) settings.data = file.parent_path() / settings.data;
  settings.mysql = databaseField(fields);
  settings.province = fields.text("province", 200);
  settings.public_url = fields.text("public_url", 200);
  settings.node = fields.optionalText("node", 64).value_or(settings.node);
  settings.pages = fields.optionalText("pages", kTextLongest).value_or(CONGVAN_PAGES);
  if (const auto* listen = fields.object("listen")) {
    Fields nested(*listen, "listen.");
    settings.app = listenerField(nested, "app", settings.app);
    settings.pki = listenerField(nested, "pki", settings.pki);
    settings.internal = listenerField(nested, "internal", settings.internal);
    fields.adopt(nested);
  }
  if (const auto* limits = fields.object("limits")) {
    Fields nested(*limits, "limits.");
    const auto upload = nested.optionalInteger("upload_bytes", kUploadLeast, kUploadMost);
    if (upload) settings.limits.upload_bytes = static_cast<std::uint64_t>(*upload);
    fields.adopt(nested);
  }
  const auto finished = fields.finish();
  if (!finished) {
    auto error = finished.error();
    error.params.push_back({"file", file.string()});
    return error;
  }
  return settings;
}

Result<std::optional<MySqlSettings>> readDatabaseSettings(const std::filesystem::path& file) {
  const auto bytes = readFile(file, 1U << 20U);
  if (!bytes) return bytes.error();
  const auto json = parseYaml(asText(*bytes));
  if (!json) return json.error();
  Fields fields(*json);
  auto read = databaseSettings(fields);
  const auto finished = fields.finish();
  if (!finished) return finished.error();
  return read;
}

std::string settingsText(const Settings& settings) {
  auto text = fmt::format(
      "# Cấu hình Congvan / configuration; every key is explained in docs/configure.md\n"
      "province: \"{}\"\n"
      "public_url: \"{}\"   # stands in every certificate: choose it for good before the first "
      "one\n"
      "node: \"{}\"\n"
      "listen:\n",
      settings.province,
      settings.public_url,
      settings.node);
  text += listenerText("app", settings.app) + listenerText("pki", settings.pki) +
          listenerText("internal", settings.internal);
  if (!settings.mysql) return text + "database: { kind: sqlite }\n";
  text += "database:\n  kind: mysql\n  servers: [";
  for (const auto& server : settings.mysql->servers) text += "\"" + server + "\", ";
  text += fmt::format(
      "]\n  user: \"{}\"\n  schema: \"{}\"\n", settings.mysql->user, settings.mysql->schema);
  if (!settings.mysql->password_file.empty()) {
    text += fmt::format("  password_file: \"{}\"\n", settings.mysql->password_file.string());
  }
  if (!settings.mysql->tls_ca.empty())
    text += fmt::format("  tls_ca: \"{}\"\n", settings.mysql->tls_ca);
  return text;
}

}  // namespace congvan::app
