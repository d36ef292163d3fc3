// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

#include <string>
#include <vector>

/// Drawing what a signature or a filled field looks like: each function returns a one-page PDF of
/// exactly the size asked for, which pades::Appearance takes. Same arguments, same bytes. Safe from
/// any thread.
///
/// All refuse: Malformed `text_not_utf8`, RuleRefused `font_lacks_letter`, Unavailable
/// `font_missing`, Malformed `mark_size` (not between 4 and 2,000 points).
namespace congvan::print {

struct Size {
  double width = 0;
  double height = 0;
};

/// A person's mark. Empty lines are left out.
struct MarkText {
  std::string name;          ///< `Ký bởi: …`
  std::string post;          ///< `Chức vụ: …`
  std::string organization;  ///< `Cơ quan: …`
  std::string time;          ///< `Thời gian ký: …`, as `markTime` writes it
  Bytes image;               ///< PNG of the hand signature, to the left of the text; may be empty
};

/// `22.11.2026 09:13:05 +07:00`, as offices of the Government write it.
std::string markTime(Instant instant);

/// Text in blue, as large as fits (at most 11 points). RuleRefused `mark_too_small`: less than 4
/// points would fit. As `drawImage` for the image.
Result<Bytes> drawMark(const MarkText& text, Size size);

/// A seal or a hand signature: `png` scaled evenly into `size`, its transparency kept.
/// Malformed `image_malformed`; TooLarge `image_too_large`: over 4 MiB or 4,096 pixels a side.
Result<Bytes> drawImage(BytesView png, Size size);

enum class FieldFace { Upright, Italic };

struct FieldLook {
  double font_size = 13;
  FieldFace face = FieldFace::Upright;
};

/// The value of a text field (number, date): one line, from the left edge, its baseline where
/// `layOut` puts it from the top; made smaller when it is too wide.
Result<Bytes> drawFieldValue(const std::string& value, Size size, const FieldLook& look = {});

/// A round seal in red as PNG with transparency, 600 pixels a side: `around` along the rim,
/// `middle` below a star. For the demonstration only; real agencies bring their own image.
Result<Bytes> demonstrationSeal(const std::string& around, const std::string& middle);

/// Sets up fonts for the calling thread; the first drawing of a thread costs 13 to 40 ms otherwise.
/// Unavailable `font_missing`; RuleRefused `font_lacks_letter`: the installed family lacks a
/// Vietnamese letter, so the service should not start.
Result<> warmUp();

}  // namespace congvan::print
