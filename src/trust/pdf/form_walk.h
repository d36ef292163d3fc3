// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pdf/qpdf.h"

#include <map>
#include <string>
#include <vector>

/// The nodes of a form field tree, kept by identity. Internal to trust/pdf.
namespace congvan::pdf {

struct FieldEntry {
  QPDFObjectHandle node;
  std::string name;       ///< full
  std::string type;       ///< /FT without slash, inherited
  bool own_name = false;  ///< has a /T; a node without one is a widget of its parent
  bool leaf = true;       ///< no kid has a /T
};

/// By object when indirect, else by place and name.
using FieldMap = std::map<std::string, FieldEntry>;

/// Throws std::runtime_error over 100,000 nodes or 64 levels.
FieldMap walkForm(QPDFObjectHandle form);

std::string nodeKey(QPDFObjectHandle node);

/// The value of `key`, or null when `from` is no dictionary.
QPDFObjectHandle valueAt(QPDFObjectHandle from, const std::string& key);

}  // namespace congvan::pdf
