// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/appearance.h"

#include "trust/pdf/object_text.h"
#include "trust/pdf/open.h"
#include "trust/pdf/page_tree.h"

#include <algorithm>
#include <deque>

namespace congvan::pdf {
namespace {

constexpr std::size_t kDrawingBytes = 4U << 20U;
constexpr std::size_t kDrawingObjects = 4096;

Error badDrawing(std::string detail) {
  return {Code::Malformed, "appearance_malformed", {}, std::move(detail)};
}

std::string_view dataOf(const Buffer& buffer) {
  return asText(BytesView(buffer.getBuffer(), buffer.getSize()));
}

/// Copies objects breadth first, giving each a number of the update when it is first met.
class Graft {
 public:
  explicit Graft(Update& update) : update_(update) {}

  ObjectId numberOf(const QPDFObjectHandle& object) {
    const auto [at, fresh] = numbers_.try_emplace(idOf(object));
    if (fresh) {
      at->second = update_.create();
      waiting_.push_back(object);
    }
    return at->second;
  }

  std::string text(const QPDFObjectHandle& object) { return textOf(object, renumber()); }

  Result<> copyWaiting() {
    while (!waiting_.empty()) {
      if (numbers_.size() > kDrawingObjects) return Error{Code::TooLarge, "appearance_too_large"};
      auto object = waiting_.front();
      waiting_.pop_front();
      copy(object, numbers_.at(idOf(object)));
    }
    return kDone;
  }

 private:
  Renumber renumber() {
    return [this](const QPDFObjectHandle& object) { return numberOf(object); };
  }

  void copy(QPDFObjectHandle object, ObjectId to) {
    if (object.isStream()) {
      const auto data = object.getRawStreamData();
      const auto length = std::to_string(data->getSize());
      update_.put(to,
                  dictionaryText(object.getDict(), {{"/Length", length}}, renumber()) +
                      "\nstream\n" + std::string(dataOf(*data)) + "\nendstream");
    } else if (object.isDictionary()) {
      // Back to the page tree would drag the whole drawing's document along.
      update_.put(to, dictionaryText(object, {{"/Parent", ""}}, renumber()));
    } else if (object.isArray()) {
      update_.put(to, arrayText(object, {}, renumber()));
    } else {
      update_.put(to, object.unparseResolved());
    }
  }

  Update& update_;
  std::map<ObjectId, ObjectId> numbers_;
  std::deque<QPDFObjectHandle> waiting_;
};

struct Content {
  std::string entries;  ///< /Filter and /DecodeParms when the data are as in the file
  std::string data;
};

Content contentOf(QPDFObjectHandle page, Graft& graft) {
  auto contents = page.getKey("/Contents");
  if (contents.isStream()) {
    Content content;
    auto dictionary = contents.getDict();
    for (const auto* key : {"/Filter", "/DecodeParms"}) {
      if (dictionary.hasKey(key)) {
        content.entries += std::string(" ") + key + " " + graft.text(dictionary.getKey(key));
      }
    }
    const auto raw = contents.getRawStreamData();
    content.data = dataOf(*raw);
    return content;
  }
  Content content;
  for (int i = 0, count = contents.isArray() ? contents.getArrayNItems() : 0; i < count; ++i) {
    const auto part = contents.getArrayItem(i).getStreamData();
    content.data += std::string(dataOf(*part)) + "\n";
  }
  return content;
}

Result<FormXObject> embed(QPDF& drawing, Update& update) {
  const auto first = findPage(drawing, 0);
  if (!first || findPage(drawing, 1)) return badDrawing("not one page");
  const auto page = *first;
  const auto box = inheritedKey(page, "/MediaBox");
  if (!QPDFObjectHandle(box).isRectangle()) return badDrawing("no /MediaBox");
  const auto corners = QPDFObjectHandle(box).getArrayAsRectangle();

  Graft graft(update);
  FormXObject form{update.create(),
                   std::min(corners.llx, corners.urx),
                   std::min(corners.lly, corners.ury),
                   std::abs(corners.urx - corners.llx),
                   std::abs(corners.ury - corners.lly)};
  if (!(form.width > 0) || !(form.height > 0)) return badDrawing("empty /MediaBox");
  const auto content = contentOf(page, graft);
  std::string entries = "/Type /XObject /Subtype /Form /BBox [" + number(form.left) + " " +
                        number(form.bottom) + " " + number(form.left + form.width) + " " +
                        number(form.bottom + form.height) + "]" + content.entries;
  const auto resources = inheritedKey(page, "/Resources");
  entries +=
      " /Resources " + (QPDFObjectHandle(resources).isNull() ? "<< >>" : graft.text(resources));
  auto group = QPDFObjectHandle(page).getKey("/Group");
  if (group.isDictionary()) entries += " /Group " + graft.text(group);
  update.putStream(form.id, entries, content.data);
  const auto copied = graft.copyWaiting();
  if (!copied) return copied.error();
  if (drawing.anyWarnings()) return badDrawing("damaged");
  return form;
}

/// The matrix that turns a drawing against the page's rotation, so that it is shown upright.
const char* uprightMatrix(int rotate) {
  switch (rotate) {
    case 90:
      return " /Matrix [0 1 -1 0 0 0]";
    case 180:
      return " /Matrix [-1 0 0 -1 0 0]";
    case 270:
      return " /Matrix [0 -1 1 0 0 0]";
    default:
      return "";
  }
}

}  // namespace

Result<FormXObject> embedPage(BytesView one_page_pdf, Update& update) {
  if (one_page_pdf.size() > kDrawingBytes) return Error{Code::TooLarge, "appearance_too_large"};
  const auto drawing = open(one_page_pdf, Reading::Strict);
  if (!drawing) return badDrawing(drawing.error().reason + " " + drawing.error().detail);
  auto form = guarded<FormXObject>([&] { return embed(**drawing, update); });
  if (!form && form.error().reason == "pdf_malformed") return badDrawing(form.error().detail);
  return form;
}

ObjectId placeForm(
    const FormXObject& drawing, double width, double height, int rotate, Update& update) {
  const auto scale = std::min(width / drawing.width, height / drawing.height);
  const auto left = (width - scale * drawing.width) / 2 - scale * drawing.left;
  const auto bottom = (height - scale * drawing.height) / 2 - scale * drawing.bottom;
  const auto id = update.create();
  update.putStream(id,
                   "/Type /XObject /Subtype /Form /BBox [0 0 " + number(width) + " " +
                       number(height) + "]" + uprightMatrix(rotate) +
                       " /Resources << /XObject << /Mark " + reference(drawing.id) + " >> >>",
                   "q " + number(scale) + " 0 0 " + number(scale) + " " + number(left) + " " +
                       number(bottom) + " cm /Mark Do Q");
  return id;
}

ObjectId emptyForm(Update& update) {
  const auto id = update.create();
  update.putStream(id, "/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources << >>", "");
  return id;
}

}  // namespace congvan::pdf
