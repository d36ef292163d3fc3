// SPDX-License-Identifier: Apache-2.0
#include "trust/report/template.h"

#include "base/text.h"

#include <stdexcept>

namespace congvan::report {
namespace {

constexpr std::string_view kOpening = "<!--part ";
constexpr std::string_view kClosing = "<!--end-->";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

struct Slot {
  std::size_t begin;
  std::size_t end;
  std::string_view name;
  bool raw;
};

Slot slotAt(std::string_view text, std::size_t at) {
  const bool raw = text.substr(at).starts_with("{{{");
  const std::string_view closing = raw ? "}}}" : "}}";
  const auto from = at + closing.size();
  const auto to = text.find(closing, from);
  if (to == std::string_view::npos) throw std::logic_error("page template: an open slot");
  return {at, to + closing.size(), text.substr(from, to - from), raw};
}

}  // namespace

std::string escapeHtml(std::string_view text) {
  if (!isUtf8(text)) return std::string(kReplacement);
  std::string escaped;
  for (const char character : text) {
    switch (character) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        if (static_cast<unsigned char>(character) < 0x20) {
          escaped += kReplacement;
        } else {
          escaped += character;
        }
    }
  }
  return escaped;
}

Template::Template(std::string_view source) {
  for (auto at = source.find(kOpening); at != std::string_view::npos;
       at = source.find(kOpening, at)) {
    const auto name_from = at + kOpening.size();
    const auto name_to = source.find("-->", name_from);
    const auto end = source.find(kClosing, name_to);
    if (end == std::string_view::npos) throw std::logic_error("page template: an open part");
    parts_.emplace(source.substr(name_from, name_to - name_from),
                   source.substr(name_to + 3, end - name_to - 3));
    at = end;
  }
}

std::string Template::fill(std::string_view part, const Values& values) const {
  const auto found = parts_.find(part);
  if (found == parts_.end()) throw std::logic_error("page template: no part " + std::string(part));
  const std::string_view text = found->second;
  std::string filled;
  std::size_t from = 0;
  for (auto at = text.find("{{"); at != std::string_view::npos; at = text.find("{{", from)) {
    filled += text.substr(from, at - from);
    const auto slot = slotAt(text, at);
    const auto value = values.find(slot.name);
    if (value != values.end()) filled += slot.raw ? value->second : escapeHtml(value->second);
    from = slot.end;
  }
  return filled.append(text.substr(from));
}

}  // namespace congvan::report
