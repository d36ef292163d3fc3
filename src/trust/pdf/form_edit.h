// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pdf/appearance.h"
#include "trust/pdf/field_tree.h"
#include "trust/pdf/object_text.h"
#include "trust/pdf/page_tree.h"
#include "trust/pdf/update.h"

#include <map>
#include <memory>
#include <string>

/// One revision of a form under construction: collects what changes in existing objects (each is
/// rewritten whole, once) beside the new ones. Internal to trust/pdf.
namespace congvan::pdf {

class FormEdit {
 public:
  /// As `pdf::open` with Strict, and TooLarge `pdf_too_complex`.
  static Result<FormEdit> open(BytesView file);

  QPDF& pdf() { return *pdf_; }
  Update& update() { return update_; }
  const FieldTree& fields() const { return fields_; }
  const Permissions& permissions() const { return permissions_; }

  /// Where a widget will stand: its page and, empty for an invisible one, its rectangle there.
  struct Stand {
    QPDFObjectHandle page;
    UserRectangle rectangle;
    int rotate = 0;
  };
  /// Malformed `field_rectangle`. NotFound `page_missing`. RuleRefused `place_outside_page`.
  Result<Stand> stand(const std::optional<Spot>& spot);

  /// Adds a field that is its own widget. `entries` are those beside type, name, rectangle and
  /// page.
  void addField(const std::string& name, const Stand& stand, const std::string& entries);
  /// Makes a new field known under `FieldKind::Text`: needs the form's default font.
  void needFont() { font_needed_ = true; }
  void needSignatureFlags() { signature_flags_ = true; }
  /// Malformed `pdf_damaged`: the dictionary is direct, so it cannot be changed by itself.
  Result<> change(QPDFObjectHandle dictionary, const Overrides& overrides);

  /// Malformed `pdf_damaged`: something that was read on the way had to be repaired.
  Result<Update::Written> finish();

 private:
  FormEdit(std::shared_ptr<QPDF> pdf, BaseFile base, FieldTree fields);
  void writePages();
  void writeForm();
  std::string fontResources(QPDFObjectHandle resources);

  struct Changed {
    QPDFObjectHandle object;
    Overrides overrides;
  };
  std::shared_ptr<QPDF> pdf_;
  Update update_;
  FieldTree fields_;
  Permissions permissions_;
  std::map<ObjectId, Changed> changed_;
  std::map<ObjectId, std::pair<QPDFObjectHandle, std::string>> page_widgets_;
  std::string new_fields_;
  bool font_needed_ = false;
  bool signature_flags_ = false;
};

}  // namespace congvan::pdf
