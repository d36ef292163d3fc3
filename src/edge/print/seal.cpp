// SPDX-License-Identifier: Apache-2.0
#include "edge/print/canvas.h"
#include "edge/print/mark.h"

#include <cmath>
#include <memory>
#include <numbers>

namespace congvan::print {
namespace {

constexpr int kSealPixels = 600;
constexpr double kCentre = kSealPixels / 2.0;

cairo_status_t pushPng(void* closure, const unsigned char* data, unsigned int size) {
  append(*static_cast<Bytes*>(closure), BytesView(data, size));
  return CAIRO_STATUS_SUCCESS;
}

void ring(cairo_t* context, double radius, double thickness) {
  cairo_set_line_width(context, thickness);
  cairo_new_path(context);
  cairo_arc(context, kCentre, kCentre, radius, 0, 2 * std::numbers::pi);
  cairo_stroke(context);
}

void star(cairo_t* context, double radius) {
  cairo_new_path(context);
  for (int point = 0; point < 10; ++point) {
    const auto reach = point % 2 == 0 ? radius : radius * 0.382;  // a regular pentagram
    const auto angle = -std::numbers::pi / 2 + point * std::numbers::pi / 5;
    cairo_line_to(
        context, kCentre + reach * std::cos(angle), kCentre - 45 + reach * std::sin(angle));
  }
  cairo_close_path(context);
  cairo_fill(context);
}

/// The letters one by one, each upright on the circle, centred on its top.
Result<> rim(cairo_t* context, const std::string& text, double radius) {
  std::vector<Layout> letters;
  double total = 0;
  const char* end = text.data() + text.size();
  for (const char* at = text.data(); at < end; at = g_utf8_next_char(at)) {
    const std::string letter(at, static_cast<const char*>(g_utf8_next_char(at)));
    auto layout = layOut(context, letter, {.size = 46, .face = Face::Bold});
    if (!layout) return layout.error();
    total += extentOf(*layout).width + 4;
    letters.push_back(std::move(*layout));
  }
  auto angle = -total / radius / 2;
  for (const auto& letter : letters) {
    const auto extent = extentOf(letter);
    angle += (extent.width + 4) / radius / 2;
    cairo_save(context);
    cairo_translate(context, kCentre, kCentre);
    cairo_rotate(context, angle);
    showAt(context, letter, -extent.width / 2, -radius - extent.baseline);
    cairo_restore(context);
    angle += (extent.width + 4) / radius / 2;
  }
  return kDone;
}

}  // namespace

Result<Bytes> demonstrationSeal(const std::string& around, const std::string& middle) {
  const std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)> surface(
      cairo_image_surface_create(CAIRO_FORMAT_ARGB32, kSealPixels, kSealPixels),
      &cairo_surface_destroy);
  const std::unique_ptr<cairo_t, decltype(&cairo_destroy)> context(cairo_create(surface.get()),
                                                                   &cairo_destroy);
  cairo_set_source_rgba(context.get(), 0.85, 0.05, 0.05, 0.85);
  ring(context.get(), 290, 12);
  ring(context.get(), 200, 4);
  star(context.get(), 70);
  const auto rimmed = rim(context.get(), around, 222);
  if (!rimmed) return rimmed.error();
  const auto label =
      layOut(context.get(), middle, {.size = 44, .face = Face::Bold, .align = Align::Centre}, 340);
  if (!label) return label.error();
  showAt(context.get(), *label, kCentre - 170, kCentre + 40);
  Bytes png;
  cairo_surface_write_to_png_stream(surface.get(), &pushPng, &png);
  return png;
}

}  // namespace congvan::print
