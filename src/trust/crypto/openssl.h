// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "trust/crypto/digest.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <stdexcept>
#include <string>

/// Owning OpenSSL's handles. Only .cpp files of `trust` include this.
namespace congvan::crypto {

/// `std::unique_ptr<X509, Releaser<X509_free>>` frees with that function.
template <auto Free>
struct Releaser {
  template <typename T>
  void operator()(T* owned) const noexcept {
    Free(owned);
  }
};

void freeMemory(void* memory) noexcept;  ///< OPENSSL_free is a macro

using KeyHandle = std::unique_ptr<EVP_PKEY, Releaser<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Releaser<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Releaser<EVP_MD_CTX_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Releaser<EVP_CIPHER_CTX_free>>;
using X509Handle = std::unique_ptr<X509, Releaser<X509_free>>;
using CrlHandle = std::unique_ptr<X509_CRL, Releaser<X509_CRL_free>>;
using NameHandle = std::unique_ptr<X509_NAME, Releaser<X509_NAME_free>>;
using BioHandle = std::unique_ptr<BIO, Releaser<BIO_free_all>>;
using NumberHandle = std::unique_ptr<BIGNUM, Releaser<BN_clear_free>>;
using ObjectHandle = std::unique_ptr<ASN1_OBJECT, Releaser<ASN1_OBJECT_free>>;
using OctetsHandle = std::unique_ptr<ASN1_OCTET_STRING, Releaser<ASN1_OCTET_STRING_free>>;
using MemoryHandle = std::unique_ptr<unsigned char, Releaser<freeMemory>>;

/// Takes every entry off this thread's error queue, as text for `Error::detail`. Call it after each
/// failure: what stays behind would be blamed on the next caller.
std::string drainErrors();

/// A call that fails only for want of memory or because of a bug: the fault names the call.
[[noreturn]] void throwFault(std::string_view call);

/// The owned handle, or a fault.
template <typename Handle>
Handle need(Handle handle, std::string_view call) {
  if (!handle) throwFault(call);
  return handle;
}

/// DER of anything that has an i2d function: `encode(i2d_X509, certificate)`.
template <typename T, typename From>
Bytes encode(int (*i2d)(T, unsigned char**), From* value) {
  unsigned char* out = nullptr;
  const int size = i2d(value, &out);
  const MemoryHandle owned(out);
  if (size < 0) throwFault("i2d");
  return Bytes(out, out + size);
}

/// Reads exactly one value: null when `der` is something else or has bytes left over.
template <typename Handle, typename T>
Handle decode(T* (*d2i)(T**, const unsigned char**, long), BytesView der) {
  const unsigned char* at = der.data();
  Handle value(d2i(nullptr, &at, static_cast<long>(der.size())));
  if (value && at != der.data() + der.size()) value.reset();
  return value;
}

/// A read-only view: the bytes must outlive it.
BioHandle memoryBio(BytesView bytes);
/// What was written to a memory BIO.
Bytes bioBytes(BIO* bio);

/// Fetched once per process: `EVP_sha256()` would look the provider up at each use.
/// A fault when the library does not offer the algorithm.
const EVP_MD* digestHandle(DigestAlgorithm algorithm);

/// A PEM pass-phrase callback that answers nothing, so that OpenSSL never asks a terminal.
int noPassphrase(char* buffer, int size, int writing, void* unused) noexcept;

}  // namespace congvan::crypto
