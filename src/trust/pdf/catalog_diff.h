// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pdf/findings.h"
#include "trust/pdf/form_diff.h"

#include <string>

/// What a revision did to the trailer, the document information and the catalog. Internal to
/// trust/pdf.
namespace congvan::pdf {

class CatalogDiff {
 public:
  CatalogDiff(Findings& findings, FormDiff& form) : findings_(findings), form_(form) {}

  void compareTrailers(QPDFObjectHandle before, QPDFObjectHandle after);
  /// The catalog names another page tree.
  bool treeReplaced() const { return tree_replaced_; }

 private:
  void compareInfo(QPDFObjectHandle before, QPDFObjectHandle after);
  void compareCatalogs(QPDFObjectHandle before, QPDFObjectHandle after);
  void compareEntry(const std::string& key, QPDFObjectHandle before, QPDFObjectHandle after);
  void compareStructure(QPDFObjectHandle before, QPDFObjectHandle after);
  void compareMetadata(QPDFObjectHandle before, QPDFObjectHandle after);
  void comparePermissions(QPDFObjectHandle before, QPDFObjectHandle after);
  void compareValidationData(QPDFObjectHandle before, QPDFObjectHandle after);

  Findings& findings_;
  FormDiff& form_;
  bool tree_replaced_ = false;
};

}  // namespace congvan::pdf
