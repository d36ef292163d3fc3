// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pdf/qpdf.h"
#include "trust/pdf/update.h"

#include <functional>
#include <map>
#include <string>

/// Writing QPDF's objects as text without resolving what they refer to. Internal to trust/pdf.
///
/// QPDF's own `unparse` drops dictionary keys whose reference leads nowhere *yet*, as those to the
/// objects of the update under construction do, and cannot renumber.
namespace congvan::pdf {

ObjectId idOf(const QPDFObjectHandle& object);

using Renumber = std::function<ObjectId(const QPDFObjectHandle&)>;
/// Keys (with slash) whose value is replaced or added; an empty text removes the key.
using Overrides = std::map<std::string, std::string>;

/// A reference when `object` is indirect, else its text.
std::string textOf(QPDFObjectHandle object, const Renumber& renumber = idOf);
/// The text of a dictionary itself, even if it is indirect.
std::string dictionaryText(QPDFObjectHandle dictionary,
                           const Overrides& overrides = {},
                           const Renumber& renumber = idOf);
/// The items of an array itself, and `more` after them.
std::string arrayText(QPDFObjectHandle array,
                      const std::string& more = {},
                      const Renumber& renumber = idOf);

}  // namespace congvan::pdf
