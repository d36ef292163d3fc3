// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "edge/pkcs11/frame.h"
#include "edge/pkcs11/token_keys.h"

/// The signer process: it alone loads the module and reads the PIN.
namespace congvan::pkcs11 {

/// No core file, no debugger of the same user, no way to more rights than the process has.
void giveUpPrivileges();

/// Answers what comes from the service, several at once, until the socket ends, then ends the
/// process: the service is gone or wants another one. It ends as well after it has told that the
/// token is gone or the module cannot be used, and at a message that it cannot read.
[[noreturn]] void serveKeys(Descriptor service, const TokenOptions& options);

}  // namespace congvan::pkcs11
