// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace congvan::app {

/// One long option of a command. `value` names its argument in the help; empty for a flag.
struct Option {
  std::string name;
  std::string value;
  std::string help;
};

/// Options in GNU style (getopt_long), read once.
class Options {
 public:
  /// Of a command that takes options alone. `arguments` without the program and command names.
  /// Malformed `usage_…` names the option or word at fault.
  static Result<Options> parse(const std::vector<std::string>& arguments,
                               const std::vector<Option>& known);
  /// Of a command that takes words (files) beside its options.
  static Result<Options> parseWithWords(const std::vector<std::string>& arguments,
                                        const std::vector<Option>& known);

  bool has(std::string_view name) const;
  /// The last value given; nullopt when absent.
  std::optional<std::string> value(std::string_view name) const;
  std::string valueOr(std::string_view name, std::string_view otherwise) const;
  const std::vector<std::string>& values(std::string_view name) const;
  const std::vector<std::string>& positionals() const { return positionals_; }

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> given_;
  std::vector<std::string> positionals_;
};

/// The options as a help text.
std::string helpText(const std::vector<Option>& known);

}  // namespace congvan::app
