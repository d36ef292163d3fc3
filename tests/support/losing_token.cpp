// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>

/// SoftHSM2 behind a module of its own. Whenever the file that CONGVAN_LOSE names is there, the
/// next signature is refused with the number in it, every session is closed first, and the file
/// goes.
namespace {

CK_FUNCTION_LIST real;
CK_FUNCTION_LIST ours;

CK_RV toldToLose() {
  const char* name = std::getenv("CONGVAN_LOSE");
  std::FILE* file = name == nullptr ? nullptr : std::fopen(name, "r");
  if (file == nullptr) return CKR_OK;
  unsigned long result = CKR_OK;
  if (std::fscanf(file, "%lu", &result) != 1) result = CKR_OK;
  std::fclose(file);
  std::remove(name);
  return result;
}

CK_RV sign(CK_SESSION_HANDLE session,
           CK_BYTE_PTR data,
           CK_ULONG size,
           CK_BYTE_PTR value,
           CK_ULONG_PTR value_size) {
  const auto told = toldToLose();
  if (told == CKR_OK) return real.C_Sign(session, data, size, value, value_size);
  CK_SESSION_INFO about{};
  if (real.C_GetSessionInfo(session, &about) == CKR_OK) real.C_CloseAllSessions(about.slotID);
  return told;
}

}  // namespace

extern "C" CK_RV C_GetFunctionList(CK_FUNCTION_LIST** list) {
  void* library = ::dlopen("/usr/lib/softhsm/libsofthsm2.so", RTLD_NOW | RTLD_LOCAL);
  const auto get = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
  CK_FUNCTION_LIST* functions = nullptr;
  const auto got = get(&functions);
  if (got != CKR_OK) return got;
  real = *functions;
  ours = real;
  ours.C_Sign = sign;
  *list = &ours;
  return CKR_OK;
}
