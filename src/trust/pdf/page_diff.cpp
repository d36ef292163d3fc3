// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/page_diff.h"

#include "trust/pdf/page_tree.h"
#include "trust/pdf/values.h"

#include <algorithm>
#include <array>

namespace congvan::pdf {
namespace {

constexpr auto kPassedDown = std::to_array<const char*>(
    {"/Resources", "/MediaBox", "/CropBox", "/Rotate"});  // ISO 32000-2, table 31

constexpr std::size_t kSearchedMost = 1'000'000;
/// Square points: a mark or stamp as offices have them, 60 by 36 mm.
constexpr double kSmallMark = 17'500;

/// Where a value stands in an array. References are found at once; that another object says the
/// same is looked up item by item, which adds to `searched` and ends with a bound.
class ItemSearch {
 public:
  ItemSearch(const std::vector<QPDFObjectHandle>& items, std::size_t& searched)
      : items_(items), searched_(searched) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      auto item = items[i];
      if (item.isIndirect()) places_[item.getObjGen()].push_back(i);
    }
  }

  std::optional<std::size_t> from(std::size_t place, QPDFObjectHandle wanted) const {
    const auto known = places_.find(wanted.getObjGen());
    if (wanted.isIndirect() && known != places_.end()) {
      const auto& places = known->second;
      const auto at = std::lower_bound(places.begin(), places.end(), place);
      if (at != places.end()) return *at;
    }
    for (auto i = place; i < items_.size() && searched_ <= kSearchedMost; ++i, ++searched_) {
      if (sameValue(wanted, items_[i])) return i;
    }
    return std::nullopt;
  }

 private:
  const std::vector<QPDFObjectHandle>& items_;
  std::size_t& searched_;
  std::map<QPDFObjGen, std::vector<std::size_t>> places_;
};

}  // namespace

void PageDiff::compare(bool tree_changed) {
  tree_changed_ = tree_changed;
  std::vector<QPDFObjGen> nodes;
  for (const auto& id : findings_.changed()) {
    auto old_page = findings_.before().object(id);
    auto new_page = findings_.after().object(id);
    if (hasType(old_page, "/Page") && hasType(new_page, "/Page")) {
      findings_.explain(id);
      comparePage(id, old_page, new_page);
    } else if (hasType(old_page, "/Pages") && hasType(new_page, "/Pages")) {
      nodes.push_back(id);
    }
  }
  compareTreeNodes(nodes);
  if (tree_changed_) compareTrees();
  compareLooseArrays();
  compareFilledWidgets();
}

/// Of the objects that say they are nodes of the page tree, those that are.
void PageDiff::compareTreeNodes(const std::vector<QPDFObjGen>& nodes) {
  for (const auto& id : nodes) {
    tree_changed_ = true;
    if (!pagesBefore().isNode(id) || !pagesAfter().isNode(id)) continue;
    findings_.explain(id);
    compareTreeNode(findings_.before().object(id), findings_.after().object(id));
  }
}

void PageDiff::compareTreeNode(QPDFObjectHandle before, QPDFObjectHandle after) {
  findings_.explain(after.getKey("/Kids"));
  for (const auto& key : keysOfBoth(before, after)) {
    const bool elsewhere =
        key == "/Kids" || key == "/Count" || key == "/Parent" ||
        std::find(kPassedDown.begin(), kPassedDown.end(), key) != kPassedDown.end();
    if (!elsewhere && !sameValue(before.getKey(key), after.getKey(key))) {
      findings_.say(ChangeKind::PageChanged, "pages: " + key);
    }
  }
}

void PageDiff::compareTrees() {
  const auto& before = pagesBefore().ids();
  const auto& after = pagesAfter().ids();
  if (before != after) compareOrder(before, after);
  for (const auto& node : pagesAfter().miscounted()) {
    const bool old = pagesBefore().isNode(node) && !findings_.changed().contains(node);
    if (!old) findings_.say(ChangeKind::PageChanged, "pages: /Count");
  }
  std::map<QPDFObjGen, std::size_t> places;
  for (std::size_t i = 0; i < before.size(); ++i) places.emplace(before[i], i);
  for (std::size_t i = 0; i < after.size(); ++i) {
    const auto place = places.find(after[i]);
    if (place != places.end()) compareInherited(place->second, i);
  }
}

void PageDiff::compareOrder(const std::vector<QPDFObjGen>& before,
                            const std::vector<QPDFObjGen>& after) {
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

/// What a page takes over can change with the node that it hangs from. Some readers go by the tree,
/// others by /Parent.
void PageDiff::compareInherited(std::size_t before, std::size_t after) {
  auto old_page = pagesBefore().pages()[before];
  auto new_page = pagesAfter().pages()[after];
  for (const auto* key : kPassedDown) {
    const bool same =
        holdTheSame(pagesBefore().holder(before, key), pagesAfter().holder(after, key), key) &&
        holdTheSame(inheritedHolder(old_page, key), inheritedHolder(new_page, key), key);
    if (same) continue;
    sayOf(new_page.getObjGen(), ChangeKind::PageChanged, std::string("inherited ") + key);
  }
}

/// Known pairs are not compared again: thousands of pages may take one large value from one node. A
/// node has to be an object of its own (ISO 32000-2, 7.7.3.2).
bool PageDiff::holdTheSame(QPDFObjectHandle before,
                           QPDFObjectHandle after,
                           const std::string& key) {
  if (before.isNull() && after.isNull()) return true;
  if (!before.isIndirect() || !after.isIndirect()) return false;
  const auto [known, fresh] =
      held_.try_emplace({before.getObjGen(), after.getObjGen(), key}, false);
  if (fresh) known->second = sameValue(before.getKey(key), after.getKey(key));
  return known->second;
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
  findings_.explain(after);
  if (!after.isArray() && !after.isNull()) {
    return sayOf(page, ChangeKind::Unexplained, "/Annots is no array");
  }
  const auto old_items = before.isArray() ? listOf(before) : std::vector<QPDFObjectHandle>{};
  const auto new_items = listOf(after);
  // Each old one is looked for behind the place of the one before it: annotations are painted in
  // order.
  const ItemSearch search(new_items, searched_);
  std::size_t place = 0;
  std::vector<bool> kept(new_items.size(), false);
  for (const auto& item : old_items) {
    const auto found = search.from(place, item);
    if (found) {
      kept[*found] = true;
      place = *found + 1;
    } else if (search.from(0, item)) {
      if (QPDFObjectHandle(item).isNull()) continue;
      sayOf(page, ChangeKind::AnnotationChanged, "annotations in another order");
    } else {
      missingAnnotation(page, item);
    }
  }
  if (searched_ > kSearchedMost) sayOf(page, ChangeKind::Unexplained, "too many annotations");
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
  if (item.isNull()) return;
  if (const auto* field = form_.accountFor(item)) {
    if (field->type != "Sig") return;  // which the form has named
    return sayOf(*field, page, places_.added(findings_.after().object(page), item));
  }
  auto subtype = valueAt(item, "/Subtype");
  sayOf(page,
        ChangeKind::AnnotationAdded,
        "annotation " + (subtype.isName() ? subtype.getName() : std::string("without a type")));
}

void PageDiff::compareFilledWidgets() {
  for (const auto* field : form_.filledInPlace()) {
    auto widget = field->node;
    const bool signature = field->type == "Sig";
    if (isEmpty(widgetRectangle(widget)) || (signature && !drawsSomething(widget))) continue;
    for (const auto& page : pagesShowing(widget)) {
      sayOf(*field, page, places_.filledIn(findings_.after().object(page), widget, signature));
    }
  }
}

const ObjectSet& PageDiff::annotationsOf(QPDFObjGen page) {
  const auto [known, fresh] = annotations_.try_emplace(page);
  if (!fresh) return known->second;
  for (const auto& item : listOf(valueAt(findings_.after().object(page), "/Annots"))) {
    auto annotation = item;
    if (annotation.isIndirect()) known->second.insert(annotation.getObjGen());
  }
  return known->second;
}

/// A small one by /P when that is true, since it spares reading all pages; what could cover a page
/// of ordinary size may name another page, or one that is not shown.
std::vector<QPDFObjGen> PageDiff::pagesShowing(QPDFObjectHandle widget) {
  const auto id = widget.getObjGen();
  const auto place = widgetRectangle(widget);
  const auto named = valueAt(widget, "/P").getObjGen();
  const bool small = (place.right - place.left) * (place.top - place.bottom) <= kSmallMark;
  if (small && named.isIndirect() && annotationsOf(named).contains(id)) return {named};
  if (showing_.empty()) {
    for (const auto& page : pagesAfter().ids()) {
      for (const auto& one : annotationsOf(page)) showing_[one].push_back(page);
    }
  }
  return showing_[id];
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

void PageDiff::sayOf(const FieldEntry& field,
                     QPDFObjGen page,
                     const std::optional<Change>& change) {
  if (!change) return;
  auto what = "field " + field.name + ": " + change->what;
  // An ordinary mark is not worth reading all pages for the number of this one.
  if (change->kind != ChangeKind::SignatureDrawn) what += " on " + pagesAfter().label(page);
  findings_.say(change->kind, std::move(what), field.name);
}

}  // namespace congvan::pdf
