// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/pdf/qpdf.h"
#include "trust/pdf/signatures.h"

#include <optional>
#include <vector>

/// What a signature forbids to later revisions. One reading for signing and for verifying, and a
/// strict one: what is malformed forbids as much as it could have meant. Internal to trust/pdf.
namespace congvan::pdf {

struct Prohibitions {
  std::optional<int> doc_mdp;  ///< level of a certification, 1..3
  std::vector<FieldLock> locks;
};

/// /Reference of a signature dictionary (ISO 32000-2, 12.8.2.2 and 12.8.2.4).
Prohibitions prohibitionsOf(QPDFObjectHandle signature);

/// /Lock of a signature field (12.7.5.5).
FieldLock lockOf(QPDFObjectHandle dictionary);
/// The /P of it (PDF 2.0); nullopt: none.
std::optional<int> lockLevelOf(QPDFObjectHandle dictionary);

}  // namespace congvan::pdf
