// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "trust/pdf/drawing.h"

#include <optional>
#include <string>
#include <vector>

/// DESIGN decision 8: our own documents are prepared once. One revision adds every field the route
/// needs; later acts only fill fields, and the seal locks those that the route filled.
namespace congvan::pades {

/// Points (1/72 inch) from the lower left corner of the page *as it is shown* (after /Rotate).
struct Rectangle {
  double left = 0;
  double bottom = 0;
  double width = 0;
  double height = 0;
};

struct Place {
  std::size_t page = 0;  ///< 0-based
  Rectangle rectangle;
};

enum class FieldRole { Signature, Text };

/// What becomes locked when a signature field is signed (/Lock, FieldMDP).
enum class Locking {
  Named,    ///< the fields in `locks`, which may be none
  Present,  ///< those that are in the file with the same revision, but not those that stay open
  All,      ///< also any that comes later
};

struct NewField {
  std::string name;  ///< partial name, no dots
  FieldRole role = FieldRole::Signature;
  std::optional<Place> place;        ///< nullopt: invisible (signatures only)
  Locking locking = Locking::Named;  ///< of a signature field
  std::vector<std::string> locks;
  bool stays_open = false;     ///< for what `Present` would lock
  bool several_lines = false;  ///< text fields
  std::string tooltip;         ///< /TU, what a screen reader says
};

/// One incremental revision that adds `fields`, to be appended to `file`.
///
/// Malformed `pdf_malformed`, `pdf_encrypted`, `pdf_damaged` (a file QPDF would have to repair).
/// Conflict `field_exists`. NotFound `page_missing`. RuleRefused `certified_no_changes`: an earlier
/// certification signature forbids it.
Result<Bytes> addFields(BytesView file, const std::vector<NewField>& fields);

/// A ready-made appearance: the page of a one-page PDF (as edge/print draws it), read once. Who
/// signs often with the same one keeps it; copies share it, safe from any thread.
struct Appearance {
  pdf::Drawing drawing;

  /// Malformed `appearance_malformed`: not a PDF of exactly one page, or one with odd content.
  /// TooLarge `appearance_too_large`: over 4 MiB or 4,096 objects.
  static Result<Appearance> prepare(BytesView one_page_pdf);
};

struct TextFill {
  std::string field;
  std::string value;
  std::optional<Appearance> appearance;  ///< nullopt: none
};

/// The names of all terminal fields, with `signed` telling signature fields that carry a value.
struct FieldState {
  std::string name;
  FieldRole role;
  bool filled = false;
};
Result<std::vector<FieldState>> fields(BytesView file);

/// Number of pages, and the shown size of each in points.
struct PageSize {
  double width = 0;
  double height = 0;
};
Result<std::vector<PageSize>> pages(BytesView file, std::size_t most = 10'000);

}  // namespace congvan::pades
