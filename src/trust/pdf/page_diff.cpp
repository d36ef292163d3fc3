// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/page_diff.h"

#include "trust/pdf/values.h"

#include <algorithm>

namespace congvan::pdf {

void PageDiff::compare(bool tree_changed) {
  tree_changed_ = tree_changed;
  for (const auto& id : findings_.changed()) {
    if (findings_.isExplained(id)) continue;
    auto old_page = findings_.before().object(id);
    auto new_page = findings_.after().object(id);
    if (hasType(old_page, "/Page") && hasType(new_page, "/Page")) {
      findings_.explain(id);
      comparePage(id, old_page, new_page);
    } else if (hasType(old_page, "/Pages") && hasType(new_page, "/Pages")) {
      findings_.explain(id);
      compareTreeNode(old_page, new_page);
    }
  }
  if (tree_changed_) compareOrder();
  compareLooseArrays();
}

void PageDiff::compareTreeNode(QPDFObjectHandle before, QPDFObjectHandle after) {
  tree_changed_ = true;
  for (const auto& key : keysOfBoth(before, after)) {
    if (key == "/Kids") findings_.explain(after.getKey(key));
    if (key == "/Kids" || key == "/Count" || key == "/Parent") continue;
    if (!sameValue(before.getKey(key), after.getKey(key))) {
      findings_.say(ChangeKind::PageChanged, "pages: inherited " + key);
    }
  }
}

void PageDiff::compareOrder() {
  const auto& before = pagesBefore().ids();
  const auto& after = pagesAfter().ids();
  if (before == after) return;
  const ObjectSet old_set(before.begin(), before.end());
  const ObjectSet new_set(after.begin(), after.end());
  for (const auto& id : before) {
    if (new_set.contains(id)) continue;
    findings_.say(ChangeKind::PageRemoved, pagesBefore().label(id) + ": removed");
  }
  for (const auto& id : after) {
    if (!old_set.contains(id)) sayOf(id, ChangeKind::PageAdded, "new");
  }
  if (old_set == new_set) findings_.say(ChangeKind::PageChanged, "pages: another order");
}

void PageDiff::comparePage(QPDFObjGen id, QPDFObjectHandle before, QPDFObjectHandle after) {
  for (const auto& key : keysOfBoth(before, after)) {
    auto old_value = before.getKey(key);
    auto new_value = after.getKey(key);
    if (key == "/Annots") {
      compareAnnotations(id, old_value, new_value);
    } else if (key == "/LastModified" || key == "/StructParents") {
      continue;
    } else if (key == "/Tabs") {
      compareTabs(id, before, after);
    } else if (key == "/Parent") {
      const bool same = new_value.isIndirect() && old_value.getObjGen() == new_value.getObjGen();
      tree_changed_ = tree_changed_ || !same;
    } else if (!sameValue(old_value, new_value)) {
      sayOf(id, ChangeKind::PageChanged, key);
    }
  }
}

void PageDiff::compareTabs(QPDFObjGen id, QPDFObjectHandle before, QPDFObjectHandle after) {
  auto old_value = before.getKey("/Tabs");
  const bool comes_with_annotations =
      old_value.isNull() && !sameValue(valueAt(before, "/Annots"), valueAt(after, "/Annots"));
  if (comes_with_annotations || sameValue(old_value, after.getKey("/Tabs"))) return;
  sayOf(id, ChangeKind::AnnotationChanged, "order of annotations");
}

void PageDiff::compareAnnotations(QPDFObjGen page,
                                  QPDFObjectHandle before,
                                  QPDFObjectHandle after) {
  findings_.explainList(after);
  if (!after.isArray() && !after.isNull()) {
    return sayOf(page, ChangeKind::Unexplained, "/Annots is no array");
  }
  const auto old_items = before.isArray() ? listOf(before) : std::vector<QPDFObjectHandle>{};
  const auto new_items = listOf(after);
  // Each old one is looked for behind the place of the one before it: annotations are painted in
  // order.
  auto place = new_items.begin();
  std::vector<bool> kept(new_items.size(), false);
  for (const auto& item : old_items) {
    const auto same = [&](QPDFObjectHandle other) { return sameValue(item, other); };
    const auto found = std::find_if(place, new_items.end(), same);
    if (found != new_items.end()) {
      kept[static_cast<std::size_t>(found - new_items.begin())] = true;
      place = found + 1;
    } else if (std::any_of(new_items.begin(), place, same)) {
      if (QPDFObjectHandle(item).isNull()) continue;
      sayOf(page, ChangeKind::AnnotationChanged, "annotations in another order");
    } else {
      missingAnnotation(page, item);
    }
  }
  for (std::size_t i = 0; i < new_items.size(); ++i) {
    if (!kept[i]) newAnnotation(page, new_items[i]);
  }
}

void PageDiff::missingAnnotation(QPDFObjGen page, QPDFObjectHandle item) {
  if (item.isNull()) return;
  auto subtype = valueAt(item, "/Subtype");
  const bool widget = subtype.isName() && subtype.getName() == "/Widget";
  sayOf(page,
        widget ? ChangeKind::Unexplained : ChangeKind::AnnotationRemoved,
        widget ? "widget removed" : "annotation removed");
}

void PageDiff::newAnnotation(QPDFObjGen page, QPDFObjectHandle item) {
  if (form_.accountsFor(item) || item.isNull()) return;
  auto subtype = valueAt(item, "/Subtype");
  sayOf(page,
        ChangeKind::AnnotationAdded,
        "annotation " + (subtype.isName() ? subtype.getName() : std::string("without a type")));
}

/// An /Annots array that is an object of its own changes without its page.
void PageDiff::compareLooseArrays() {
  for (const auto& id : findings_.changed()) {
    if (findings_.isExplained(id)) continue;
    auto items = findings_.after().object(id);
    if (!items.isArray()) continue;
    if (const auto page = pageOfArray(items, id)) {
      compareAnnotations(*page, findings_.before().object(id), items);
    }
  }
}

std::optional<QPDFObjGen> PageDiff::pageOfArray(QPDFObjectHandle items, QPDFObjGen id) {
  // Most widgets name their page; that spares reading all pages.
  for (int i = items.getArrayNItems(); i > 0; --i) {
    auto page = valueAt(items.getArrayItem(i - 1), "/P");
    auto annotations = valueAt(page, "/Annots");
    if (hasType(page, "/Page") && annotations.isIndirect() && annotations.getObjGen() == id) {
      return page.getObjGen();
    }
  }
  return pagesAfter().pageWithAnnotations(id);
}

PageList& PageDiff::pagesBefore() {
  if (!pages_before_) pages_before_ = std::make_unique<PageList>(findings_.before().document());
  return *pages_before_;
}

PageList& PageDiff::pagesAfter() {
  if (!pages_after_) pages_after_ = std::make_unique<PageList>(findings_.after().document());
  return *pages_after_;
}

void PageDiff::sayOf(QPDFObjGen page, ChangeKind kind, const std::string& what) {
  findings_.say(kind, pagesAfter().label(page) + ": " + what);
}

}  // namespace congvan::pdf
