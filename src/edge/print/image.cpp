// SPDX-License-Identifier: Apache-2.0
#include "edge/print/image.h"

#include <algorithm>
#include <cstring>
#include <memory>

namespace congvan::print {
namespace {

constexpr std::size_t kPngBytes = 4U << 20U;
constexpr std::uint32_t kPngSide = 4096;
constexpr std::string_view kPngStart = "\x89PNG\r\n\x1a\n";

cairo_status_t pull(void* closure, unsigned char* to, unsigned int size) {
  auto& left = *static_cast<BytesView*>(closure);
  if (left.size() < size) return CAIRO_STATUS_READ_ERROR;
  std::memcpy(to, left.data(), size);
  left = left.subspan(size);
  return CAIRO_STATUS_SUCCESS;
}

std::uint32_t bigEndian(BytesView at) {
  return (std::uint32_t{at[0]} << 24U) | (std::uint32_t{at[1]} << 16U) |
         (std::uint32_t{at[2]} << 8U) | at[3];
}

/// The size is read before decoding: 4 MiB of PNG can inflate to many gigabytes.
Result<> checkPng(BytesView png) {
  if (png.size() > kPngBytes) return Error{Code::TooLarge, "image_too_large"};
  if (png.size() < 33 || asText(png).substr(0, 8) != kPngStart ||
      asText(png).substr(12, 4) != "IHDR") {
    return Error{Code::Malformed, "image_malformed"};
  }
  if (bigEndian(png.subspan(16)) > kPngSide || bigEndian(png.subspan(20)) > kPngSide) {
    return Error{Code::TooLarge, "image_too_large"};
  }
  return kDone;
}

}  // namespace

Result<> showPng(cairo_t* context, BytesView png, const Area& area) {
  const auto checked = checkPng(png);
  if (!checked) return checked;
  auto left = png;
  const std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)> image(
      cairo_image_surface_create_from_png_stream(&pull, &left), &cairo_surface_destroy);
  if (cairo_surface_status(image.get()) != CAIRO_STATUS_SUCCESS) {
    return Error{Code::Malformed, "image_malformed"};
  }
  const double width = cairo_image_surface_get_width(image.get());
  const double height = cairo_image_surface_get_height(image.get());
  if (width <= 0 || height <= 0) return Error{Code::Malformed, "image_malformed"};
  const auto scale = std::min(area.width / width, area.height / height);
  cairo_save(context);
  cairo_translate(context,
                  area.left + (area.width - width * scale) / 2,
                  area.top + (area.height - height * scale) / 2);
  cairo_scale(context, scale, scale);
  cairo_set_source_surface(context, image.get(), 0, 0);
  cairo_paint(context);
  cairo_restore(context);
  return kDone;
}

}  // namespace congvan::print
