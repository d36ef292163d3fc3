// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/object_text.h"

namespace congvan::pdf {

ObjectId idOf(const QPDFObjectHandle& object) {
  const auto id = object.getObjGen();
  return {id.getObj(), id.getGen()};
}

std::string dictionaryText(QPDFObjectHandle dictionary, const Overrides& overrides) {
  std::string text = "<<";
  auto left = overrides;
  for (const auto& [key, value] : dictionary.getDictAsMap()) {
    const auto found = left.find(key);
    const auto value_text = found == left.end() ? textOf(value) : found->second;
    if (found != left.end()) left.erase(found);
    if (value_text.empty() || value_text == "null") continue;
    text += " " + QPDFObjectHandle::newName(key).unparse() + " " + value_text;
  }
  for (const auto& [key, value_text] : left) {
    if (!value_text.empty()) text += " " + key + " " + value_text;
  }
  return text + " >>";
}

std::string arrayText(QPDFObjectHandle array, const std::string& more) {
  std::string text = "[";
  for (int i = 0, count = array.getArrayNItems(); i < count; ++i) {
    text += " " + textOf(array.getArrayItem(i));
  }
  return text + (more.empty() ? "" : " " + more) + " ]";
}

std::string textOf(QPDFObjectHandle object) {
  if (object.isIndirect()) return reference(idOf(object));
  if (object.isDictionary()) return dictionaryText(object);
  if (object.isArray()) return arrayText(object);
  return object.unparse();
}

}  // namespace congvan::pdf
