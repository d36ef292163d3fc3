// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trust/tlog/hash.h"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

/// Where the external vectors are: `CONGVAN_CORPORA`, else the folder beside the checkout.
namespace congvan::tlog::testing {

inline std::optional<std::filesystem::path> corpus() {
  const auto* const named = std::getenv("CONGVAN_CORPORA");
  std::filesystem::path folder = named != nullptr ? named : CONGVAN_SOURCE_DIR "/../shared/corpora";
  folder /= "tlog";
  if (!std::filesystem::is_directory(folder)) return std::nullopt;
  return folder;
}

inline nlohmann::json readJson(const std::filesystem::path& file) {
  std::ifstream stream(file);
  return nlohmann::json::parse(stream);
}

/// Some vectors carry hashes of another length, which our type cannot hold: such a text is taken as
/// the SHA-256 of itself, so that equal stays equal and different stays different within one
/// `kind`.
inline Hash hashOrStandIn(const std::string& base64, const std::string& kind) {
  const auto hash = parseHashText(base64);
  return hash ? *hash : sha256(asBytes(kind + base64));
}

}  // namespace congvan::tlog::testing
