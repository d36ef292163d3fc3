// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/validation_store.h"

#include "trust/pdf/snapshot.h"
#include "trust/pdf/values.h"

#include <algorithm>
#include <array>

namespace congvan::pdf {
namespace {

constexpr std::array<const char*, 3> kLists{"/Certs", "/CRLs", "/OCSPs"};
constexpr std::array<const char*, 3> kRelatedLists{"/Cert", "/CRL", "/OCSP"};

bool isStreamList(QPDFObjectHandle value) {
  if (value.isNull()) return true;
  if (!value.isArray()) return false;
  auto items = value.getArrayAsVector();
  return std::all_of(
      items.begin(), items.end(), [](QPDFObjectHandle item) { return item.isStream(); });
}

bool hasStreamLists(QPDFObjectHandle of, const std::array<const char*, 3>& keys) {
  return std::all_of(
      keys.begin(), keys.end(), [&](const char* key) { return isStreamList(of.getKey(key)); });
}

/// What a store points to: the streams, and the entries of /VRI.
struct Contents {
  ObjectSet streams;
  KeySet related;
};

Contents contentsOf(QPDFObjectHandle store) {
  Contents contents;
  const auto take = [&](QPDFObjectHandle list) {
    if (!list.isArray()) return;
    for (auto& item : list.getArrayAsVector()) contents.streams.insert(item.getObjGen());
  };
  for (const auto* key : kLists) take(valueAt(store, key));
  auto related = valueAt(store, "/VRI");
  if (!related.isDictionary()) return contents;
  contents.related = related.getKeys();
  for (const auto& name : contents.related) {
    for (const auto* key : kRelatedLists) take(valueAt(related.getKey(name), key));
  }
  return contents;
}

}  // namespace

bool isValidationStore(QPDFObjectHandle store) {
  if (!store.isDictionary() || !hasStreamLists(store, kLists)) return false;
  auto related = store.getKey("/VRI");
  if (related.isNull()) return true;
  if (!related.isDictionary()) return false;
  for (const auto& name : related.getKeys()) {
    auto entry = related.getKey(name);
    if (name == "/Type") continue;
    if (!entry.isDictionary() || !hasStreamLists(entry, kRelatedLists)) return false;
  }
  return true;
}

bool onlyTakesAway(QPDFObjectHandle before, QPDFObjectHandle after) {
  const auto within = [](const auto& part, const auto& whole) {
    return std::includes(whole.begin(), whole.end(), part.begin(), part.end());
  };
  const auto had = contentsOf(before);
  const auto has = contentsOf(after);
  const bool lost = !within(had.streams, has.streams) || !within(had.related, has.related);
  return lost && within(has.streams, had.streams);
}

}  // namespace congvan::pdf
