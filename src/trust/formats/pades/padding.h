// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"

namespace congvan::pades {

/// The one BER value that `contents` begins with, without the zeros that pad it; all of `contents`
/// when it is none. Indefinite lengths are followed.
BytesView withoutPadding(BytesView contents);

}  // namespace congvan::pades
