// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"
#include "trust/tlog/check.h"
#include "trust/tlog/leaf.h"

#include <string>

/// What `congvan log` prints: one line for a person, Vietnamese ` / ` English, or JSON.
namespace congvan::app {

/// The sentences of a reason: `vi / en`.
std::string_view findingText(std::string_view reason);
std::string findingLine(const tlog::Finding& finding);
Json findingJson(const tlog::Finding& finding);

/// A line for an entry of one of our logs; hexadecimal when it is none.
std::string entryLine(std::uint64_t index, BytesView entry);
Json entryJson(std::uint64_t index, BytesView entry);

}  // namespace congvan::app
