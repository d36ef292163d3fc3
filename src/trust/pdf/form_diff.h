// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pdf/findings.h"
#include "trust/pdf/form_walk.h"
#include "trust/pdf/page_tree.h"
#include "trust/pdf/values.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

/// What a revision did to the form: filling, signing and adding fields are explained, anything else
/// is said. Internal to trust/pdf.
namespace congvan::pdf {

class FormDiff {
 public:
  /// `fields_before` is the field tree of the earlier revision. Both outlive this.
  FormDiff(Findings& findings, const FieldMap& fields_before)
      : findings_(findings), before_(fields_before) {}

  void compare(QPDFObjectHandle before, QPDFObjectHandle after);

  /// The field that this revision added or signed and that accounts for the annotation; null: none.
  const FieldEntry* accountFor(QPDFObjectHandle annotation) const;
  /// Those of older fields that were filled or signed.
  std::vector<const FieldEntry*> filledInPlace() const;
  /// Widgets that may look otherwise, since their field was filled or is new.
  ObjectSet filledWidgets() const;
  /// The field tree of the later revision.
  FieldMap takeFields() { return std::move(fields_); }

 private:
  bool showsValues() const;
  void compareEntries(QPDFObjectHandle before, QPDFObjectHandle after);
  bool resourcesTouched(QPDFObjectHandle before, QPDFObjectHandle after) const;
  bool isAskedFor(const std::string& name) const;
  void compareResources(QPDFObjectHandle before, QPDFObjectHandle after);
  void compareResourceCategory(const std::string& category,
                               QPDFObjectHandle before,
                               QPDFObjectHandle after);
  void compareFields();
  void removedField(const FieldEntry& entry);
  void newField(const FieldEntry& entry);
  std::string troubleWithNew(const FieldEntry& entry) const;
  void signatureAdded(const FieldEntry& entry, QPDFObjectHandle value);
  void compareField(const FieldEntry& before, const FieldEntry& after);
  void compareFieldKey(const FieldEntry& field,
                       const std::string& key,
                       QPDFObjectHandle before,
                       QPDFObjectHandle after);
  std::string placesOf(const std::string& name);
  void compareValue(const FieldEntry& before, const FieldEntry& after);
  void settleAppearances();
  bool hadName(const std::string& name) const;
  void sayOf(const FieldEntry& entry, ChangeKind kind, const std::string& what);

  Findings& findings_;
  const FieldMap& before_;
  FieldMap fields_;
  mutable std::optional<KeySet> old_names_;                                  ///< made when asked
  mutable std::optional<KeySet> asked_;                                      ///< made when asked
  std::optional<std::map<std::string, std::vector<UserRectangle>>> places_;  ///< made when asked
  KeySet filled_;
  KeySet signed_;
  ObjectSet new_widgets_;
  std::map<std::string, std::vector<std::string>> shown_;
};

}  // namespace congvan::pdf
