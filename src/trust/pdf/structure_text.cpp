// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/structure_text.h"

#include "trust/pdf/snapshot.h"
#include "trust/pdf/values.h"

#include <algorithm>

namespace congvan::pdf {
namespace {

/// The old items are all there, in their order.
bool grows(QPDFObjectHandle before, QPDFObjectHandle after) {
  auto old_items = listOf(before);
  auto new_items = listOf(after);
  auto place = new_items.begin();
  for (auto& item : old_items) {
    place = std::find_if(
        place, new_items.end(), [&](QPDFObjectHandle other) { return sameValue(item, other); });
    if (place == new_items.end()) return false;
    ++place;
  }
  return true;
}

}  // namespace

bool saysOtherText(QPDFObjectHandle before, QPDFObjectHandle after) {
  static const KeySet kGrowing{"/K", "/Kids", "/Nums", "/Names"};
  static const KeySet kMaps{"/RoleMap", "/ClassMap", "/Namespaces"};
  static const KeySet kBookkeeping{"/Limits", "/ParentTree", "/ParentTreeNextKey", "/IDTree"};
  if (before.isArray()) return !grows(before, after);
  if (!before.isDictionary() || !after.isDictionary()) return true;
  for (const auto& key : keysOfBoth(before, after)) {
    auto old_value = before.getKey(key);
    auto new_value = after.getKey(key);
    if (kBookkeeping.contains(key) || sameValue(old_value, new_value)) continue;
    if (kMaps.contains(key) && old_value.isNull()) continue;
    if (!kGrowing.contains(key) || !grows(old_value, new_value)) return true;
  }
  return false;
}

}  // namespace congvan::pdf
