// SPDX-License-Identifier: Apache-2.0
#include "edge/http/tls_identity.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>

namespace congvan::http {
namespace {

Error unusable() {
  std::array<char, 256> why{};
  ERR_error_string_n(ERR_get_error(), why.data(), why.size());
  ERR_clear_error();  // or the next handshake of this thread would find it
  return {Code::Unavailable, "tls_files_unusable", {}, why.data()};
}

}  // namespace

std::shared_ptr<SSL_CTX> TlsIdentity::current() {
  const std::lock_guard lock(mutex_);
  return current_;
}

Result<> TlsIdentity::load(const TlsFiles& files) {
  const std::shared_ptr<SSL_CTX> read(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  // A key with a passphrase is refused; OpenSSL itself would ask for it at the terminal, for ever.
  if (read) {
    SSL_CTX_set_default_passwd_cb(read.get(), [](char*, int, int, void*) { return 0; });
  }
  const bool usable =
      read && SSL_CTX_use_certificate_chain_file(read.get(), files.certificate.c_str()) == 1 &&
      SSL_CTX_use_PrivateKey_file(read.get(), files.key.c_str(), SSL_FILETYPE_PEM) == 1 &&
      SSL_CTX_check_private_key(read.get()) == 1;
  if (!usable) return unusable();
  const std::lock_guard lock(mutex_);
  current_ = read;
  return kDone;
}

void TlsIdentity::showIn(SSL_CTX* context) {
  const auto show = [](SSL* handshake, void* self) {
    const auto shown = static_cast<TlsIdentity*>(self)->current();
    STACK_OF(X509)* chain = nullptr;
    SSL_CTX_get0_chain_certs(shown.get(), &chain);
    return SSL_use_cert_and_key(handshake,
                                SSL_CTX_get0_certificate(shown.get()),
                                SSL_CTX_get0_privatekey(shown.get()),
                                chain,
                                1);
  };
  SSL_CTX_set_cert_cb(context, show, this);
}

}  // namespace congvan::http
