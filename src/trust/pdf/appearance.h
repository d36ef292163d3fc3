// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pdf/drawing.h"

/// The appearance streams (ISO 32000-2 12.5.5) of widgets. Internal to trust/pdf.
namespace congvan::pdf {

/// The appearance stream of a widget `width` × `height` points as shown: `drawing` scaled evenly
/// and centred. `rotate` is the page's /Rotate, against which the drawing is turned.
ObjectId placeForm(
    const FormXObject& drawing, double width, double height, int rotate, Update& update);

/// An appearance that shows nothing.
ObjectId emptyForm(Update& update);

}  // namespace congvan::pdf
