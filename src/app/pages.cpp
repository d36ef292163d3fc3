// SPDX-License-Identifier: Apache-2.0
#include "app/pages.h"

#include "app/files.h"

#include <algorithm>
#include <array>

namespace congvan::app {
namespace {

struct ContentType {
  std::string_view suffix;
  std::string_view type;
};

constexpr auto kTypes = std::to_array<ContentType>({
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".woff2", "font/woff2"},
});

constexpr std::string_view kPolicy =
    "default-src 'self'; img-src 'self' data: blob:; frame-src blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

std::string_view typeOf(std::string_view path) {
  for (const auto& known : kTypes) {
    if (path.ends_with(known.suffix)) return known.type;
  }
  return {};
}

Result<http::Reply> page(const std::filesystem::path& folder, std::string_view path, bool hashed) {
  const auto type = typeOf(path);
  if (type.empty()) return Error{Code::NotFound, "route_missing"};
  const auto bytes = readFile(folder / path);
  if (!bytes) return Error{Code::NotFound, "route_missing"};
  http::Reply reply{.type = std::string(type), .body = toText(*bytes)};
  reply.headers.emplace_back("Content-Security-Policy", kPolicy);
  reply.headers.emplace_back("Cache-Control",
                             hashed ? "public, max-age=31536000, immutable" : "no-cache");
  return reply;
}

}  // namespace

void addPageRoutes(http::Router& router, const std::filesystem::path& folder) {
  // The router has refused dot segments already.
  router.add({"GET",
              "/assets/{path...}",
              http::Access::Public,
              http::BodyKind::None,
              0,
              [folder](const http::Request& request) {
                return page(folder / "assets", request.parameter("path"), true);
              }});
  // Pages are told apart in the browser. What belongs to machines is not one of them: they would
  // take the page for an answer.
  const auto index = [folder](const http::Request& request) -> Result<http::Reply> {
    constexpr std::array<std::string_view, 5> kOfMachines = {
        "api", "assets", "log", "openapi.json", "pki"};
    const auto named = request.parameters.find("page");
    const bool is_page = named == request.parameters.end() ||
                         std::ranges::find(kOfMachines, named->second) == kOfMachines.end();
    if (!is_page) return Error{Code::NotFound, "route_missing"};
    return page(folder, "index.html", false);
  };
  for (const auto* pattern : {"/", "/{page}", "/{page}/{id}"}) {
    router.add({"GET", pattern, http::Access::Public, http::BodyKind::None, 0, index});
  }
}

}  // namespace congvan::app
