// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/document_columns.h"

#include "base/json.h"
#include "edge/storage/columns.h"

#include <nlohmann/json.hpp>

namespace congvan::storage {
namespace {

/// 5,000 recipients of 39 bytes each, and room for more.
constexpr JsonLimits kColumnLimits{.bytes = 4U << 20U, .depth = 8};

Json columnJson(std::string_view column) {
  auto json = parseJson(column, kColumnLimits);
  if (!json || !json->is_array()) throw DatabaseFault("a column is not a JSON list");
  return std::move(*json);
}

template <typename IdType>
IdType idFrom(const Json& json) {
  const auto id = IdType::parse(json.get<std::string>());
  if (!id) throw DatabaseFault("a column does not hold an id");
  return *id;
}

}  // namespace

std::string stepsColumn(const std::vector<records::Step>& steps) {
  auto list = Json::array();
  for (const auto& step : steps) {
    Json json{{"kind", name(step.kind)}, {"post", step.post.text()}, {"field", step.field}};
    if (step.done_by) json["done_by"] = step.done_by->text();
    if (step.done_at) json["done_at"] = toMicros(*step.done_at);
    list.push_back(std::move(json));
  }
  return toJsonText(list);
}

std::vector<records::Step> stepsFrom(std::string_view column) {
  std::vector<records::Step> steps;
  for (const auto& json : columnJson(column)) {
    records::Step step;
    step.kind = known(records::stepKind(json.at("kind").get<std::string>()));
    step.post = idFrom<records::PostId>(json.at("post"));
    step.field = json.at("field").get<std::string>();
    if (json.contains("done_by")) step.done_by = idFrom<records::PersonId>(json.at("done_by"));
    if (json.contains("done_at")) step.done_at = fromMicros(json.at("done_at").get<std::int64_t>());
    steps.push_back(std::move(step));
  }
  return steps;
}

std::string slotsColumn(const std::vector<records::Slot>& slots) {
  auto list = Json::array();
  for (const auto& slot : slots) {
    list.push_back({{"field", slot.field},
                    {"page", slot.page},
                    {"box", {slot.left, slot.bottom, slot.width, slot.height}}});
  }
  return toJsonText(list);
}

std::vector<records::Slot> slotsFrom(std::string_view column) {
  std::vector<records::Slot> slots;
  for (const auto& json : columnJson(column)) {
    const auto& box = json.at("box");
    slots.push_back({.field = json.at("field").get<std::string>(),
                     .page = json.at("page").get<int>(),
                     .left = box.at(0).get<double>(),
                     .bottom = box.at(1).get<double>(),
                     .width = box.at(2).get<double>(),
                     .height = box.at(3).get<double>()});
  }
  return slots;
}

std::string recipientsColumn(const std::vector<records::AgencyId>& recipients) {
  auto list = Json::array();
  for (const auto& recipient : recipients) list.push_back(recipient.text());
  return toJsonText(list);
}

std::vector<records::AgencyId> recipientsFrom(std::string_view column) {
  std::vector<records::AgencyId> recipients;
  for (const auto& json : columnJson(column)) {
    recipients.push_back(idFrom<records::AgencyId>(json));
  }
  return recipients;
}

}  // namespace congvan::storage
