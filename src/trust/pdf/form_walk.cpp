// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/form_walk.h"

#include "trust/pdf/values.h"

#include <stdexcept>

namespace congvan::pdf {
namespace {

constexpr std::size_t kFormNodesMost = 100'000;
constexpr std::size_t kFormDepthMost = 64;

struct Above {
  std::string name;
  std::string type;
  std::string place;
  std::size_t depth = 0;
};

/// Whether none of name, type and kids leads to another object, which may change on its own. Asked
/// of the entries as written: a reference to an object that is not defined yet counts.
bool isSelfContained(QPDFObjectHandle node) {
  const auto entries = node.getDictAsMap();
  const auto direct = [&](const char* key) {
    const auto found = entries.find(key);
    return found == entries.end() || !QPDFObjectHandle(found->second).isIndirect();
  };
  return direct("/T") && direct("/FT") && !entries.contains("/Kids");
}

class FormWalk {
 public:
  FormWalk(const FieldMap* before, const Delta* delta) : before_(before), delta_(delta) {}

  FieldMap walk(QPDFObjectHandle form) {
    auto fields = valueAt(form, "/Fields");
    visitAll(fields, {});
    return std::move(map_);
  }

 private:
  void visitAll(QPDFObjectHandle nodes, const Above& above) {
    if (!nodes.isArray()) return;
    std::size_t place = 0;
    for (const auto& node : nodes.getArrayAsVector()) {
      auto here = above;
      here.place += (above.depth == 0 ? "" : "/") + std::to_string(place++);
      visit(node, here);
    }
  }

  void visit(QPDFObjectHandle node, const Above& above) {
    if (takenOver(node, above) || !node.isDictionary()) return;
    checkBounds(above);
    auto kids = node.getKey("/Kids");
    const auto entry = read(node, kids, above);
    const auto key = node.isIndirect()
                         ? nodeKey(node)
                         : FieldKey{QPDFObjGen(), "direct " + above.place + " " + entry.name};
    if (!map_.emplace(key, entry).second) return;
    visitAll(kids, {entry.name, entry.type, above.place, above.depth + 1});
  }

  void checkBounds(const Above& above) const {
    if (above.depth > kFormDepthMost || map_.size() >= kFormNodesMost) {
      throw std::runtime_error("form fields nested too deep or too many");
    }
  }

  static FieldEntry read(QPDFObjectHandle node, QPDFObjectHandle kids, const Above& above) {
    FieldEntry entry;
    entry.node = node;
    entry.name = entry.parent_name = above.name;
    entry.type = entry.parent_type = above.type;
    entry.own_name = node.hasKey("/T");
    if (entry.own_name) {
      auto part = node.getKey("/T");
      if (!entry.name.empty()) entry.name += '.';
      if (part.isString()) entry.name += part.getUTF8Value();
    }
    if (auto type = node.getKey("/FT"); type.isName()) entry.type = type.getName().substr(1);
    for (int i = 0; kids.isArray() && i < kids.getArrayNItems(); ++i) {
      if (!valueAt(kids.getArrayItem(i), "/T").isNull()) entry.leaf = false;
    }
    entry.self_contained = isSelfContained(node);
    if (auto value = node.getKey("/V"); value.isIndirect()) entry.value_object = value.getObjGen();
    return entry;
  }

  bool takenOver(QPDFObjectHandle node, const Above& above) {
    if (before_ == nullptr || !node.isIndirect() || delta_->touches(node.getObjGen())) return false;
    const auto known = before_->find(nodeKey(node));
    if (known == before_->end()) return false;
    const auto& old = known->second;
    if (!old.self_contained || old.parent_name != above.name || old.parent_type != above.type) {
      return false;
    }
    checkBounds(above);
    const auto [at, fresh] = map_.emplace(known->first, old);
    if (!fresh) return true;
    at->second.node = node;
    at->second.unchanged = true;
    return true;
  }

  const FieldMap* before_;
  const Delta* delta_;
  FieldMap map_;
};

}  // namespace

FieldMap walkForm(QPDFObjectHandle form) {
  return FormWalk(nullptr, nullptr).walk(form);
}

FieldMap walkForm(QPDFObjectHandle form, const FieldMap& before, const Delta& delta) {
  return FormWalk(&before, &delta).walk(form);
}

FieldKey nodeKey(QPDFObjectHandle node) {
  return {node.getObjGen(), {}};
}

}  // namespace congvan::pdf
