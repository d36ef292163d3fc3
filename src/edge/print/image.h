// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <cairo.h>

/// PNG images on a canvas. Internal to edge/print.
namespace congvan::print {

struct Area {
  double left = 0;
  double top = 0;
  double width = 0;
  double height = 0;
};

/// Draws `png` as large as fits into `area`, centred. Refusals as `drawImage`.
Result<> showPng(cairo_t* context, BytesView png, const Area& area);

}  // namespace congvan::print
