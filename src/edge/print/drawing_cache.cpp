// SPDX-License-Identifier: Apache-2.0
#include "edge/print/drawing_cache.h"

namespace congvan::print {
namespace {

/// Parts with their lengths, so that no two different lists give the same key.
std::string keyOf(std::initializer_list<std::string_view> parts, Size size) {
  auto key = std::to_string(size.width) + "x" + std::to_string(size.height);
  for (const auto part : parts) key += ":" + std::to_string(part.size()) + ":" + std::string(part);
  return key;
}

}  // namespace

Result<DrawingCache::Drawing> DrawingCache::find(std::string key,
                                                 const std::function<Result<Bytes>()>& draw) {
  {
    const std::scoped_lock lock(guard_);
    const auto found = by_key_.find(key);
    if (found != by_key_.end()) {
      recent_.splice(recent_.begin(), recent_, found->second);
      return found->second->drawing;
    }
  }
  auto drawn = draw();  // outside of the lock: two threads may draw the same, to the same bytes
  if (!drawn) return drawn.error();
  auto appearance = pades::Appearance::prepare(*drawn);
  if (!appearance) return appearance.error();
  auto drawing = std::make_shared<const pades::Appearance>(std::move(*appearance));
  keep(key, drawing);
  return drawing;
}

void DrawingCache::keep(const std::string& key, const Drawing& drawing) {
  const std::scoped_lock lock(guard_);
  if (by_key_.contains(key)) return;
  recent_.push_front({key, drawing});
  by_key_[key] = recent_.begin();
  bytes_ += key.size() + drawing->drawing.bytes();
  while (bytes_ > bytes_max_ && !recent_.empty()) {
    const auto& oldest = recent_.back();
    bytes_ -= oldest.key.size() + oldest.drawing->drawing.bytes();
    by_key_.erase(oldest.key);
    recent_.pop_back();
  }
}

Result<DrawingCache::Drawing> DrawingCache::mark(const MarkText& text, Size size) {
  auto key =
      keyOf({"mark", text.name, text.post, text.organization, text.time, asText(text.image)}, size);
  return find(std::move(key), [&] { return drawMark(text, size); });
}

Result<DrawingCache::Drawing> DrawingCache::image(BytesView png, Size size) {
  return find(keyOf({"image", asText(png)}, size), [&] { return drawImage(png, size); });
}

Result<DrawingCache::Drawing> DrawingCache::fieldValue(const std::string& value,
                                                       Size size,
                                                       const FieldLook& look) {
  const auto face = look.face == FieldFace::Italic ? "italic" : "upright";
  auto key = keyOf({"value", value, face, std::to_string(look.font_size)}, size);
  return find(std::move(key), [&] { return drawFieldValue(value, size, look); });
}

}  // namespace congvan::print
