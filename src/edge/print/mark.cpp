// SPDX-License-Identifier: Apache-2.0
#include "edge/print/mark.h"

#include "edge/print/canvas.h"
#include "edge/print/image.h"

#include <algorithm>
#include <cmath>

namespace congvan::print {
namespace {

constexpr double kSmallestText = 4;
constexpr double kSmallestWhole = 6.5;
constexpr double kLargestText = 11;
constexpr double kMargin = 2;
constexpr double kImageShare = 0.4;  // of the width, when a mark has image and text

/// Every letter of the Vietnamese alphabet with every tone, both cases, the dong sign, and the
/// punctuation of official documents.
constexpr std::string_view kVietnamese =
    "AÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬBCDĐEÈẺẼÉẸÊỀỂỄẾỆFGHIÌỈĨÍỊJKLMNOÒỎÕÓỌÔỒỔỖỐỘƠỜỞỠỚỢPQRSTUÙỦŨÚỤƯỪỬỮỨỰVWXYỲỶỸÝỴZ"
    "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệfghiìỉĩíịjklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvwxyỳỷỹýỵz"
    "0123456789₫.,;:!?()[]/-–—…“”‘’%&+*=@#";

bool drawable(Size size) {
  const auto good = [](double side) { return side >= 4 && side <= 2000; };
  return good(size.width) && good(size.height);
}

std::string lineIf(const char* label, const std::string& value) {
  return value.empty() ? "" : label + value + "\n";
}

std::string textOfMark(const MarkText& text) {
  auto lines = lineIf("Ký bởi: ", text.name) + lineIf("Chức vụ: ", text.post) +
               lineIf("Cơ quan: ", text.organization) + lineIf("Thời gian ký: ", text.time);
  if (!lines.empty()) lines.pop_back();
  return lines;
}

/// The largest layout of `text` that fits `room`: each line whole as long as that can be read with
/// ease, wrapped otherwise.
Result<Layout> layOutToFit(cairo_t* context, const std::string& text, Size room) {
  for (auto size = kLargestText; size >= kSmallestWhole; size -= 0.5) {
    auto layout = layOut(context, text, {.size = size});
    if (!layout) return layout;
    const auto extent = extentOf(*layout);
    if (extent.width <= room.width && extent.height <= room.height) return layout;
  }
  for (auto size = kLargestText; size >= kSmallestText; size -= 0.5) {
    auto layout = layOut(context, text, {.size = size}, room.width);
    if (!layout) return layout;
    if (extentOf(*layout).height <= room.height) return layout;
  }
  return Error{Code::RuleRefused, "mark_too_small"};
}

}  // namespace

std::string markTime(Instant instant) {
  const auto text = formatVietnam(fromUnix(toUnix(instant)));  // 2026-11-22T09:13:05+07:00
  return text.substr(8, 2) + "." + text.substr(5, 2) + "." + text.substr(0, 4) + " " +
         text.substr(11, 8) + " +07:00";
}

Result<Bytes> drawMark(const MarkText& text, Size size) {
  if (!drawable(size)) return Error{Code::Malformed, "mark_size"};
  Canvas canvas(size.width, size.height);
  auto left = kMargin;
  if (!text.image.empty()) {
    const auto width = size.width * kImageShare;
    const auto shown = showPng(canvas.context(), text.image, {0, 0, width, size.height});
    if (!shown) return shown.error();
    left += width;
  }
  const auto lines = textOfMark(text);
  if (!lines.empty()) {
    const Size room{size.width - left - kMargin, size.height - 2 * kMargin};
    const auto layout = layOutToFit(canvas.context(), lines, room);
    if (!layout) return layout.error();
    cairo_set_source_rgb(canvas.context(), 0.05, 0.15, 0.6);
    showAt(canvas.context(),
           *layout,
           left,
           kMargin + std::max(0.0, (room.height - extentOf(*layout).height) / 2));
  }
  return canvas.finish();
}

Result<Bytes> drawImage(BytesView png, Size size) {
  if (!drawable(size)) return Error{Code::Malformed, "mark_size"};
  Canvas canvas(size.width, size.height);
  const auto shown = showPng(canvas.context(), png, {0, 0, size.width, size.height});
  if (!shown) return shown.error();
  return canvas.finish();
}

Result<Bytes> drawFieldValue(const std::string& value, Size size, const FieldLook& look) {
  if (!drawable(size)) return Error{Code::Malformed, "mark_size"};
  Canvas canvas(size.width, size.height);
  TextStyle style{.size = look.font_size,
                  .face = look.face == FieldFace::Italic ? Face::Italic : Face::Regular};
  auto layout = layOut(canvas.context(), value, style);
  if (!layout) return layout.error();
  const auto wide = extentOf(*layout);
  const auto baseline = wide.baseline;
  if (wide.width > size.width) {
    style.size *= size.width / wide.width * 0.99;
    if (style.size < kSmallestText) return Error{Code::RuleRefused, "mark_too_small"};
    layout = layOut(canvas.context(), value, style);
    if (!layout) return layout.error();
  }
  showAt(canvas.context(), *layout, 0, baseline - extentOf(*layout).baseline);
  return canvas.finish();
}

Result<> warmUp() {
  Canvas canvas(2000, 100);
  for (const auto face : {Face::Regular, Face::Bold, Face::Italic, Face::BoldItalic}) {
    const auto layout = layOut(canvas.context(), kVietnamese, {.size = 10, .face = face});
    if (!layout) return layout.error();
    showAt(canvas.context(), *layout, 0, 0);
  }
  canvas.finish();
  return kDone;
}

}  // namespace congvan::print
