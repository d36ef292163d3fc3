// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/locks.h"

#include "trust/pdf/values.h"

#include <algorithm>

namespace congvan::pdf {
namespace {

constexpr int kReferencesMost = 64;

int levelOf(QPDFObjectHandle value) {
  const auto level = value.isInteger() ? value.getIntValue() : 1;
  return level == 2 || level == 3 ? static_cast<int>(level) : 1;
}

void readReference(QPDFObjectHandle reference, Prohibitions& into) {
  auto method = valueAt(reference, "/TransformMethod");
  auto parameters = valueAt(reference, "/TransformParams");
  if (method.isNameAndEquals("/FieldMDP")) into.locks.push_back(lockOf(parameters));
  if (!method.isNameAndEquals("/DocMDP")) return;
  // ISO 32000-2, table 257: /P is optional and 2 when absent.
  auto level = valueAt(parameters, "/P");
  const auto given = level.isNull() ? 2 : levelOf(level);
  into.doc_mdp = std::min(given, into.doc_mdp.value_or(given));
}

}  // namespace

Prohibitions prohibitionsOf(QPDFObjectHandle signature) {
  Prohibitions found;
  auto references = valueAt(signature, "/Reference");
  if (references.isDictionary()) readReference(references, found);
  if (!references.isArray()) return found;
  const auto count = references.getArrayNItems();
  for (int i = 0; i < std::min(count, kReferencesMost); ++i) {
    readReference(references.getArrayItem(i), found);
  }
  if (count > kReferencesMost) found.doc_mdp = 1;
  return found;
}

FieldLock lockOf(QPDFObjectHandle dictionary) {
  const FieldLock everything{FieldLock::Action::All, {}};
  FieldLock lock;
  auto action = valueAt(dictionary, "/Action");
  if (action.isNameAndEquals("/Exclude")) {
    lock.action = FieldLock::Action::Exclude;
  } else if (!action.isNameAndEquals("/Include")) {
    return everything;
  }
  auto names = valueAt(dictionary, "/Fields");
  if (!names.isArray()) return everything;
  for (auto& name : names.getArrayAsVector()) {
    if (!name.isString()) return everything;
    lock.fields.insert(name.getUTF8Value());
  }
  return lock;
}

std::optional<int> lockLevelOf(QPDFObjectHandle dictionary) {
  auto level = valueAt(dictionary, "/P");
  if (level.isNull()) return std::nullopt;
  return levelOf(level);
}

}  // namespace congvan::pdf
