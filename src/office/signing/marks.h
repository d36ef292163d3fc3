// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "trust/formats/pades/prepare_fields.h"

#include <string>

namespace congvan::signing {

struct PersonMark {
  std::string name;
  std::string post;  ///< with capacity: `KT. CHỦ TỊCH` / `PHÓ CHỦ TỊCH`
  std::string time;  ///< as printed, +07:00
  double width = 0;  ///< points of the field
  double height = 0;
};

struct SealMark {
  std::string agency;
  std::string time;
  double width = 0;
  double height = 0;
};

/// Dates are set in italics (NĐ 30/2020 annex I), numbers upright.
enum class TextFace { Upright, Italic };

struct TextMark {
  std::string text;
  TextFace face = TextFace::Upright;
  double width = 0;
  double height = 0;
};

/// A port: draws marks (edge/print, Cairo and Pango, which read fonts and so cannot be in trust).
/// RuleRefused `font_lacks_letter`. Safe from any thread; the same mark is the same bytes.
class Marks {
 public:
  virtual ~Marks() = default;
  virtual Result<pades::Appearance> person(const PersonMark& mark) = 0;
  virtual Result<pades::Appearance> initials(const PersonMark& mark) = 0;
  virtual Result<pades::Appearance> seal(const SealMark& mark) = 0;
  virtual Result<pades::Appearance> text(const TextMark& mark) = 0;
};

}  // namespace congvan::signing
