// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/form_edit.h"

#include "trust/pdf/open.h"
#include "trust/pdf/values.h"

#include <cmath>

namespace congvan::pdf {
namespace {

constexpr int kObjectNumberMax = 8'388'607;  // ISO 32000-1 annex C
constexpr const char* kFontName = "/TiRo";   // what Acrobat calls Times-Roman in /DR

Error damagedForm(std::string detail) {
  return {Code::Malformed, "pdf_damaged", {}, std::move(detail)};
}

Result<BaseFile> baseOf(QPDF& pdf, BytesView file) {
  auto base = readEnd(file);
  if (!base) return base.error();
  auto trailer = pdf.getTrailer();
  if (!trailer.getKey("/Root").isIndirect()) return damagedForm("/Root is direct");
  // A strict reader has already refused a /Size that is not one more than the highest number.
  auto size = trailer.getKey("/Size");
  if (!size.isInteger() || size.getIntValue() < 1) return damagedForm("/Size");
  if (size.getIntValue() > kObjectNumberMax) return Error{Code::TooLarge, "pdf_too_complex"};
  base->next_number = static_cast<int>(size.getIntValue());
  // Of a cross-reference stream's dictionary nothing but these belongs to a trailer.
  const auto entries = trailer.getDictAsMap();
  for (const auto* key : {"/Root", "/Info", "/ID"}) {
    const auto found = entries.find(key);
    if (found == entries.end()) continue;
    base->trailer_entries +=
        (base->trailer_entries.empty() ? "" : " ") + std::string(key) + " " + textOf(found->second);
  }
  return base;
}

std::string rectangleText(const UserRectangle& box) {
  return "[" + number(box.left) + " " + number(box.bottom) + " " + number(box.right) + " " +
         number(box.top) + "]";
}

bool finiteExtent(const ShownRectangle& box) {
  return std::isfinite(box.left) && std::isfinite(box.bottom) && std::isfinite(box.width) &&
         std::isfinite(box.height) && box.width > 0 && box.height > 0;
}

}  // namespace

FormEdit::FormEdit(std::shared_ptr<QPDF> pdf, BaseFile base, FieldTree fields)
    : pdf_(std::move(pdf)),
      update_(std::move(base)),
      fields_(std::move(fields)),
      permissions_(Permissions::of(*pdf_, fields_)) {}

Result<FormEdit> FormEdit::open(BytesView file) {
  auto pdf = pdf::open(file, Reading::Strict);
  if (!pdf) return pdf.error();
  auto base = baseOf(**pdf, file);
  if (!base) return base.error();
  auto fields = readFields(**pdf);
  if (!fields) return fields.error();
  return FormEdit(*pdf, std::move(*base), std::move(*fields));
}

Result<FormEdit::Stand> FormEdit::stand(const std::optional<Spot>& spot) {
  // An invisible widget stands on the first page, as readers expect one to stand on some page.
  const auto page = findPage(*pdf_, spot ? spot->page : 0);
  if (!page) return page.error();
  if (!spot) return Stand{*page, {}, 0};

  const auto& box = spot->rectangle;
  if (!finiteExtent(box)) return Error{Code::Malformed, "field_rectangle"};
  const auto geometry = geometryOf(*page);
  const auto shown = shownSize(geometry);
  if (box.left >= shown.width || box.bottom >= shown.height || box.left + box.width <= 0 ||
      box.bottom + box.height <= 0) {
    return Error{Code::RuleRefused, "place_outside_page"};
  }
  return Stand{*page, toUserSpace(geometry, box), geometry.rotate};
}

void FormEdit::addField(const std::string& name, const Stand& stand, const std::string& entries) {
  const auto id = update_.create();
  const auto turned = stand.rotate == 0 ? "" : " /MK << /R " + std::to_string(stand.rotate) + " >>";
  update_.put(id,
              "<< /Type /Annot /Subtype /Widget /T " + textString(name) + " /Rect " +
                  rectangleText(stand.rectangle) + " /P " + reference(idOf(stand.page)) + turned +
                  " " + entries + " >>");
  auto& widgets = page_widgets_[idOf(stand.page)];
  widgets.first = stand.page;
  widgets.second += (widgets.second.empty() ? "" : " ") + reference(id);
  new_fields_ += (new_fields_.empty() ? "" : " ") + reference(id);
}

Result<> FormEdit::change(QPDFObjectHandle dictionary, const Overrides& overrides) {
  if (!dictionary.isIndirect()) return damagedForm("a field is a direct object");
  auto& changed = changed_[idOf(dictionary)];
  changed.object = dictionary;
  for (const auto& [key, text] : overrides) changed.overrides[key] = text;
  return kDone;
}

void FormEdit::writePages() {
  for (const auto& [id, entry] : page_widgets_) {
    auto page = entry.first;
    auto annotations = page.getKey("/Annots");
    if (annotations.isArray() && annotations.isIndirect()) {
      update_.put(idOf(annotations), arrayText(annotations, entry.second));
      continue;
    }
    const auto text =
        annotations.isArray() ? arrayText(annotations, entry.second) : "[ " + entry.second + " ]";
    update_.put(id, dictionaryText(page, {{"/Annots", text}}));
  }
}

/// The text for /DR with the font in it, or a reference when an indirect dictionary was rewritten.
std::string FormEdit::fontResources(QPDFObjectHandle resources) {
  const auto font = update_.create();
  update_.put(
      font, "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding /WinAnsiEncoding >>");
  auto fonts = valueAt(resources, "/Font");
  auto text = fonts.isDictionary() ? dictionaryText(fonts, {{kFontName, reference(font)}})
                                   : "<< " + std::string(kFontName) + " " + reference(font) + " >>";
  if (fonts.isDictionary() && fonts.isIndirect()) {
    update_.put(idOf(fonts), text);
    return {};
  }
  text = resources.isDictionary() ? dictionaryText(resources, {{"/Font", text}})
                                  : "<< /Font " + text + " >>";
  if (resources.isDictionary() && resources.isIndirect()) {
    update_.put(idOf(resources), text);
    return {};
  }
  return text;
}

void FormEdit::writeForm() {
  auto root = pdf_->getRoot();
  auto form = root.getKey("/AcroForm");
  const bool present = form.isDictionary();
  Overrides overrides;
  auto fields = valueAt(form, "/Fields");
  if (!new_fields_.empty() && fields.isArray() && fields.isIndirect()) {
    update_.put(idOf(fields), arrayText(fields, new_fields_));
  } else if (!new_fields_.empty()) {
    overrides["/Fields"] =
        fields.isArray() ? arrayText(fields, new_fields_) : "[ " + new_fields_ + " ]";
  }
  auto flags = valueAt(form, "/SigFlags");
  const auto had = flags.isInteger() ? flags.getIntValue() : 0;
  if (signature_flags_ && (had & 3) != 3) overrides["/SigFlags"] = std::to_string(had | 3);
  if (font_needed_ && valueAt(valueAt(valueAt(form, "/DR"), "/Font"), kFontName).isNull()) {
    const auto resources = fontResources(valueAt(form, "/DR"));
    if (!resources.empty()) overrides["/DR"] = resources;
  }
  if (font_needed_ && !valueAt(form, "/DA").isString()) overrides["/DA"] = "(/TiRo 0 Tf 0 g)";
  if (overrides.empty()) return;

  if (present && form.isIndirect()) {
    update_.put(idOf(form), dictionaryText(form, overrides));
    return;
  }
  auto text = dictionaryText(present ? form : QPDFObjectHandle::newDictionary(), overrides);
  if (!present) {
    const auto id = update_.create();
    update_.put(id, std::move(text));
    text = reference(id);
  }
  update_.put(idOf(root), dictionaryText(root, {{"/AcroForm", text}}));
}

Result<Update::Written> FormEdit::finish() {
  for (const auto& [id, changed] : changed_) {
    update_.put(id, dictionaryText(changed.object, changed.overrides));
  }
  writePages();
  writeForm();
  if (pdf_->anyWarnings()) return damagedForm(pdf_->getWarnings().front().what());
  return update_.finish();
}

}  // namespace congvan::pdf
