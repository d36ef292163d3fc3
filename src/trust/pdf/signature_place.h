// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pdf/changes.h"
#include "trust/pdf/page_tree.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

/// Where a later revision draws its signatures and what it fills in: a mark beside the text is an
/// ordinary way of signing, one that covers the page or another field says what nobody signed.
/// Internal to trust/pdf.
namespace congvan::pdf {

/// For a person, who has to look whether anything stands there: whole points from the corner below.
std::string placeInWords(const UserRectangle& place);

class SignaturePlaces {
 public:
  /// What putting `widget`, of a signature field, on `page` amounts to; nullopt: nothing is seen.
  std::optional<Change> added(QPDFObjectHandle page, QPDFObjectHandle widget);
  /// The same for signing or filling in `widget`, which stood on `page` before. Readers draw a text
  /// that has no look, so that the place alone counts there.
  std::optional<Change> filledIn(QPDFObjectHandle page, QPDFObjectHandle widget, bool signature);

 private:
  struct Placed {
    QPDFObjGen widget;
    UserRectangle place;
  };
  const std::vector<Placed>& widgetsOf(QPDFObjectHandle page);
  bool meetsAnother(QPDFObjectHandle page, QPDFObjectHandle widget);

  std::map<QPDFObjGen, std::vector<Placed>> widgets_;  ///< by page
  std::size_t compared_ = 0;
};

}  // namespace congvan::pdf
