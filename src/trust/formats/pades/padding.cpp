// SPDX-License-Identifier: Apache-2.0
#include "trust/formats/pades/padding.h"

#include "trust/formats/timestamp/ber.h"

namespace congvan::pades {

BytesView withoutPadding(BytesView contents) {
  const auto size = timestamp::elementSize(contents);
  return size ? contents.first(*size) : contents;
}

}  // namespace congvan::pades
