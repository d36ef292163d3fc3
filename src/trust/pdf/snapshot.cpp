// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/snapshot.h"

#include <algorithm>

namespace congvan::pdf {
namespace {

constexpr int kComparedDepthMost = 32;
constexpr std::size_t kComparedValuesMost = 200'000;
constexpr int kInObjectStream = 2;

bool sameEntry(const QPDFXRefEntry& before, const QPDFXRefEntry& after) {
  if (before.getType() != after.getType()) return false;
  if (before.getType() != kInObjectStream) return before.getOffset() == after.getOffset();
  return before.getObjStreamNumber() == after.getObjStreamNumber() &&
         before.getObjStreamIndex() == after.getObjStreamIndex();
}

/// An object in an object stream also changes when its container does.
bool containerChanged(const QPDFXRefEntry& entry,
                      const ObjectTable& before,
                      const ObjectTable& after) {
  if (entry.getType() != kInObjectStream) return false;
  const QPDFObjGen container(entry.getObjStreamNumber(), 0);
  const auto one = before.find(container);
  const auto other = after.find(container);
  if (one == before.end() || other == after.end()) return true;
  return !sameEntry(one->second, other->second);
}

/// Whether two keys that follow one another in `table` have one number.
bool hasTwoGenerations(const ObjectTable& table) {
  return std::adjacent_find(table.begin(), table.end(), [](const auto& one, const auto& other) {
           return one.first.getObj() == other.first.getObj();
         }) != table.end();
}

/// Compares values as deep and as long as its bounds allow, and says "different" beyond.
class Comparison {
 public:
  bool same(QPDFObjectHandle before, QPDFObjectHandle after, int depth) {
    if (before.isIndirect() && after.isIndirect() && before.getObjGen() == after.getObjGen()) {
      return true;
    }
    return sameContent(before, after, depth);
  }

  bool sameContent(QPDFObjectHandle before, QPDFObjectHandle after, int depth) {
    if (depth == 0 || left_-- == 0) return false;
    if (before.isNumber() && after.isNumber()) {
      return before.getNumericValue() == after.getNumericValue();
    }
    if (before.getTypeCode() != after.getTypeCode()) return false;
    if (before.isDictionary()) return sameDictionary(before, after, depth - 1);
    if (before.isArray()) return sameArray(before, after, depth - 1);
    if (before.isStream()) return sameStream(before, after, depth - 1);
    if (before.isString()) return before.getStringValue() == after.getStringValue();
    return before.unparseResolved() == after.unparseResolved();
  }

 private:
  bool sameArray(QPDFObjectHandle before, QPDFObjectHandle after, int depth) {
    const auto count = before.getArrayNItems();
    if (count != after.getArrayNItems()) return false;
    for (int i = 0; i < count; ++i) {
      if (!same(before.getArrayItem(i), after.getArrayItem(i), depth)) return false;
    }
    return true;
  }

  bool sameDictionary(QPDFObjectHandle before, QPDFObjectHandle after, int depth) {
    const auto keys = before.getKeys();
    if (keys != after.getKeys()) return false;
    return std::all_of(keys.begin(), keys.end(), [&](const std::string& key) {
      return same(before.getKey(key), after.getKey(key), depth);
    });
  }

  bool sameStream(QPDFObjectHandle before, QPDFObjectHandle after, int depth) {
    auto one = before.getDict().shallowCopy();
    auto other = after.getDict().shallowCopy();
    one.removeKey("/Length");
    other.removeKey("/Length");
    if (!sameDictionary(one, other, depth)) return false;
    const auto raw = before.getRawStreamData();
    const auto raw_after = after.getRawStreamData();
    return raw->getSize() == raw_after->getSize() &&
           std::equal(raw->getBuffer(), raw->getBuffer() + raw->getSize(), raw_after->getBuffer());
  }

  std::size_t left_ = kComparedValuesMost;
};

}  // namespace

Result<std::unique_ptr<Snapshot>> Snapshot::open(BytesView file,
                                                 std::span<const Revision> revisions,
                                                 const OpenLimits& limits) {
  const auto bytes = file.first(revisions.back().end);
  auto document = pdf::open(bytes, Reading::Strict, limits);
  if (!document) return document.error();
  return guarded<std::unique_ptr<Snapshot>>([&]() -> Result<std::unique_ptr<Snapshot>> {
    return std::unique_ptr<Snapshot>(new Snapshot(bytes, revisions, *document));
  });
}

Snapshot::Snapshot(BytesView bytes,
                   std::span<const Revision> revisions,
                   std::shared_ptr<QPDF> document)
    : bytes_(bytes), document_(std::move(document)), table_(document_->getXRefTable()) {
  for (const auto& revision : revisions) sections_.insert(revision.section);
}

ReferenceScan Snapshot::collect(const ObjectSet& ids, ObjectSet& contained) {
  ReferenceScan found;
  auto budget = 4 * bytes_.size() + 4096;
  for (const auto& id : ids) {
    const auto entry = table_.find(id);
    if (entry == table_.end()) continue;
    if (entry->second.getType() == kInObjectStream) {
      contained.insert(contained.end(), id);
      continue;
    }
    const auto offset = static_cast<std::size_t>(entry->second.getOffset());
    if (sections_.contains(offset)) continue;
    const auto passed = collectReferences(bytes_, offset, found);
    // Objects without an end make every scan run to the end of the file.
    if (passed > budget) throw std::runtime_error("objects that do not end");
    budget -= passed;
  }
  return found;
}

ReferenceScan Snapshot::plainReferences(const ObjectSet& ids) {
  ObjectSet contained;
  return collect(ids, contained);
}

ReferenceScan Snapshot::references(const ObjectSet& ids) {
  ObjectSet contained;
  auto found = collect(ids, contained);
  std::map<int, ObjectSet> containers;
  for (const auto& id : contained) {
    containers[table_.at(id).getObjStreamNumber()].insert(id);
  }
  for (const auto& [number, members] : containers) scanContainer(number, members, found);
  return found;
}

void Snapshot::scanContainer(int number, const ObjectSet& contained, ReferenceScan& into) {
  auto container = object(QPDFObjGen(number, 0));
  auto count =
      container.isStream() ? container.getDict().getKey("/N") : QPDFObjectHandle::newNull();
  auto first =
      container.isStream() ? container.getDict().getKey("/First") : QPDFObjectHandle::newNull();
  if (!count.isInteger() || !first.isInteger()) {
    into.doubtful = true;
    return;
  }
  const auto data = container.getStreamData(qpdf_dl_generalized);
  const ObjectStreamScan members(BytesView(data->getBuffer(), data->getSize()),
                                 static_cast<std::size_t>(count.getUIntValue()),
                                 static_cast<std::size_t>(first.getUIntValue()));
  members.collect(into);
  // QPDF goes by the number in the stream's header, others by the index in the table.
  const bool misplaced = std::any_of(contained.begin(), contained.end(), [&](const auto& id) {
    const auto index = table_.at(id).getObjStreamIndex();
    return index < 0 || !members.holds(id.getObj(), static_cast<std::size_t>(index));
  });
  into.doubtful = into.doubtful || misplaced;
}

std::vector<Reference> Snapshot::trailerReferences() {
  std::vector<Reference> found;
  for (auto& [key, value] : document_->getTrailer().getDictAsMap()) {
    if (value.isIndirect()) found.push_back({value.getObjectID(), value.getGeneration()});
  }
  return found;
}

bool Snapshot::defines(int object) const {
  const auto at = table_.lower_bound(QPDFObjGen(object, 0));
  return at != table_.end() && at->first.getObj() == object;
}

bool Snapshot::contradicts(const Reference& reference) const {
  return defines(reference.object) &&
         !table_.contains(QPDFObjGen(reference.object, reference.generation));
}

void ReferenceCounts::add(const std::vector<Reference>& references) {
  for (const auto& reference : references) ++counts_[reference.object];
}

void ReferenceCounts::subtract(const std::vector<Reference>& references) {
  for (const auto& reference : references) {
    auto& count = counts_[reference.object];
    if (count > 0) --count;
  }
}

std::size_t ReferenceCounts::countOf(QPDFObjGen id) const {
  const auto found = counts_.find(id.getObj());
  return found == counts_.end() ? 0 : found->second;
}

Delta compareTables(const ObjectTable& before, const ObjectTable& after) {
  Delta delta;
  auto one = before.begin();
  auto other = after.begin();
  while (one != before.end() || other != after.end()) {
    if (other == after.end() || (one != before.end() && one->first < other->first)) {
      delta.removed.insert((one++)->first);
    } else if (one == before.end() || other->first < one->first) {
      delta.added.insert((other++)->first);
    } else {
      if (!sameEntry(one->second, other->second) || containerChanged(one->second, before, after)) {
        delta.changed.insert(one->first);
      }
      ++one;
      ++other;
    }
  }
  delta.renumbered = hasTwoGenerations(before) || hasTwoGenerations(after) ||
                     std::any_of(delta.added.begin(), delta.added.end(), [&](const auto& id) {
                       const auto at = before.lower_bound(QPDFObjGen(id.getObj(), 0));
                       return at != before.end() && at->first.getObj() == id.getObj();
                     });
  return delta;
}

bool sameValue(QPDFObjectHandle before, QPDFObjectHandle after) {
  return Comparison().same(before, after, kComparedDepthMost);
}

bool sameObject(QPDFObjectHandle before, QPDFObjectHandle after) {
  return Comparison().sameContent(before, after, kComparedDepthMost);
}

}  // namespace congvan::pdf
