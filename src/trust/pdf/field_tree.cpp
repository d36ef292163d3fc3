// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/field_tree.h"

#include "trust/pdf/locks.h"
#include "trust/pdf/page_tree.h"
#include "trust/pdf/values.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace congvan::pdf {
namespace {

constexpr std::size_t kFieldsMax = 100'000;
constexpr int kFieldDepth = 64;

struct Inherited {
  std::string name;
  QPDFObjectHandle type = QPDFObjectHandle::newNull();
  QPDFObjectHandle value = QPDFObjectHandle::newNull();
  int depth = 0;
};

FieldKind kindOf(QPDFObjectHandle type) {
  if (type.isNameAndEquals("/Sig")) return FieldKind::Signature;
  if (type.isNameAndEquals("/Tx")) return FieldKind::Text;
  return FieldKind::Other;
}

class Reader {
 public:
  Result<FieldTree> read(QPDFObjectHandle fields) {
    for (int i = 0, count = fields.getArrayNItems(); i < count; ++i) {
      const auto done = visit(fields.getArrayItem(i), {});
      if (!done) return done.error();
    }
    return std::move(tree_);
  }

 private:
  Result<> visit(QPDFObjectHandle field, Inherited from) {
    if (!field.isDictionary()) return kDone;
    if (field.isIndirect() && !seen_.insert(field.getObjGen()).second) {
      return Error{Code::Malformed, "pdf_damaged", {}, "field tree"};
    }
    if (seen_.size() > kFieldsMax || ++from.depth > kFieldDepth) {
      return Error{Code::TooLarge, "pdf_too_complex", {}, "fields"};
    }
    auto title = field.getKey("/T");
    if (title.isString()) from.name += (from.name.empty() ? "" : ".") + title.getUTF8Value();
    if (!field.getKey("/FT").isNull()) from.type = field.getKey("/FT");
    if (!field.getKey("/V").isNull()) from.value = field.getKey("/V");
    return descend(field, from);
  }

  Result<> descend(QPDFObjectHandle field, const Inherited& from) {
    FieldNode node{from.name, kindOf(from.type), field, from.value, {}};
    auto kids = field.getKey("/Kids");
    bool terminal = true;
    for (int i = 0, count = kids.isArray() ? kids.getArrayNItems() : 0; i < count; ++i) {
      auto kid = kids.getArrayItem(i);
      if (valueAt(kid, "/T").isString()) {
        terminal = false;
        const auto done = visit(kid, from);
        if (!done) return done;
      } else if (kid.isDictionary()) {
        node.widgets.push_back(kid);
      }
    }
    if (!terminal) {
      tree_.groups.push_back(from.name);
      return kDone;
    }
    if (node.widgets.empty()) node.widgets.push_back(field);
    tree_.terminals.push_back(std::move(node));
    return kDone;
  }

  FieldTree tree_;
  std::set<QPDFObjGen> seen_;
};

}  // namespace

const FieldNode* FieldTree::find(const std::string& name) const {
  const auto found = std::find_if(
      terminals.begin(), terminals.end(), [&name](const auto& node) { return node.name == name; });
  return found == terminals.end() ? nullptr : &*found;
}

bool FieldTree::hasName(const std::string& name) const {
  return find(name) != nullptr || std::find(groups.begin(), groups.end(), name) != groups.end();
}

Result<FieldTree> readFields(QPDF& pdf) {
  auto fields = valueAt(valueAt(pdf.getRoot(), "/AcroForm"), "/Fields");
  if (!fields.isArray()) return FieldTree{};
  return Reader().read(fields);
}

Permissions Permissions::of(QPDF& pdf, const FieldTree& fields) {
  Permissions permissions;
  for (const auto& node : fields.terminals) {
    if (node.kind != FieldKind::Signature || !QPDFObjectHandle(node.value).isDictionary()) continue;
    permissions.addSignature(node.value);
    auto lock = valueAt(node.field, "/Lock");
    if (lock.isNull()) continue;
    permissions.locks_.push_back(lockOf(lock));
    permissions.addLevel(lockLevelOf(lock));
  }
  permissions.addSignature(valueAt(valueAt(pdf.getRoot(), "/Perms"), "/DocMDP"));
  return permissions;
}

void Permissions::addSignature(QPDFObjectHandle signature) {
  auto prohibited = prohibitionsOf(signature);
  addLevel(prohibited.doc_mdp);
  std::move(prohibited.locks.begin(), prohibited.locks.end(), std::back_inserter(locks_));
}

void Permissions::addLevel(std::optional<int> level) {
  if (level && (certified_ == 0 || *level < certified_)) certified_ = *level;
}

bool Permissions::locked(const std::string& field) const {
  return std::any_of(
      locks_.begin(), locks_.end(), [&field](const auto& lock) { return lock.covers(field); });
}

}  // namespace congvan::pdf
