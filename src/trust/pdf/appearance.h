// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "trust/pdf/update.h"

#include <map>

/// Putting a ready drawing into an update: the page of a one-page PDF becomes a Form XObject.
namespace congvan::pdf {

struct FormXObject {
  ObjectId id;
  double left = 0;  ///< of its /BBox
  double bottom = 0;
  double width = 0;
  double height = 0;
};

/// Copies the page's content and everything it uses into `update` under new numbers.
///
/// Malformed `appearance_malformed`: not a PDF of exactly one page, or one with odd content.
/// TooLarge `appearance_too_large`: over 4 MiB or 4,096 objects.
Result<FormXObject> embedPage(BytesView one_page_pdf, Update& update);

/// The appearance stream of a widget `width` × `height` points as shown: `drawing` scaled evenly
/// and centred. `rotate` is the page's /Rotate, against which the drawing is turned.
ObjectId placeForm(
    const FormXObject& drawing, double width, double height, int rotate, Update& update);

/// An appearance that shows nothing.
ObjectId emptyForm(Update& update);

}  // namespace congvan::pdf
