// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pdf/qpdf.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// All pages of a revision in order, for naming and comparing them. Internal to trust/pdf.
namespace congvan::pdf {

class PageList {
 public:
  /// Reads every node of the page tree. Throws std::runtime_error when the tree loops, or over
  /// 200,000 pages.
  explicit PageList(QPDF& document);

  const std::vector<QPDFObjGen>& ids() const { return ids_; }
  const std::vector<QPDFObjectHandle>& pages() const { return pages_; }
  const std::vector<QPDFObjectHandle>& nodes() const { return nodes_; }
  /// `page 3`, or `a page that is not shown`
  std::string label(QPDFObjGen page) const;
  bool isNode(QPDFObjGen id) const { return node_ids_.contains(id); }
  /// Nodes whose /Count is not the number of pages below: some readers go by it.
  const std::vector<QPDFObjGen>& miscounted() const { return miscounted_; }
  /// The page number `index` (from 0) or the node above it that has `key`, going by the tree and
  /// not by /Parent; null: none.
  QPDFObjectHandle holder(std::size_t index, const std::string& key) const;
  std::optional<QPDFObjGen> pageWithAnnotations(QPDFObjGen array) const;

 private:
  void visit(QPDFObjectHandle node, std::size_t parent, std::size_t depth);

  std::vector<QPDFObjGen> ids_;
  std::vector<QPDFObjectHandle> pages_;
  std::vector<QPDFObjectHandle> nodes_;
  std::vector<std::size_t> page_parents_;  ///< of each page, by place in `nodes_`
  std::vector<std::size_t> node_parents_;
  std::set<QPDFObjGen> node_ids_;
  std::vector<QPDFObjGen> miscounted_;
  std::map<QPDFObjGen, std::size_t> numbers_;
  mutable std::map<QPDFObjGen, QPDFObjGen>
      arrays_;  ///< of annotations, to their pages; made when asked
};

}  // namespace congvan::pdf
