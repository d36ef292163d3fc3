// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pdf/qpdf.h"
#include "trust/pdf/update.h"

#include <map>
#include <string>

/// Writing QPDF's objects as text without resolving what they refer to. Internal to trust/pdf.
///
/// QPDF's own `unparse` drops dictionary keys whose reference leads nowhere *yet*, as those to the
/// objects of the update under construction do.
namespace congvan::pdf {

ObjectId idOf(const QPDFObjectHandle& object);

/// Keys (with slash) whose value is replaced or added; an empty text removes the key.
using Overrides = std::map<std::string, std::string>;

/// A reference when `object` is indirect, else its text.
std::string textOf(QPDFObjectHandle object);
/// The text of a dictionary itself, even if it is indirect.
std::string dictionaryText(QPDFObjectHandle dictionary, const Overrides& overrides = {});
/// The items of an array itself, and `more` after them.
std::string arrayText(QPDFObjectHandle array, const std::string& more = {});

}  // namespace congvan::pdf
