// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "trust/pdf/form.h"
#include "trust/pdf/qpdf.h"
#include "trust/pdf/signatures.h"

#include <optional>
#include <string>
#include <vector>

/// The tree of form fields, and what the signatures already in it allow. Internal to trust/pdf.
namespace congvan::pdf {

struct FieldNode {
  std::string name;  ///< full
  FieldKind kind = FieldKind::Other;
  QPDFObjectHandle field;
  QPDFObjectHandle value;                 ///< /V, inherited; null: none
  std::vector<QPDFObjectHandle> widgets;  ///< the field itself when the two are merged
};

struct FieldTree {
  std::vector<FieldNode> terminals;
  std::vector<std::string> groups;  ///< full names of the fields that only hold others

  const FieldNode* find(const std::string& name) const;
  bool hasName(const std::string& name) const;
};

/// Malformed `pdf_damaged`: a loop. TooLarge `pdf_too_complex`: over 100,000 fields or 64 levels.
Result<FieldTree> readFields(QPDF& pdf);

/// Restrictions by certification (DocMDP) and by locks (FieldMDP), ISO 32000-2 12.8.2.
class Permissions {
 public:
  static Permissions of(QPDF& pdf, const FieldTree& fields);

  /// The strictest /P of all: 1 nothing, 2 fill and sign, 3 also annotate; 0: not certified.
  int certified() const { return certified_; }
  bool locked(const std::string& field) const;

 private:
  void addLevel(std::optional<int> level);
  void addSignature(QPDFObjectHandle signature);

  int certified_ = 0;
  std::vector<FieldLock> locks_;
};

}  // namespace congvan::pdf
