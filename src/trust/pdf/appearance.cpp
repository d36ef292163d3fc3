// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/appearance.h"

#include <algorithm>
#include <string>

namespace congvan::pdf {
namespace {

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
