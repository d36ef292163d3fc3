// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pdf/qpdf.h"

#include <set>
#include <string>
#include <vector>

/// Small questions to QPDF's values that never throw for a value of another kind. Internal to
/// trust/pdf.
namespace congvan::pdf {

using KeySet = std::set<std::string>;

/// The value of `key`, or null when `from` is no dictionary.
QPDFObjectHandle valueAt(QPDFObjectHandle from, const std::string& key);
KeySet keysOfBoth(QPDFObjectHandle before, QPDFObjectHandle after);
bool hasType(QPDFObjectHandle value, const char* type);
/// The values of an array, or the one value; none for null.
std::vector<QPDFObjectHandle> listOf(QPDFObjectHandle value);

/// Whether a widget has a normal appearance that draws anything.
bool drawsSomething(QPDFObjectHandle widget);

}  // namespace congvan::pdf
