// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace congvan::report {

/// A page in parts: `<!--part NAME-->…<!--end-->` in page.html, with `{{name}}` for text, which is
/// escaped, and
/// `{{{name}}}` for parts already filled.
class Template {
 public:
  explicit Template(std::string_view source);

  using Values = std::map<std::string, std::string, std::less<>>;
  /// A name without a value leaves nothing behind. Throws (a fault) for a part that is not there.
  std::string fill(std::string_view part, const Values& values) const;

 private:
  std::map<std::string, std::string, std::less<>> parts_;
};

/// For HTML text and quoted attributes. Control characters become U+FFFD, as does text that is not
/// UTF-8.
std::string escapeHtml(std::string_view text);

}  // namespace congvan::report
