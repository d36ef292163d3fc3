// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/reach.h"

#include "trust/pdf/page_list.h"
#include "trust/pdf/values.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace congvan::pdf {
namespace {

bool isTreeNode(QPDFObjectHandle value) {
  auto type = valueAt(value, "/Type");
  if (!type.isName()) return false;
  const auto name = type.getName();
  return name == "/Page" || name == "/Pages" || name == "/Catalog";
}

class ReachWalk {
 public:
  ReachWalk(QPDF& document,
            const ObjectSet& rest,
            const ObjectSet& suspects,
            const ObjectSet& filled)
      : document_(document), rest_(rest), suspects_(suspects), filled_(filled) {}

  std::vector<Reached> walk() {
    const PageList pages(document_);
    walkPages(pages);
    for (auto page : pages.pages()) walkAnnotations(page, pages.label(page.getObjGen()));
    walkCatalog();
    return std::move(found_);
  }

 private:
  void walkPages(const PageList& pages) {
    for (auto page : pages.pages()) {
      const auto label = pages.label(page.getObjGen());
      meet(page, {ChangeKind::PageChanged, label, {}});
      for (auto& [key, value] : page.getDictAsMap()) {
        if (key == "/Annots" || key == "/Parent" || key == "/B") continue;
        walkFrom(value, {ChangeKind::PageChanged, label + ": " + key, {}});
      }
    }
    for (auto node : pages.nodes()) {
      meet(node, {ChangeKind::PageChanged, "pages", {}});
      for (auto& [key, value] : node.getDictAsMap()) {
        if (key == "/Kids") meet(value, {ChangeKind::PageChanged, "pages", {}});
        if (key == "/Kids" || key == "/Parent") continue;
        walkFrom(value, {ChangeKind::PageChanged, "pages: inherited " + key, {}});
      }
    }
  }

  void walkAnnotations(QPDFObjectHandle page, const std::string& label) {
    const Change change{ChangeKind::AnnotationChanged, label + ": annotation", {}};
    auto annotations = page.getKey("/Annots");
    if (annotations.isIndirect() && rest_.contains(annotations.getObjGen()))
      meet(annotations, change);
    if (!annotations.isArray()) return;
    for (auto& item : annotations.getArrayAsVector()) {
      const bool mine = item.isIndirect() && filled_.contains(item.getObjGen());
      if (!mine) walkFrom(item, change);
    }
  }

  void walkCatalog() {
    constexpr auto kLast = std::to_array<std::string_view>(
        {"/AcroForm", "/StructTreeRoot", "/Metadata", "/DSS", "/Extensions", "/Pages", "/Perms"});
    auto root = document_.getRoot();
    meet(root, {ChangeKind::CatalogChanged, "catalog", {}});
    auto entries = root.getDictAsMap();
    for (auto& [key, value] : entries) {
      const bool last = std::find(kLast.begin(), kLast.end(), key) != kLast.end();
      if (!last) walkFrom(value, {ChangeKind::CatalogChanged, "catalog: " + key, {}});
    }
    suspects_on_ = false;
    walkFrom(entries["/AcroForm"], {ChangeKind::CatalogChanged, "form", {}});
    walkFrom(entries["/Perms"], {ChangeKind::CatalogChanged, "catalog: /Perms", {}});
    walkFrom(entries["/DSS"], {ChangeKind::ValidationDataAdded, "validation data", {}});
    walkFrom(entries["/StructTreeRoot"], {ChangeKind::MetadataChanged, "structure tree", {}});
    walkFrom(entries["/Metadata"], {ChangeKind::MetadataChanged, "metadata", {}});
    walkFrom(entries["/Extensions"], {ChangeKind::MetadataChanged, "extensions", {}});
    for (auto& [key, value] : document_.getTrailer().getDictAsMap()) {
      if (key != "/Root") walkFrom(value, {ChangeKind::Unexplained, "trailer: " + key, {}});
    }
  }

  /// True: seen for the first time.
  bool meet(QPDFObjectHandle value, const Change& change) {
    if (!value.isIndirect()) return true;
    const auto id = value.getObjGen();
    if (!seen_.insert(id).second) return false;
    if (rest_.contains(id) || (suspects_on_ && suspects_.contains(id))) {
      found_.push_back({id, change});
    }
    return true;
  }

  void walkFrom(QPDFObjectHandle start, const Change& change) {
    std::vector<QPDFObjectHandle> open{start};
    while (!open.empty()) {
      auto one = open.back();
      open.pop_back();
      if (!one.isInitialized() || isTreeNode(one) || !meet(one, change)) continue;
      if (one.isStream()) one = one.getDict();
      if (one.isDictionary()) {
        for (auto& [key, item] : one.getDictAsMap()) open.push_back(item);
      } else if (one.isArray()) {
        for (auto& item : one.getArrayAsVector()) open.push_back(item);
      }
    }
  }

  QPDF& document_;
  const ObjectSet& rest_;
  const ObjectSet& suspects_;
  const ObjectSet& filled_;
  bool suspects_on_ = true;
  ObjectSet seen_;
  std::vector<Reached> found_;
};

}  // namespace

std::vector<Reached> findReached(QPDF& document,
                                 const ObjectSet& rest,
                                 const ObjectSet& suspects,
                                 const ObjectSet& filled) {
  return ReachWalk(document, rest, suspects, filled).walk();
}

}  // namespace congvan::pdf
