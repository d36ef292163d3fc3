// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <cairo.h>
#include <pango/pangocairo.h>

#include <memory>
#include <string>
#include <string_view>

/// A PDF being drawn, and text on it. Internal to edge/print. Same calls, same bytes: no time, no
/// random names. Not for two threads at once; each thread has its own Pango font map.
namespace congvan::print {

/// What everything is set in: the metrics of Times New Roman, which NĐ 30/2020 annex I asks for,
/// and every Vietnamese letter (package fonts-liberation2; version 1 of the family lacks 93 of
/// them).
inline constexpr const char* kFontFamily = "Liberation Serif";

class Canvas {
 public:
  /// Points.
  Canvas(double width, double height);
  ~Canvas();
  Canvas(const Canvas&) = delete;
  Canvas& operator=(const Canvas&) = delete;

  cairo_t* context() { return context_.get(); }
  void nextPage() { cairo_show_page(context_.get()); }
  /// Once, at the end. A fault (exception) when Cairo says that anything went wrong.
  Bytes finish();

 private:
  template <auto Free>
  struct Closer {
    template <typename T>
    void operator()(T* owned) const noexcept {
      Free(owned);
    }
  };
  Bytes bytes_;
  std::unique_ptr<cairo_surface_t, Closer<cairo_surface_destroy>> surface_;
  std::unique_ptr<cairo_t, Closer<cairo_destroy>> context_;
};

enum class Face { Regular, Bold, Italic, BoldItalic };
enum class Align { Left, Centre, Right, Justify };

struct TextStyle {
  double size = 13;  ///< points
  Face face = Face::Regular;
  Align align = Align::Left;
  double indent = 0;       ///< of the first line
  double line_factor = 1;  ///< of the font's own line height
};

struct LayoutFree {
  void operator()(PangoLayout* layout) const noexcept { g_object_unref(layout); }
};
using Layout = std::unique_ptr<PangoLayout, LayoutFree>;

/// Lays `text` (put into NFC) out in `width` points; 0: no wrapping.
///
/// Malformed `text_not_utf8`. RuleRefused `font_lacks_letter` (params: letter): never a box or a
/// letter of another font in an official document. Unavailable `font_missing`: the family is not
/// installed.
Result<Layout> layOut(cairo_t* context,
                      std::string_view text,
                      const TextStyle& style,
                      double width = 0);

struct Extent {
  double width = 0;
  double height = 0;
  double baseline = 0;  ///< of the first line, from the top
};
Extent extentOf(const Layout& layout);

/// Draws with the upper left corner at x, y (from the top, as Cairo counts).
void showAt(cairo_t* context, const Layout& layout, double x, double y);

}  // namespace congvan::print
