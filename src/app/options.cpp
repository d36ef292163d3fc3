// SPDX-License-Identifier: Apache-2.0
#include "app/options.h"

#include <fmt/format.h>

#include <getopt.h>

namespace congvan::app {

Result<Options> Options::parse(const std::vector<std::string>& arguments,
                               const std::vector<Option>& known) {
  auto options = parseWithWords(arguments, known);
  if (options && !options->positionals_.empty()) {
    return Error{Code::Malformed, "usage_unknown_word", {{"word", options->positionals_.front()}}};
  }
  return options;
}

Result<Options> Options::parseWithWords(const std::vector<std::string>& arguments,
                                        const std::vector<Option>& known) {
  std::vector<option> table;
  for (const auto& one : known) {
    table.push_back(
        {one.name.c_str(), one.value.empty() ? no_argument : required_argument, nullptr, 0});
  }
  table.push_back({nullptr, 0, nullptr, 0});

  std::string program = "congvan";
  std::vector<std::string> copies = arguments;
  std::vector<char*> argv{program.data()};
  for (auto& copy : copies) argv.push_back(copy.data());
  argv.push_back(nullptr);

  Options options;
  opterr = 0;
  optind = 0;  // glibc: start afresh
  int index = 0;
  for (;;) {
    const int found =
        getopt_long(static_cast<int>(argv.size()) - 1, argv.data(), ":", table.data(), &index);
    if (found == -1) break;
    if (found != 0) {
      const std::string at = argv.at(static_cast<std::size_t>(optind) - 1);
      return Error{Code::Malformed,
                   found == ':' ? "usage_value_missing" : "usage_unknown_option",
                   {{"option", at}}};
    }
    const auto& one = known.at(static_cast<std::size_t>(index));
    options.given_[one.name].emplace_back(optarg == nullptr ? "" : optarg);
  }
  for (auto i = static_cast<std::size_t>(optind); i + 1 < argv.size(); ++i) {
    options.positionals_.emplace_back(argv.at(i));
  }
  return options;
}

bool Options::has(std::string_view name) const {
  return given_.find(name) != given_.end();
}

std::optional<std::string> Options::value(std::string_view name) const {
  const auto& all = values(name);
  if (all.empty()) return std::nullopt;
  return all.back();
}

std::string Options::valueOr(std::string_view name, std::string_view otherwise) const {
  return value(name).value_or(std::string(otherwise));
}

const std::vector<std::string>& Options::values(std::string_view name) const {
  static const std::vector<std::string> kNone;
  const auto found = given_.find(name);
  return found == given_.end() ? kNone : found->second;
}

std::string helpText(const std::vector<Option>& known) {
  std::string text;
  for (const auto& one : known) {
    const auto left = one.value.empty() ? "--" + one.name : "--" + one.name + " " + one.value;
    text += fmt::format("  {:<28} {}\n", left, one.help);
  }
  return text;
}

}  // namespace congvan::app
