// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pdf/findings.h"
#include "trust/pdf/form_diff.h"
#include "trust/pdf/page_list.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What a revision did to pages, to their order and to their annotations. Internal to trust/pdf.
namespace congvan::pdf {

class PageDiff {
 public:
  /// `form` knows which annotations are lawful widgets. Both outlive this.
  PageDiff(Findings& findings, const FormDiff& form) : findings_(findings), form_(form) {}

  /// Looks at the pages, the nodes of their tree and the /Annots arrays that were written again;
  /// at the tree as a whole only where one of these, or the caller, says that it may be another.
  void compare(bool tree_changed);

 private:
  void compareTreeNode(QPDFObjectHandle before, QPDFObjectHandle after);
  void compareOrder();
  void comparePage(QPDFObjGen id, QPDFObjectHandle before, QPDFObjectHandle after);
  void compareTabs(QPDFObjGen id, QPDFObjectHandle before, QPDFObjectHandle after);
  void compareAnnotations(QPDFObjGen page, QPDFObjectHandle before, QPDFObjectHandle after);
  void missingAnnotation(QPDFObjGen page, QPDFObjectHandle item);
  void newAnnotation(QPDFObjGen page, QPDFObjectHandle item);
  void compareLooseArrays();
  std::optional<QPDFObjGen> pageOfArray(QPDFObjectHandle items, QPDFObjGen id);

  PageList& pagesBefore();
  PageList& pagesAfter();
  void sayOf(QPDFObjGen page, ChangeKind kind, const std::string& what);

  Findings& findings_;
  const FormDiff& form_;
  bool tree_changed_ = false;
  std::unique_ptr<PageList> pages_before_;
  std::unique_ptr<PageList> pages_after_;
};

}  // namespace congvan::pdf
