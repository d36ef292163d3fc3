// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <filesystem>
#include <memory>
#include <p11-kit/pkcs11.h>
#include <string_view>

namespace congvan::pkcs11 {

/// A PKCS#11 module, loaded and initialised for threads. It is never unloaded: modules are known to
/// hang or crash there, and the process that has one ends with it.
class Module {
 public:
  /// Unavailable `token_module_unusable`.
  static Result<Module> load(const std::filesystem::path& file);
  const CK_FUNCTION_LIST* operator->() const { return functions_; }

 private:
  explicit Module(const CK_FUNCTION_LIST* functions) : functions_(functions) {}
  const CK_FUNCTION_LIST* functions_;
};

/// `C_Sign: 0x30`, for the log.
std::string callDetail(std::string_view call, CK_RV result);

}  // namespace congvan::pkcs11
