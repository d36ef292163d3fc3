// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"

#include <optional>
#include <string>
#include <string_view>

namespace congvan::audit {

/// What an event tells beside who and when: one JSON object, in the order it was said.
class Details {
 public:
  Details& say(std::string_view name, std::string_view value);
  Details& say(std::string_view name, std::int64_t value);
  Details& say(std::string_view name, const Uuid& value) { return say(name, value.text()); }
  template <typename Tag>
  Details& say(std::string_view name, const Id<Tag>& value) {
    return say(name, value.value);
  }
  /// Nothing when there is none.
  template <typename T>
  Details& say(std::string_view name, const std::optional<T>& value) {
    return value ? say(name, *value) : *this;
  }
  std::string text() const { return "{" + inside_ + "}"; }

 private:
  Details& sayJson(std::string_view name, const std::string& json);
  std::string inside_;
};

}  // namespace congvan::audit
