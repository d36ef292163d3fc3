// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/commands.h"
#include "trust/formats/timestamp/source.h"

#include <functional>
#include <memory>

namespace congvan::app {

/// Gives the time-stamping authority at a URL.
using TimestampSources =
    std::function<Result<std::unique_ptr<timestamp::Source>>(const std::string& url)>;

/// `congvan sign`; `sources` is asked only when the command line names an authority.
Exit signCommand(const Arguments& arguments, const TimestampSources& sources);

}  // namespace congvan::app
