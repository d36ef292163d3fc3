// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/findings.h"

#include "trust/pdf/values.h"

#include <algorithm>

namespace congvan::pdf {
namespace {

constexpr std::size_t kExplainedMost = 1'000'000;
constexpr std::size_t kNamedMost = 10'000;

}  // namespace

Findings::Findings(Snapshot& before,
                   Snapshot& after,
                   const Delta& delta,
                   const ReferenceCounts& references)
    : before_(before), after_(after), delta_(delta), references_(references) {
  for (const auto& id : delta.changed) {
    if (!sameObject(before.object(id), after.object(id))) changed_.insert(changed_.end(), id);
  }
}

bool Findings::isChanged(QPDFObjectHandle value) const {
  return value.isIndirect() && changed_.contains(value.getObjGen());
}

bool Findings::isAdded(QPDFObjectHandle value) const {
  return !value.isIndirect() || delta_.added.contains(value.getObjGen());
}

void Findings::explain(QPDFObjectHandle value) {
  if (!value.isIndirect()) return;
  const auto id = value.getObjGen();
  explained_.insert(id);
  if (changed_.contains(id)) suspectIfShared(id);
}

void Findings::explainBelow(QPDFObjectHandle value) {
  std::vector<QPDFObjectHandle> open{value};
  ObjectSet seen;
  while (!open.empty()) {
    auto one = open.back();
    open.pop_back();
    if (one.isIndirect()) {
      const auto id = one.getObjGen();
      const bool written = changed_.contains(id) || delta_.added.contains(id);
      if (!written || !seen.insert(id).second || seen.size() > kExplainedMost) continue;
      if (hasType(one, "/Page") || hasType(one, "/Pages") || hasType(one, "/Catalog")) continue;
      explainWritten(id, one);
    }
    if (one.isStream()) one = one.getDict();
    if (one.isDictionary()) {
      for (auto& [key, item] : one.getDictAsMap()) {
        if (key != "/Parent" && key != "/P") open.push_back(item);
      }
    } else if (one.isArray()) {
      for (auto& item : one.getArrayAsVector()) open.push_back(item);
    }
  }
}

void Findings::explainWritten(QPDFObjGen id, QPDFObjectHandle value) {
  explained_.insert(id);
  if (!changed_.contains(id)) return;
  // A number that stood for another kind of thing is no changed value but a reused number.
  if (before_.object(id).getTypeCode() != value.getTypeCode()) {
    say(ChangeKind::Unexplained,
        "object " + std::to_string(id.getObj()) + ": another kind of thing");
  }
  suspectIfShared(id);
}

void Findings::suspectIfShared(QPDFObjGen id) {
  if (references_.countOf(id) > 1) suspects_.insert(id);
}

ObjectSet Findings::unexplained() const {
  ObjectSet rest;
  const auto take = [&](const ObjectSet& ids) {
    std::copy_if(ids.begin(), ids.end(), std::inserter(rest, rest.end()), [&](const auto& id) {
      return !explained_.contains(id);
    });
  };
  take(changed_);
  take(delta_.removed);
  return rest;
}

void Findings::say(ChangeKind kind, std::string what, std::string field) {
  if (changes_.size() > kNamedMost || !said_.emplace(kind, what).second) return;
  if (changes_.size() == kNamedMost) {
    kind = ChangeKind::Unexplained;
    what = "more than " + std::to_string(kNamedMost) + " changes";
    field.clear();
  }
  changes_.push_back({kind, std::move(what), std::move(field)});
}

}  // namespace congvan::pdf
