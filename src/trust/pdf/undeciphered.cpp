// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/qpdf.h"

/// What QPDF asks of GnuTLS, for a program that carries QPDF inside and loads no GnuTLS.
///
/// QPDF needs a cipher or a digest of its own only for encrypted files, and those are refused by
/// everybody here (`pdf_encrypted`). So each function refuses as QPDF does for want of a password;
/// none can return. Only their names matter to the linker: the arguments are never looked at.
namespace {

[[noreturn]] void refuse() {
  throw QPDFExc(qpdf_e_password, {}, {}, 0, "nothing is deciphered here");
}

}  // namespace

extern "C" {
int gnutls_hash_init() {
  refuse();
}
int gnutls_hash() {
  refuse();
}
int gnutls_cipher_init() {
  refuse();
}
int gnutls_cipher_encrypt2() {
  refuse();
}
int gnutls_cipher_decrypt2() {
  refuse();
}
int gnutls_cipher_get_key_size() {
  refuse();
}
int gnutls_rnd() {
  refuse();
}
const char* gnutls_strerror() {
  refuse();
}
// Called while cleaning up, where nothing may be thrown; there is nothing to clean.
void gnutls_hash_deinit() {}
void gnutls_cipher_deinit() {}
}
