// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "edge/http/router.h"

#include <filesystem>

namespace congvan::app {

/// Serves the built pages (build/web): hashed files for ever, index.html for every other path of
/// the application. Content types are a fixed list; anything outside the folder does not exist.
void addPageRoutes(http::Router& router, const std::filesystem::path& folder);

}  // namespace congvan::app
