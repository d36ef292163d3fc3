// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "trust/pdf/update.h"

#include <memory>

/// A ready drawing, which becomes a Form XObject (ISO 32000-2 8.10) of any number of files.
namespace congvan::pdf {

struct FormXObject {
  ObjectId id;
  double left = 0;  ///< of its /BBox
  double bottom = 0;
  double width = 0;
  double height = 0;
};

/// The page of a one-page PDF, read once: putting it into a file only copies bytes and writes
/// object numbers. Never changed and shared by copies: safe from any thread.
class Drawing {
 public:
  /// Malformed `appearance_malformed`: not a PDF of exactly one page, or one with odd content.
  /// TooLarge `appearance_too_large`: over 4 MiB or 4,096 objects.
  static Result<Drawing> prepare(BytesView one_page_pdf);

  /// Writes the page's content and everything it uses into `update` under new numbers.
  FormXObject putInto(Update& update) const;
  std::size_t bytes() const;  ///< of all its objects

 private:
  struct Parts;
  explicit Drawing(std::shared_ptr<const Parts> parts) : parts_(std::move(parts)) {}

  std::shared_ptr<const Parts> parts_;
};

}  // namespace congvan::pdf
