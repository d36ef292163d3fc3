// SPDX-License-Identifier: Apache-2.0
#include "edge/http/framing.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace congvan::http {
namespace {

constexpr std::array<std::string_view, 6> kMethods = {
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
constexpr std::size_t kTargetLongest = 8000;

Error badRequest(std::string_view what) {
  return Error{Code::Malformed, "request_" + std::string(what)};
}

bool isTokenCharacter(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return letter || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool isToken(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, isTokenCharacter);
}

bool hasControl(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7F;
  });
}

int hexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

enum class Plus { Literal, Space };

std::optional<std::string> decoded(std::string_view text, Plus plus) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus == Plus::Space) {
      out.push_back(' ');
    } else if (text[i] != '%') {
      out.push_back(text[i]);
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hexDigit(text[i + 1]);
      const int low = hexDigit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  const bool nul = out.find('\0') != std::string::npos;
  if (nul || !isUtf8(out)) return std::nullopt;
  return out;
}

/// Nothing that another reader could resolve to another path: dot segments, backslashes, and
/// slashes that are escaped or stand twice.
bool isPlainSegment(std::string_view segment) {
  return !segment.empty() && segment != "." && segment != ".." &&
         segment.find_first_of("/\\") == std::string_view::npos && !hasControl(segment);
}

std::optional<std::string> decodedPath(std::string_view raw) {
  std::string path;
  while (!raw.empty()) {
    raw.remove_prefix(1);  // the slash
    const auto end = std::min(raw.find('/'), raw.size());
    const auto segment = decoded(raw.substr(0, end), Plus::Literal);
    raw.remove_prefix(end);
    const bool last = raw.empty();
    if (!segment || !(isPlainSegment(*segment) || (last && segment->empty()))) return std::nullopt;
    path += "/" + *segment;
  }
  return path;
}

std::optional<std::string> decodedOpaque(std::string_view raw, std::size_t prefix) {
  const auto value = decoded(raw.substr(prefix), Plus::Literal);
  if (!value || hasControl(*value)) return std::nullopt;
  return std::string(raw.substr(0, prefix)) + *value;
}

bool isHost(std::string_view value) {
  constexpr std::string_view kMarks = "-._~:[]";
  return !value.empty() && std::ranges::all_of(value, [&](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter || kMarks.find(c) != std::string_view::npos;
  });
}

/// RFC 9112, 3.2 knows no fragment, and what is not visible ASCII has to be escaped.
bool isTargetText(std::string_view target) {
  return std::ranges::all_of(target, [](char c) { return c > 0x20 && c < 0x7F && c != '#'; });
}

}  // namespace

Result<std::uint64_t> bodyLength(const StartLine& line, const Headers& headers) {
  if (std::ranges::find(kMethods, line.method) == kMethods.end()) return badRequest("method");
  if (line.version != "HTTP/1.1" && line.version != "HTTP/1.0") return badRequest("version");
  int hosts = 0;
  std::vector<std::string_view> lengths;
  for (const auto& [name, value] : headers) {
    if (!isToken(name) || hasControl(value)) return badRequest("header");
    if (name == "host") {
      ++hosts;
      if (!isHost(value)) return badRequest("host");
    }
    if (name == "content-length") lengths.push_back(value);
  }
  if (hosts != 1) return badRequest("host");
  const bool coded = headerValue(headers, "transfer-encoding").has_value();
  if (coded && !lengths.empty()) return badRequest("length");
  if (coded) return Error{Code::RuleRefused, "length_required"};
  if (lengths.empty()) return std::uint64_t{0};
  std::uint64_t length = 0;
  const auto text = lengths.front();
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), length);
  const bool digits =
      !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (lengths.size() != 1 || !digits || failed != std::errc{} || end != text.data() + text.size()) {
    return badRequest("length");
  }
  return length;
}

Result<Target> parseTarget(std::string_view target, std::string_view opaque_prefix) {
  if (target.empty() || target.front() != '/' || target.size() > kTargetLongest ||
      !isTargetText(target)) {
    return badRequest("target");
  }
  const auto mark = target.find('?');
  const auto raw = target.substr(0, mark);
  const bool opaque = !opaque_prefix.empty() && raw.starts_with(opaque_prefix);
  const auto path = opaque ? decodedOpaque(raw, opaque_prefix.size()) : decodedPath(raw);
  if (!path) return badRequest("target");
  Target parsed{*path, {}};
  auto rest = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
  while (!rest.empty()) {
    const auto end = std::min(rest.find('&'), rest.size());
    const auto pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto equals = std::min(pair.find('='), pair.size());
    const auto name = decoded(pair.substr(0, equals), Plus::Space);
    const auto value = decoded(equals < pair.size() ? pair.substr(equals + 1) : "", Plus::Space);
    if (!name || !value || name->empty()) return badRequest("target");
    if (!parsed.query.emplace(*name, *value).second) return badRequest("target");
  }
  return parsed;
}

}  // namespace congvan::http
