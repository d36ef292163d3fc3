// SPDX-License-Identifier: Apache-2.0
#include "edge/pkcs11/module.h"

#include "base/encoding.h"

#include <array>
#include <dlfcn.h>

namespace congvan::pkcs11 {
namespace {

Error unusable(std::string detail) {
  return {Code::Unavailable, "token_module_unusable", {}, std::move(detail)};
}

}  // namespace

std::string callDetail(std::string_view call, CK_RV result) {
  std::array<char, 32> number{};
  std::snprintf(number.data(), number.size(), ": 0x%lx", result);
  return std::string(call) + number.data();
}

Result<Module> Module::load(const std::filesystem::path& file) {
  void* library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return unusable(::dlerror());
  void* symbol = ::dlsym(library, "C_GetFunctionList");
  if (symbol == nullptr) return unusable(file.string() + ": no C_GetFunctionList");
  const auto list = reinterpret_cast<CK_C_GetFunctionList>(symbol);  // NOLINT: as POSIX has dlsym
  CK_FUNCTION_LIST* functions = nullptr;
  const auto listed = list(&functions);
  if (listed != CKR_OK || functions == nullptr) {
    return unusable(callDetail("C_GetFunctionList", listed));
  }
  CK_C_INITIALIZE_ARGS arguments{};
  arguments.flags = CKF_OS_LOCKING_OK;
  const auto ready = functions->C_Initialize(&arguments);
  if (ready != CKR_OK) return unusable(callDetail("C_Initialize", ready));
  return Module(functions);
}

}  // namespace congvan::pkcs11
