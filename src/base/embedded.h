// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string_view>

/// Files that travel inside the program (`congvan_embed` in tools/cmake/Embed.cmake).
namespace congvan {

struct EmbeddedFile {
  std::string_view name;  ///< without folder and extension
  std::string_view text;
};

inline std::optional<std::string_view> embeddedText(std::span<const EmbeddedFile> files,
                                                    std::string_view name) {
  for (const auto& file : files)
    if (file.name == name) return file.text;
  return std::nullopt;
}

}  // namespace congvan
