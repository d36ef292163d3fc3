// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "edge/print/mark.h"

#include <string>
#include <vector>

/// Official documents laid out by NĐ 30/2020/NĐ-CP, annex I: A4, margins 20/20/30/15 mm, text of
/// size 13 to 14, the motto at the right, the agency at the left, number and date left open for
/// form fields.
namespace congvan::print {

struct DirectiveText {
  std::string parent_agency;  ///< line above the agency; may be empty
  std::string agency;         ///< `ỦY BAN NHÂN DÂN\nTỈNH …`
  std::string place;          ///< of the date line: `An Bình`
  std::string type;           ///< `CHỈ THỊ`
  std::string abstract;       ///< trích yếu: `Về việc …`
  std::vector<std::string>
      paragraphs;  ///< one beginning with `1. ` or `a) ` is a heading or a point
  std::vector<std::string> recipients;  ///< without the dash; the last ends with a full stop
  std::string capacity;                 ///< `TM. ỦY BAN NHÂN DÂN`
  std::string post;                     ///< `CHỦ TỊCH`
  std::string signer;                   ///< full name
};

/// Points from the lower left corner of the page, as pades::Place takes them.
struct Slot {
  std::size_t page = 0;
  double left = 0;
  double bottom = 0;
  double width = 0;
  double height = 0;
  FieldLook look;  ///< of a text slot
};

struct Directive {
  Bytes pdf;
  std::size_t pages = 0;
  Slot number;     ///< after `Số: `
  Slot date;       ///< after the place: `ngày … tháng … năm …`
  Slot initials;   ///< ký nháy: at the right end of the last paragraph
  Slot signature;  ///< between post and name
  Slot seal;       ///< over the left third of the signature, 36 mm as a province's seal is
};

/// Refusals as in mark.h.
Result<Directive> drawDirective(const DirectiveText& text);

/// The directive of the demonstration: an invented province, office and persons.
DirectiveText demonstrationDirective();

}  // namespace congvan::print
