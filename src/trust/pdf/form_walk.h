// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pdf/qpdf.h"
#include "trust/pdf/snapshot.h"

#include <map>
#include <string>
#include <utility>

/// The nodes of a form field tree, kept by identity. Internal to trust/pdf.
namespace congvan::pdf {

struct FieldEntry {
  QPDFObjectHandle node;
  std::string name;       ///< full
  std::string type;       ///< /FT without slash, inherited
  bool own_name = false;  ///< has a /T; a node without one is a widget of its parent
  bool leaf = true;       ///< no kid has a /T

  std::string parent_name;
  std::string parent_type;
  /// Name, type and kids stand in the node's own object, so that they change only with it or with
  /// the parent's.
  bool self_contained = false;
  QPDFObjGen value_object;  ///< of /V; 0: direct or none
  bool unchanged = false;   ///< taken over from the revision before, not read again
};

/// By object when indirect, else by place and name.
using FieldKey = std::pair<QPDFObjGen, std::string>;
using FieldMap = std::map<FieldKey, FieldEntry>;

/// The tree below `form`. Throws std::runtime_error over 100,000 nodes or 64 levels.
FieldMap walkForm(QPDFObjectHandle form);

/// The same, where `before` is the tree of the revision before and `delta` what changed since:
/// fields that cannot have changed are taken over without being read.
FieldMap walkForm(QPDFObjectHandle form, const FieldMap& before, const Delta& delta);

/// The key of an indirect node.
FieldKey nodeKey(QPDFObjectHandle node);

}  // namespace congvan::pdf
