// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/audit/trail.h"
#include "office/directory/types.h"

namespace congvan::directory {

/// The caller as an audit event names it.
inline audit::Actor actor(const Caller& caller) {
  return {caller.person.value, caller.post.value, caller.agency.value};
}

}  // namespace congvan::directory
