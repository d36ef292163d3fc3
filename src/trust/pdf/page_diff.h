// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pdf/findings.h"
#include "trust/pdf/form_diff.h"
#include "trust/pdf/page_list.h"
#include "trust/pdf/signature_place.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
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
  void compareTreeNodes(const std::vector<QPDFObjGen>& nodes);
  void compareTrees();
  void compareOrder(const std::vector<QPDFObjGen>& before, const std::vector<QPDFObjGen>& after);
  void compareInherited(std::size_t before, std::size_t after);
  bool holdTheSame(QPDFObjectHandle before, QPDFObjectHandle after, const std::string& key);
  void comparePage(QPDFObjGen id, QPDFObjectHandle before, QPDFObjectHandle after);
  void compareTabs(QPDFObjGen id, QPDFObjectHandle before, QPDFObjectHandle after);
  void compareAnnotations(QPDFObjGen page, QPDFObjectHandle before, QPDFObjectHandle after);
  void missingAnnotation(QPDFObjGen page, QPDFObjectHandle item);
  void newAnnotation(QPDFObjGen page, QPDFObjectHandle item);
  void compareLooseArrays();
  void compareFilledWidgets();
  const ObjectSet& annotationsOf(QPDFObjGen page);
  std::vector<QPDFObjGen> pagesShowing(QPDFObjectHandle widget);
  std::optional<QPDFObjGen> pageOfArray(QPDFObjectHandle items, QPDFObjGen id);

  PageList& pagesBefore();
  PageList& pagesAfter();
  void sayOf(QPDFObjGen page, ChangeKind kind, const std::string& what);
  void sayOf(const FieldEntry& field, QPDFObjGen page, const std::optional<Change>& change);

  Findings& findings_;
  const FormDiff& form_;
  SignaturePlaces places_;
  bool tree_changed_ = false;
  std::size_t searched_ = 0;  ///< annotations, for a bound
  std::map<std::tuple<QPDFObjGen, QPDFObjGen, std::string>, bool> held_;  ///< `holdTheSame`
  std::map<QPDFObjGen, ObjectSet> annotations_;                           ///< by page
  std::map<QPDFObjGen, std::vector<QPDFObjGen>> showing_;  ///< pages by annotation; when asked
  std::unique_ptr<PageList> pages_before_;
  std::unique_ptr<PageList> pages_after_;
};

}  // namespace congvan::pdf
