// SPDX-License-Identifier: Apache-2.0
#include "app/print_marks.h"

#include "app/files.h"

namespace congvan::app {
namespace {

Result<pades::Appearance> appearance(const Result<print::DrawingCache::Drawing>& drawn) {
  if (!drawn) return drawn.error();
  return **drawn;
}

/// `TM. ỦY BAN NHÂN DÂN\nChủ tịch` on one line.
std::string onOneLine(std::string text) {
  for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at))
    text.replace(at, 1, ", ");
  return text;
}

}  // namespace

Result<pades::Appearance> PrintMarks::person(const signing::PersonMark& mark) {
  return appearance(drawings_.mark({.name = mark.name,
                                    .post = onOneLine(mark.post),
                                    .organization = {},
                                    .time = mark.time,
                                    .image = {}},
                                   {mark.width, mark.height}));
}

Result<pades::Appearance> PrintMarks::initials(const signing::PersonMark& mark) {
  return appearance(
      drawings_.mark({.name = mark.name, .post = {}, .organization = {}, .time = {}, .image = {}},
                     {mark.width, mark.height}));
}

Result<pades::Appearance> PrintMarks::seal(const signing::SealMark& mark) {
  const auto image = sealImage(mark.agency);
  if (!image) return image.error();
  return appearance(drawings_.image(*image, {mark.width, mark.height}));
}

Result<pades::Appearance> PrintMarks::text(const signing::TextMark& mark) {
  return appearance(drawings_.fieldValue(
      mark.text,
      {mark.width, mark.height},
      {.face = mark.face == signing::TextFace::Italic ? print::FieldFace::Italic
                                                      : print::FieldFace::Upright}));
}

Result<Bytes> PrintMarks::sealImage(const std::string& agency) {
  const std::lock_guard lock(mutex_);
  const auto known = images_.find(agency);
  if (known != images_.end()) return known->second;
  // The agency's name comes from the directory; as a file name it must not lead elsewhere.
  const bool plain = agency.find('/') == std::string::npos && agency.front() != '.';
  auto image = plain ? readFile(seals_ / (agency + ".png"), 4U << 20U)
                     : Result<Bytes>(Error{Code::NotFound, "input_unreadable"});
  if (!image) image = print::demonstrationSeal(agency, "");
  if (!image) return image;
  images_.emplace(agency, *image);
  return image;
}

}  // namespace congvan::app
