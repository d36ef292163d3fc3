// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pdf/qpdf.h"

/// The store of validation data, /DSS (EN 319 142-1, 5.4.2.2), as far as comparing revisions needs
/// it. Internal to trust/pdf.
namespace congvan::pdf {

/// The form of /DSS and of what it points to.
bool isValidationStore(QPDFObjectHandle store);

/// Some makers replace the store by one for the latest timestamp, which is lawful; taking away
/// without adding is not.
bool onlyTakesAway(QPDFObjectHandle before, QPDFObjectHandle after);

}  // namespace congvan::pdf
