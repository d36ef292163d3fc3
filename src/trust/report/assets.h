// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

/// Files of this folder, built into the program (assets.cpp.in).
namespace congvan::report::assets {

extern const std::string_view kPage;
extern const std::string_view kVietnamese;
extern const std::string_view kEnglish;

}  // namespace congvan::report::assets
