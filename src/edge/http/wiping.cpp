// SPDX-License-Identifier: Apache-2.0
#include "edge/http/wiping.h"

#include "trust/crypto/secret.h"

#include <cstdlib>
#include <malloc.h>
#include <new>

namespace {

thread_local bool wiping_what_is_freed = false;

}  // namespace

namespace congvan::http {

WipingWhatIsFreed::WipingWhatIsFreed() : before_(wiping_what_is_freed) {
  wiping_what_is_freed = true;
}

WipingWhatIsFreed::~WipingWhatIsFreed() {
  wiping_what_is_freed = before_;
}

}  // namespace congvan::http

#ifndef CONGVAN_SANITIZED
// The library's `operator new` is malloc, and its other forms of `operator delete` call this one.
void operator delete(void* memory) noexcept {
  if (wiping_what_is_freed && memory != nullptr) {
    congvan::crypto::wipe(memory, malloc_usable_size(memory));
  }
  std::free(memory);  // NOLINT: this is what delete is made of
}
void operator delete(void* memory, std::size_t) noexcept {
  operator delete(memory);
}
#endif
