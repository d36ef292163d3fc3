// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "trust/pdf/form.h"
#include "trust/pdf/qpdf.h"

#include <cstddef>
#include <string>

/// Reaching pages through the page tree. QPDF's own page list reads and checks every page first,
/// which costs ten times the hashing of a file with 20,000 pages. Internal to trust/pdf.
namespace congvan::pdf {

/// The page or the ancestor by /Parent that has `key`; null: none.
QPDFObjectHandle inheritedHolder(QPDFObjectHandle page, const std::string& key);
/// A page attribute that may stand in an ancestor (ISO 32000-2 7.7.3.4); null: nowhere.
QPDFObjectHandle inheritedKey(QPDFObjectHandle page, const std::string& key);

/// NotFound `page_missing`. Malformed `pdf_damaged`: the tree is no tree.
Result<QPDFObjectHandle> findPage(QPDF& pdf, std::size_t index);

/// TooLarge `too_many_pages`. Malformed `pdf_damaged`.
Result<std::vector<QPDFObjectHandle>> allPages(QPDF& pdf, std::size_t most);

/// What of a page is shown, in its own coordinates, and how it is turned.
struct PageGeometry {
  double left = 0;
  double bottom = 0;
  double width = 0;
  double height = 0;
  int rotate = 0;  ///< clockwise, 0, 90, 180 or 270
  double user_unit = 1;

  bool sideways() const { return rotate == 90 || rotate == 270; }
};

PageGeometry geometryOf(QPDFObjectHandle page);
ShownSize shownSize(const PageGeometry& page);

struct UserRectangle {
  double left = 0;
  double bottom = 0;
  double right = 0;
  double top = 0;
};
bool isEmpty(const UserRectangle& place);

/// /Rect of a widget, its corners in order; empty when it is none.
UserRectangle widgetRectangle(QPDFObjectHandle widget);

/// From coordinates as shown to those of the page.
UserRectangle toUserSpace(const PageGeometry& page, const ShownRectangle& shown);

}  // namespace congvan::pdf
