// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/values.h"

namespace congvan::pdf {

QPDFObjectHandle valueAt(QPDFObjectHandle from, const std::string& key) {
  return from.isDictionary() ? from.getKey(key) : QPDFObjectHandle::newNull();
}

KeySet keysOfBoth(QPDFObjectHandle before, QPDFObjectHandle after) {
  KeySet keys;
  if (before.isDictionary()) keys = before.getKeys();
  if (after.isDictionary()) keys.merge(after.getKeys());
  return keys;
}

bool hasType(QPDFObjectHandle value, const char* type) {
  auto found = valueAt(value, "/Type");
  return found.isName() && found.getName() == type;
}

std::vector<QPDFObjectHandle> listOf(QPDFObjectHandle value) {
  if (value.isNull()) return {};
  if (value.isArray()) return value.getArrayAsVector();
  return {value};
}

bool drawsSomething(QPDFObjectHandle widget) {
  auto normal = valueAt(valueAt(widget, "/AP"), "/N");
  if (normal.isDictionary()) return !normal.getKeys().empty();
  if (!normal.isStream()) return false;
  return normal.getRawStreamData()->getSize() > 0;
}

}  // namespace congvan::pdf
