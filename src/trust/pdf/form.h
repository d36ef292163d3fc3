// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "trust/pdf/drawing.h"

#include <optional>
#include <string>
#include <vector>

/// The interactive form of a PDF (ISO 32000-2 12.7): what fields there are, and revisions that add
/// fields or put a signature (12.8) and values into them.
///
/// Every function opens the file strictly: `pdf_malformed`, `pdf_encrypted`, `pdf_damaged`.
namespace congvan::pdf {

/// Points from the lower left corner of the page *as it is shown*: crop box, /Rotate and /UserUnit
/// applied.
struct ShownRectangle {
  double left = 0;
  double bottom = 0;
  double width = 0;
  double height = 0;
};

struct Spot {
  std::size_t page = 0;  ///< 0-based
  ShownRectangle rectangle;
};

enum class FieldKind { Signature, Text, Other };

struct FieldFound {
  std::string name;  ///< full, parts joined by dots
  FieldKind kind = FieldKind::Other;
  bool filled = false;
};

/// Which fields a signature field locks when it is signed (12.7.5.5).
enum class Locking {
  Named,    ///< those in `locks`
  Present,  ///< those that the file has after this revision, but not those that stay open
  All,
};

struct FieldPlan {
  std::string name;
  FieldKind kind = FieldKind::Signature;
  std::optional<Spot> spot;
  Locking locking = Locking::Named;
  std::vector<std::string> locks;
  bool stays_open = false;     ///< for what `Locking::Present` would lock
  bool several_lines = false;  ///< of a text
  std::string tooltip;
};

struct ShownSize {
  double width = 0;
  double height = 0;
};

/// All terminal fields in the order of the tree. TooLarge `pdf_too_complex`.
Result<std::vector<FieldFound>> listFields(BytesView file);

/// The pages in order. TooLarge `too_many_pages`: there are more than `most`.
Result<std::vector<ShownSize>> listPages(BytesView file, std::size_t most);

/// The revision that adds `plans`, to be appended to `file`.
///
/// Malformed `field_name`: empty, with a dot, not UTF-8, or twice in `plans`. Malformed
/// `field_rectangle`: not finite or without extent. Conflict `field_exists`. NotFound
/// `page_missing`. RuleRefused `place_outside_page`, `certified_no_changes`. Conflict
/// `field_locked`: a signature locked every field.
Result<Bytes> appendFields(BytesView file, const std::vector<FieldPlan>& plans);

struct ValuePlan {
  std::string field;
  std::string value;
  std::optional<Drawing> appearance;  ///< nullopt: the field gets no appearance
};

struct SignaturePlan {
  std::string field;
  std::optional<Spot> spot;           ///< of a new field
  std::optional<Drawing> appearance;  ///< nullopt: none
  std::vector<ValuePlan> values;
  std::string signer_name;
  std::string reason;
  std::string location;
  std::string time;           ///< a PDF date, `D:20261122091305+07'00'`
  std::size_t hole_size = 0;  ///< hex digits
};

struct SignatureUpdate {
  Bytes bytes;              ///< with /ByteRange filled in and the hole full of zeros
  std::size_t hole_at = 0;  ///< of the first hex digit, in `bytes`
};

/// The revision that signs: an existing empty signature field is filled, keeping its rectangle, or
/// a new one is added; `values` go into text fields.
///
/// As `appendFields`, and Conflict `field_already_signed`, `field_not_signature`, `field_not_text`,
/// `field_locked`, `field_seed_value` (the field makes demands on signatures that are not met
/// here). NotFound `field_missing` (of a value).
Result<SignatureUpdate> appendSignature(BytesView file, const SignaturePlan& plan);

/// The revision that holds a document time-stamp (12.8.5), in an invisible field of its own. No
/// lock and no certification level stands against it: it shows nothing and prolongs what is there.
/// `hole_size` in hex digits.
Result<SignatureUpdate> appendTimestamp(BytesView file, std::size_t hole_size);

}  // namespace congvan::pdf
