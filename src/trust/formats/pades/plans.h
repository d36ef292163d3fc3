// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/formats/pades/prepare_fields.h"
#include "trust/pdf/form.h"

/// From this room's words to those of trust/pdf. Internal to formats/pades.
namespace congvan::pades {

pdf::Spot spotOf(const Place& place);

}  // namespace congvan::pades
