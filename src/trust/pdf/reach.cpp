// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/reach.h"

#include "trust/pdf/form_walk.h"
#include "trust/pdf/page_list.h"
#include "trust/pdf/values.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>

namespace congvan::pdf {
namespace {

class ReachWalk {
 public:
  ReachWalk(QPDF& document,
            const ObjectSet& rest,
            const ObjectSet& suspects,
            const ObjectSet& filled)
      : document_(document), rest_(rest), suspects_(suspects), filled_(filled) {}

  std::vector<Reached> walk() {
    const PageList pages(document_);
    takeTree(pages);
    walkSignatures();
    walkPages(pages);
    for (auto page : pages.pages()) walkAnnotations(page, pages.label(page.getObjGen()));
    walkCatalog();
    return std::move(found_);
  }

 private:
  /// The pages, their tree and the catalog, each walked on its own. By place: /Type may lie.
  void takeTree(const PageList& pages) {
    tree_.insert(pages.ids().begin(), pages.ids().end());
    for (auto node : pages.nodes()) tree_.insert(node.getObjGen());
    tree_.insert(document_.getRoot().getObjGen());
    tree_.erase(QPDFObjGen());  // direct nodes
  }

  /// What a signature says, its permissions before all, is said in the revision that it signs.
  void walkSignatures() {
    for (auto& [key, entry] : walkForm(valueAt(document_.getRoot(), "/AcroForm"))) {
      if (entry.type != "Sig") continue;
      const Change change{
          ChangeKind::Unexplained, "field " + entry.name + ": what its signature says", entry.name};
      auto value = valueAt(entry.node, "/V");
      auto lock = valueAt(entry.node, "/Lock");
      for (auto& [name, item] : entriesOf(value)) walkFrom(item, change, "/Data");
      walkFrom(lock, change);
    }
  }

  static std::map<std::string, QPDFObjectHandle> entriesOf(QPDFObjectHandle value) {
    if (!value.isDictionary()) return {};
    return value.getDictAsMap();
  }

  /// Pages may name other parents than the tree does, and readers go by either.
  void walkParents(QPDFObjectHandle node) {
    constexpr auto kInherited = std::to_array<const char*>(
        {"/Resources", "/MediaBox", "/CropBox", "/Rotate"});  // ISO 32000-2, table 31
    for (auto parent = valueAt(node, "/Parent"); parent.isDictionary();
         parent = parent.getKey("/Parent")) {
      if (parent.isIndirect() && !parents_.insert(parent.getObjGen()).second) return;
      meet(parent, {ChangeKind::PageChanged, "pages", {}});
      for (const auto* key : kInherited) {
        walkFrom(parent.getKey(key),
                 {ChangeKind::PageChanged, std::string("pages: inherited ") + key, {}});
      }
    }
  }

  void walkPages(const PageList& pages) {
    for (auto page : pages.pages()) {
      const auto label = pages.label(page.getObjGen());
      meet(page, {ChangeKind::PageChanged, label, {}});
      for (auto& [key, value] : page.getDictAsMap()) {
        if (key == "/Annots" || key == "/Parent" || key == "/B") continue;
        walkFrom(value, {ChangeKind::PageChanged, label + ": " + key, {}});
      }
    }
    for (auto page : pages.pages()) walkParents(page);
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

  /// Past entries of the name `except`: /Data of a signature names what it is about.
  void walkFrom(QPDFObjectHandle start, const Change& change, std::string_view except = {}) {
    std::vector<QPDFObjectHandle> open{start};
    while (!open.empty()) {
      auto one = open.back();
      open.pop_back();
      if (!one.isInitialized() || tree_.contains(one.getObjGen()) || !meet(one, change)) continue;
      if (one.isStream()) one = one.getDict();
      if (one.isDictionary()) {
        for (auto& [key, item] : one.getDictAsMap()) {
          if (key != except) open.push_back(item);
        }
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
  ObjectSet tree_;
  ObjectSet seen_;
  ObjectSet parents_;
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
