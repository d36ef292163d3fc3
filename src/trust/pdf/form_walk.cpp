// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/form_walk.h"

#include <stdexcept>

namespace congvan::pdf {
namespace {

constexpr std::size_t kFormNodesMost = 100'000;
constexpr std::size_t kFormDepthMost = 64;

class FormWalk {
 public:
  FieldMap walk(QPDFObjectHandle form) {
    auto fields = valueAt(form, "/Fields");
    for (int i = 0; fields.isArray() && i < fields.getArrayNItems(); ++i) {
      visit(fields.getArrayItem(i), "", "", std::to_string(i), 0);
    }
    return std::move(map_);
  }

 private:
  void visit(QPDFObjectHandle node,
             const std::string& parent_name,
             const std::string& parent_type,
             const std::string& place,
             std::size_t depth) {
    if (!node.isDictionary()) return;
    if (depth > kFormDepthMost || map_.size() >= kFormNodesMost) {
      throw std::runtime_error("form fields nested too deep or too many");
    }
    FieldEntry entry{node, parent_name, parent_type, node.hasKey("/T"), true};
    if (entry.own_name) {
      auto part = node.getKey("/T");
      if (!entry.name.empty()) entry.name += '.';
      if (part.isString()) entry.name += part.getUTF8Value();
    }
    if (auto type = node.getKey("/FT"); type.isName()) entry.type = type.getName().substr(1);
    auto kids = node.getKey("/Kids");
    for (int i = 0; kids.isArray() && i < kids.getArrayNItems(); ++i) {
      if (!valueAt(kids.getArrayItem(i), "/T").isNull()) entry.leaf = false;
    }
    const auto key = node.isIndirect() ? nodeKey(node) : "direct " + place + " " + entry.name;
    if (!map_.emplace(key, entry).second) return;
    for (int i = 0; kids.isArray() && i < kids.getArrayNItems(); ++i) {
      visit(
          kids.getArrayItem(i), entry.name, entry.type, place + "/" + std::to_string(i), depth + 1);
    }
  }

  FieldMap map_;
};

}  // namespace

FieldMap walkForm(QPDFObjectHandle form) {
  return FormWalk().walk(form);
}

std::string nodeKey(QPDFObjectHandle node) {
  return node.getObjGen().unparse(' ');
}

QPDFObjectHandle valueAt(QPDFObjectHandle from, const std::string& key) {
  return from.isDictionary() ? from.getKey(key) : QPDFObjectHandle::newNull();
}

}  // namespace congvan::pdf
