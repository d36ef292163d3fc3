// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pdf/qpdf.h"

/// The structure tree (ISO 32000-2, 14.7) between two revisions. Internal to trust/pdf.
namespace congvan::pdf {

/// The tree may grow, as when a new widget is tagged; what it says about older content stays. True:
/// a node of it, or the tree's root, says something else about that.
bool saysOtherText(QPDFObjectHandle before, QPDFObjectHandle after);

}  // namespace congvan::pdf
