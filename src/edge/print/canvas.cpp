// SPDX-License-Identifier: Apache-2.0
#include "edge/print/canvas.h"

#include "base/text.h"

#include <cairo-pdf.h>

#include <stdexcept>

namespace congvan::print {
namespace {

cairo_status_t collect(void* closure, const unsigned char* data, unsigned int size) {
  append(*static_cast<Bytes*>(closure), BytesView(data, size));
  return CAIRO_STATUS_SUCCESS;
}

struct FontFree {
  void operator()(PangoFont* font) const noexcept { g_object_unref(font); }
};
using Font = std::unique_ptr<PangoFont, FontFree>;

struct DescriptionFree {
  void operator()(PangoFontDescription* description) const noexcept {
    pango_font_description_free(description);
  }
};
using Description = std::unique_ptr<PangoFontDescription, DescriptionFree>;

Description describe(const TextStyle& style) {
  Description description(pango_font_description_new());
  pango_font_description_set_family_static(description.get(), kFontFamily);
  pango_font_description_set_size(description.get(), static_cast<int>(style.size * PANGO_SCALE));
  const bool bold = style.face == Face::Bold || style.face == Face::BoldItalic;
  const bool italic = style.face == Face::Italic || style.face == Face::BoldItalic;
  pango_font_description_set_weight(description.get(),
                                    bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_font_description_set_style(description.get(),
                                   italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL);
  return description;
}

/// The first letter that `font` cannot draw; empty: none.
std::string lackedLetter(PangoFont* font, const std::string& text) {
  const char* end = text.data() + text.size();
  for (const char* at = text.data(); at < end; at = g_utf8_next_char(at)) {
    const auto letter = g_utf8_get_char(at);
    if (letter == '\n' || pango_font_has_char(font, letter)) continue;
    return std::string(at, static_cast<const char*>(g_utf8_next_char(at)));
  }
  return {};
}

Result<> checkCoverage(PangoLayout* layout,
                       const PangoFontDescription* wanted,
                       const std::string& text) {
  const Font font(pango_context_load_font(pango_layout_get_context(layout), wanted));
  if (!font) return Error{Code::Unavailable, "font_missing", {{"font", kFontFamily}}};
  const Description found(pango_font_describe(font.get()));
  if (std::string_view(pango_font_description_get_family(found.get())) != kFontFamily) {
    return Error{Code::Unavailable, "font_missing", {{"font", kFontFamily}}};
  }
  const auto letter = lackedLetter(font.get(), text);
  if (!letter.empty()) return Error{Code::RuleRefused, "font_lacks_letter", {{"letter", letter}}};
  return kDone;
}

void applyAlignment(PangoLayout* layout, Align align) {
  pango_layout_set_alignment(layout,
                             align == Align::Centre  ? PANGO_ALIGN_CENTER
                             : align == Align::Right ? PANGO_ALIGN_RIGHT
                                                     : PANGO_ALIGN_LEFT);
  pango_layout_set_justify(layout, align == Align::Justify ? TRUE : FALSE);
}

}  // namespace

Canvas::Canvas(double width, double height)
    : surface_(cairo_pdf_surface_create_for_stream(&collect, &bytes_, width, height)),
      context_(cairo_create(surface_.get())) {
  // Cairo would write the present time.
  cairo_pdf_surface_set_metadata(
      surface_.get(), CAIRO_PDF_METADATA_CREATE_DATE, "2026-01-01T00:00:00Z");
}

Canvas::~Canvas() {
  cairo_surface_finish(surface_.get());
}

Bytes Canvas::finish() {
  context_.reset();
  cairo_surface_finish(surface_.get());
  const auto status = cairo_surface_status(surface_.get());
  if (status != CAIRO_STATUS_SUCCESS) throw std::runtime_error(cairo_status_to_string(status));
  return std::move(bytes_);
}

Result<Layout> layOut(cairo_t* context,
                      std::string_view text,
                      const TextStyle& style,
                      double width) {
  const auto composed = toNfc(text);
  if (!composed) return Error{Code::Malformed, "text_not_utf8"};
  Layout layout(pango_cairo_create_layout(context));
  auto* settings = pango_layout_get_context(layout.get());
  pango_cairo_context_set_resolution(settings, 72);  // one Pango point is one PDF point
  pango_context_set_round_glyph_positions(settings, FALSE);
  const std::unique_ptr<cairo_font_options_t, decltype(&cairo_font_options_destroy)> options(
      cairo_font_options_create(), &cairo_font_options_destroy);
  cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(settings, options.get());
  pango_layout_context_changed(layout.get());

  const auto description = describe(style);
  const auto covered = checkCoverage(layout.get(), description.get(), *composed);
  if (!covered) return covered.error();
  pango_layout_set_font_description(layout.get(), description.get());
  pango_layout_set_text(layout.get(), composed->data(), static_cast<int>(composed->size()));
  pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
  pango_layout_set_indent(layout.get(), static_cast<int>(style.indent * PANGO_SCALE));
  pango_layout_set_line_spacing(layout.get(), static_cast<float>(style.line_factor));
  if (width > 0) pango_layout_set_width(layout.get(), static_cast<int>(width * PANGO_SCALE));
  applyAlignment(layout.get(), style.align);
  return layout;
}

Extent extentOf(const Layout& layout) {
  PangoRectangle logical{};
  pango_layout_get_extents(layout.get(), nullptr, &logical);
  return {static_cast<double>(logical.width) / PANGO_SCALE,
          static_cast<double>(logical.height) / PANGO_SCALE,
          static_cast<double>(pango_layout_get_baseline(layout.get())) / PANGO_SCALE};
}

void showAt(cairo_t* context, const Layout& layout, double x, double y) {
  cairo_move_to(context, x, y);
  pango_cairo_show_layout(context, layout.get());
}

}  // namespace congvan::print
