// SPDX-License-Identifier: Apache-2.0
#include "app/demo/story.h"
#include "app/files.h"

namespace congvan::app::demo {
namespace {

using Map = std::map<std::string, std::string>;

}  // namespace

Result<Notes> readNotes(const std::filesystem::path& file) {
  const auto bytes = readFile(file, 4U << 20U);
  if (!bytes) return bytes.error();
  const auto json = parseJson(asText(*bytes), {.bytes = 4U << 20U});
  if (!json) return json.error();
  if (!json->is_object()) return Error{Code::Malformed, "json_malformed"};
  return Notes{.admin_password = json->value("adminPassword", ""),
               .password = json->value("password", ""),
               .pin = json->value("pin", ""),
               .agencies = json->value("agencies", Map{}),
               .people = json->value("people", Map{}),
               .posts = json->value("posts", Map{}),
               .certificates = json->value("certificates", Map{})};
}

Result<> writeNotes(const std::filesystem::path& file, const Notes& notes) {
  const Json json = {{"adminPassword", notes.admin_password},
                     {"password", notes.password},
                     {"pin", notes.pin},
                     {"agencies", notes.agencies},
                     {"people", notes.people},
                     {"posts", notes.posts},
                     {"certificates", notes.certificates}};
  return writeSecretFile(file, asBytes(toJsonText(json)));
}

}  // namespace congvan::app::demo
