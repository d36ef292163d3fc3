// SPDX-License-Identifier: Apache-2.0
#include "base/json_fields.h"

#include "base/text.h"

#include <nlohmann/json.hpp>

namespace congvan {

Fields::Fields(const Json& object, std::string where) : object_(object), where_(std::move(where)) {
  if (!object_.is_object()) refuse("", "not_an_object");
}

void Fields::refuse(std::string_view name, std::string_view reason) {
  if (failure_) return;
  failure_ = Error{
      Code::Malformed, "field_" + std::string(reason), {{"field", where_ + std::string(name)}}};
}

void Fields::adopt(Fields& nested) {
  const auto finished = nested.finish();
  if (!finished && !failure_) failure_ = finished.error();
}

const Json* Fields::find(std::string_view name) {
  asked_.emplace(name);
  if (failure_) return nullptr;
  const auto found = object_.find(name);
  if (found == object_.end() || found->is_null()) return nullptr;
  return &*found;
}

std::optional<std::string> Fields::checked(const Json& value,
                                           std::string_view name,
                                           std::size_t longest) {
  if (!value.is_string()) {
    refuse(name, "not_a_text");
    return std::nullopt;
  }
  auto normal = toNfc(value.get_ref<const std::string&>());
  if (!normal) {
    refuse(name, "not_unicode");
    return std::nullopt;
  }
  auto trimmed = trim(*normal);
  if (hasControlCharacters(trimmed)) {
    refuse(name, "control_character");
    return std::nullopt;
  }
  if (countCharacters(trimmed) > longest) {
    refuse(name, "too_long");
    return std::nullopt;
  }
  return std::string(trimmed);
}

std::string Fields::text(std::string_view name, std::size_t longest) {
  auto value = optionalText(name, longest);
  if (!value) refuse(name, "missing");
  return value.value_or("");
}

std::optional<std::string> Fields::optionalText(std::string_view name, std::size_t longest) {
  const auto* value = find(name);
  if (value == nullptr) return std::nullopt;
  auto text = checked(*value, name, longest);
  if (!text || text->empty()) return std::nullopt;
  return text;
}

std::string_view Fields::rawText(std::string_view name, std::size_t longest) {
  const auto* value = find(name);
  const auto* sent = value == nullptr ? nullptr : value->get_ptr<const std::string*>();
  if (value != nullptr && sent == nullptr) refuse(name, "not_a_text");
  if (sent == nullptr || sent->empty()) {
    refuse(name, "missing");
    return {};
  }
  if (sent->size() <= longest) return *sent;
  refuse(name, "too_long");
  return {};
}

std::optional<std::int64_t> Fields::optionalInteger(std::string_view name,
                                                    std::int64_t least,
                                                    std::int64_t most) {
  const auto* value = find(name);
  if (value == nullptr) return std::nullopt;
  const bool too_big = value->is_number_unsigned() &&
                       value->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX);
  if (!value->is_number_integer() || too_big) {
    refuse(name, "not_an_integer");
    return std::nullopt;
  }
  const auto number = value->get<std::int64_t>();
  if (number < least || number > most) {
    refuse(name, "out_of_range");
    return std::nullopt;
  }
  return number;
}

std::int64_t Fields::integer(std::string_view name, std::int64_t least, std::int64_t most) {
  const auto value = optionalInteger(name, least, most);
  if (!value) refuse(name, "missing");
  return value.value_or(least);
}

double Fields::number(std::string_view name, double least, double most) {
  const auto* value = find(name);
  if (value == nullptr) {
    refuse(name, "missing");
    return least;
  }
  if (!value->is_number()) {
    refuse(name, "not_a_number");
    return least;
  }
  const auto number = value->get<double>();
  if (number < least || number > most) {
    refuse(name, "out_of_range");
    return least;
  }
  return number;
}

bool Fields::boolean(std::string_view name, bool when_absent) {
  const auto* value = find(name);
  if (value == nullptr) return when_absent;
  if (!value->is_boolean()) {
    refuse(name, "not_a_boolean");
    return when_absent;
  }
  return value->get<bool>();
}

std::vector<std::string> Fields::texts(std::string_view name,
                                       std::size_t most,
                                       std::size_t longest) {
  std::vector<std::string> texts;
  const auto* value = find(name);
  if (value == nullptr) return texts;
  if (!value->is_array()) {
    refuse(name, "not_a_list");
    return texts;
  }
  if (value->size() > most) {
    refuse(name, "too_many");
    return texts;
  }
  for (const auto& item : *value) {
    auto text = checked(item, name, longest);
    if (!text) return {};
    texts.push_back(std::move(*text));
  }
  return texts;
}

std::vector<const Json*> Fields::objects(std::string_view name, std::size_t most) {
  std::vector<const Json*> found;
  const auto* value = find(name);
  if (value == nullptr) return found;
  if (!value->is_array()) {
    refuse(name, "not_a_list");
    return found;
  }
  if (value->size() > most) {
    refuse(name, "too_many");
    return found;
  }
  for (const auto& item : *value) {
    if (!item.is_object()) {
      refuse(name, "not_an_object");
      return {};
    }
    found.push_back(&item);
  }
  return found;
}

const Json* Fields::object(std::string_view name) {
  const auto* value = find(name);
  if (value == nullptr) return nullptr;
  if (!value->is_object()) {
    refuse(name, "not_an_object");
    return nullptr;
  }
  return value;
}

Result<> Fields::finish() {
  if (failure_) return *failure_;
  for (const auto& [name, value] : object_.items()) {
    if (!asked_.contains(name)) {
      refuse(name, "unknown");
      return *failure_;
    }
  }
  return kDone;
}

}  // namespace congvan
