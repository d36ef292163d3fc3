// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "trust/pdf/open.h"
#include "trust/pdf/qpdf.h"
#include "trust/pdf/revisions.h"
#include "trust/pdf/scan.h"

#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

/// One revision of a file as a strict reader of that time saw it, and the raw difference of two.
/// Internal to trust/pdf; QPDF may throw in any of it.
namespace congvan::pdf {

using ObjectTable = std::map<QPDFObjGen, QPDFXRefEntry>;
using ObjectSet = std::set<QPDFObjGen>;

class Snapshot {
 public:
  /// The last of `revisions`, which are those of `file` from the first on.
  static Result<std::unique_ptr<Snapshot>> open(BytesView file,
                                                std::span<const Revision> revisions,
                                                const OpenLimits& limits);

  QPDF& document() { return *document_; }
  const ObjectTable& table() const { return table_; }
  QPDFObjectHandle object(QPDFObjGen id) { return document_->getObjectByObjGen(id); }

  /// What the objects `ids` refer to, each reference as often as it stands there. Doubtful also
  /// when an object stream does not hold what the table says. Cross-reference streams are left out;
  /// they say what trailers say.
  ReferenceScan references(const ObjectSet& ids);
  /// The same without objects in object streams, which are only known as a whole.
  ReferenceScan plainReferences(const ObjectSet& ids);
  /// What the trailer refers to.
  std::vector<Reference> trailerReferences();
  /// Whether the number is in use. Generations do not count: many readers ignore them.
  bool defines(int object) const;
  /// Whether it is in use with another generation than that of `reference`.
  bool contradicts(const Reference& reference) const;

 private:
  ReferenceScan collect(const ObjectSet& ids, ObjectSet& contained);
  void scanContainer(int number, const ObjectSet& contained, ReferenceScan& into);
  Snapshot(BytesView bytes, std::span<const Revision> revisions, std::shared_ptr<QPDF> document);

  BytesView bytes_;
  std::shared_ptr<QPDF> document_;
  ObjectTable table_;
  std::set<std::size_t> sections_;  ///< where cross-reference sections stand
};

/// How often each object number is referred to by the objects of a revision. An object stream
/// counts as a whole, so that a number may be too high, never too low.
class ReferenceCounts {
 public:
  void add(const std::vector<Reference>& references);
  void subtract(const std::vector<Reference>& references);
  std::size_t countOf(QPDFObjGen id) const;

 private:
  std::map<int, std::size_t> counts_;
};

/// Objects by where the cross-reference tables say they stand. Bytes never change, so an object
/// that stands where it stood is the same.
struct Delta {
  ObjectSet changed;
  ObjectSet added;
  ObjectSet removed;
  /// A number stands for two generations, in one table or before and after: a reader that ignores
  /// generations sees another object than one that does not.
  bool renumbered = false;

  bool touches(QPDFObjGen id) const {
    return changed.contains(id) || added.contains(id) || removed.contains(id);
  }
};
Delta compareTables(const ObjectTable& before, const ObjectTable& after);

/// Whether two values say the same; references to one object count as equal whatever became of it.
/// Numbers are compared by value, streams by dictionary and raw bytes.
bool sameValue(QPDFObjectHandle before, QPDFObjectHandle after);
/// The same for what two objects hold, whether or not they have the same number.
bool sameObject(QPDFObjectHandle before, QPDFObjectHandle after);

}  // namespace congvan::pdf
