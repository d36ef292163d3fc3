// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace congvan::crypto {

/// For the first lines of a program that judges files and ends: OpenSSL then neither registers the
/// names of all its ciphers, which judging never asks for, nor takes itself apart at the end.
/// Together a tenth of a short verification. Not for a program that reads encrypted keys.
void startForJudging();

}  // namespace congvan::crypto
