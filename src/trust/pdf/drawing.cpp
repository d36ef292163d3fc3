// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/drawing.h"

#include "trust/pdf/object_text.h"
#include "trust/pdf/open.h"
#include "trust/pdf/page_tree.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <vector>

namespace congvan::pdf {
namespace {

constexpr std::size_t kDrawingBytes = 4U << 20U;
constexpr std::size_t kDrawingObjects = 4096;

Error badDrawing(std::string detail) {
  return {Code::Malformed, "appearance_malformed", {}, std::move(detail)};
}

/// The text of an object with a gap wherever another object's number belongs.
struct Template {
  struct Gap {
    std::size_t at = 0;
    std::size_t object = 0;  ///< its place among the drawing's objects
  };
  std::string text;
  std::vector<Gap> gaps;
};

std::string filled(const Template& object, const std::vector<ObjectId>& ids) {
  constexpr std::size_t kReferenceBytes = 12;
  std::string text;
  text.reserve(object.text.size() + kReferenceBytes * object.gaps.size());
  std::size_t from = 0;
  for (const auto& gap : object.gaps) {
    text.append(object.text, from, gap.at - from);
    text += reference(ids[gap.object]);
    from = gap.at;
  }
  return text.append(object.text, from);
}

void appendStream(Template& into, std::string_view data) {
  into.text += " /Length " + std::to_string(data.size()) + " >>\nstream\n";
  into.text += data;
  into.text += "\nendstream";
}

std::string_view dataOf(const Buffer& buffer) {
  return asText(BytesView(buffer.getBuffer(), buffer.getSize()));
}

/// Reads a page and, breadth first, the objects that it uses. The page's form comes first.
class PageReader {
 public:
  explicit PageReader(QPDF& document) : document_(document) {}

  Result<FormXObject> read() {
    const auto page = findPage(document_, 0);
    if (!page || findPage(document_, 1)) return badDrawing("not one page");
    const auto box = boxOf(*page);
    if (!box) return box;
    objects_.emplace_back();
    objects_.front() = formOf(*page, *box);
    for (std::size_t i = 0; i < met_.size(); ++i) {
      if (met_.size() > kDrawingObjects) return Error{Code::TooLarge, "appearance_too_large"};
      objects_.push_back(templateOf(met_[i]));
    }
    if (document_.anyWarnings()) return badDrawing("damaged");
    return box;
  }

  std::vector<Template> take() { return std::move(objects_); }

 private:
  static Result<FormXObject> boxOf(QPDFObjectHandle page) {
    auto box = inheritedKey(page, "/MediaBox");
    if (!box.isRectangle()) return badDrawing("no /MediaBox");
    const auto corners = box.getArrayAsRectangle();
    const FormXObject form{{},
                           std::min(corners.llx, corners.urx),
                           std::min(corners.lly, corners.ury),
                           std::abs(corners.urx - corners.llx),
                           std::abs(corners.ury - corners.lly)};
    if (!(form.width > 0) || !(form.height > 0)) return badDrawing("empty /MediaBox");
    return form;
  }

  Template formOf(QPDFObjectHandle page, const FormXObject& box) {
    Template form;
    form.text = "<< /Type /XObject /Subtype /Form /BBox [" + number(box.left) + " " +
                number(box.bottom) + " " + number(box.left + box.width) + " " +
                number(box.bottom + box.height) + "] /Resources ";
    auto resources = inheritedKey(page, "/Resources");
    write(resources.isNull() ? QPDFObjectHandle::newDictionary() : resources, form);
    if (auto group = page.getKey("/Group"); group.isDictionary()) writeEntry("/Group", group, form);
    writeContent(page.getKey("/Contents"), form);
    return form;
  }

  /// One stream as it stands in the file, several inflated and joined.
  void writeContent(QPDFObjectHandle contents, Template& form) {
    if (contents.isStream()) {
      auto dictionary = contents.getDict();
      for (const auto* key : {"/Filter", "/DecodeParms"}) {
        if (dictionary.hasKey(key)) writeEntry(key, dictionary.getKey(key), form);
      }
      return appendStream(form, dataOf(*contents.getRawStreamData()));
    }
    std::string data;
    for (int i = 0, count = contents.isArray() ? contents.getArrayNItems() : 0; i < count; ++i) {
      data += std::string(dataOf(*contents.getArrayItem(i).getStreamData())) + "\n";
    }
    appendStream(form, data);
  }

  Template templateOf(QPDFObjectHandle object) {
    Template made;
    if (object.isStream()) {
      made.text = "<<";
      writeEntries(object.getDict(), "/Length", made);
      appendStream(made, dataOf(*object.getRawStreamData()));
    } else if (object.isDictionary()) {
      // Back to the page tree would drag the whole drawing's document along.
      made.text = "<<";
      writeEntries(object, "/Parent", made);
      made.text += " >>";
    } else {
      writeDirect(object, made);
    }
    return made;
  }

  void writeEntries(QPDFObjectHandle dictionary, std::string_view without, Template& into) {
    for (const auto& [key, value] : dictionary.getDictAsMap()) {
      if (key != without) writeEntry(key, value, into);
    }
  }

  void writeEntry(const std::string& key, QPDFObjectHandle value, Template& into) {
    if (!value.isIndirect() && value.isNull()) return;
    into.text += " " + QPDFObjectHandle::newName(key).unparse() + " ";
    write(value, into);
  }

  void write(QPDFObjectHandle value, Template& into) {
    if (!value.isIndirect()) return writeDirect(value, into);
    into.gaps.push_back({into.text.size(), placeOf(value)});
  }

  void writeDirect(QPDFObjectHandle value, Template& into) {
    if (value.isDictionary()) {
      into.text += "<<";
      writeEntries(value, {}, into);
      into.text += " >>";
    } else if (value.isArray()) {
      into.text += "[";
      for (const auto& item : value.getArrayAsVector()) {
        into.text += " ";
        write(item, into);
      }
      into.text += " ]";
    } else {
      into.text += value.unparseResolved();
    }
  }

  std::size_t placeOf(const QPDFObjectHandle& object) {
    const auto [at, fresh] = places_.try_emplace(idOf(object), met_.size() + 1);
    if (fresh) met_.push_back(object);
    return at->second;
  }

  QPDF& document_;
  std::vector<Template> objects_;
  std::vector<QPDFObjectHandle> met_;  ///< those after the form
  std::map<ObjectId, std::size_t> places_;
};

}  // namespace

struct Drawing::Parts {
  FormXObject form;
  std::vector<Template> objects;  ///< the form first
};

Result<Drawing> Drawing::prepare(BytesView one_page_pdf) {
  if (one_page_pdf.size() > kDrawingBytes) return Error{Code::TooLarge, "appearance_too_large"};
  const auto document = open(one_page_pdf, Reading::Strict);
  if (!document) return badDrawing(document.error().reason + " " + document.error().detail);
  auto drawing = guarded<Drawing>([&]() -> Result<Drawing> {
    PageReader reader(**document);
    const auto form = reader.read();
    if (!form) return form.error();
    return Drawing(std::make_shared<const Parts>(Parts{*form, reader.take()}));
  });
  if (!drawing && drawing.error().reason == "pdf_malformed") {
    return badDrawing(drawing.error().detail);
  }
  return drawing;
}

FormXObject Drawing::putInto(Update& update) const {
  std::vector<ObjectId> ids;
  for (std::size_t i = 0; i < parts_->objects.size(); ++i) ids.push_back(update.create());
  for (std::size_t i = 0; i < ids.size(); ++i) update.put(ids[i], filled(parts_->objects[i], ids));
  auto form = parts_->form;
  form.id = ids.front();
  return form;
}

std::size_t Drawing::bytes() const {
  return std::accumulate(parts_->objects.begin(),
                         parts_->objects.end(),
                         std::size_t{0},
                         [](std::size_t sum, const Template& one) {
                           return sum + one.text.size() + sizeof(Template::Gap) * one.gaps.size();
                         });
}

}  // namespace congvan::pdf
