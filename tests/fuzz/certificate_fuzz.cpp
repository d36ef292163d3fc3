// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "tests/fuzz/property.h"
#include "trust/pki/certificate.h"
#include "trust/pki/csr.h"
#include "trust/pki/lint.h"

namespace congvan {
namespace {

using fuzz::require;
using pki::Certificate;

bool isInside(BytesView part, BytesView whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

/// What is read stays the same when it is written and read again, is inside the bytes, and is text
/// where text is promised.
void checkCertificate(const Certificate& certificate, BytesView input) {
  require(std::ranges::equal(certificate.der(), input), "the DER is what was given");
  const auto again = Certificate::parsePem(certificate.pem());
  require(again && *again == certificate, "PEM leads back to the same certificate");
  for (const auto part : {certificate.tbsDer(),
                          certificate.spkiDer(),
                          certificate.subjectDer(),
                          certificate.issuerDer(),
                          certificate.signatureValue()}) {
    require(isInside(part, certificate.der()), "views stay inside the certificate");
  }
  for (const auto& text : {certificate.subject(), certificate.issuer(), certificate.commonName()}) {
    require(isUtf8(text), "names are UTF-8");
  }
  for (const auto& extension : certificate.extensions()) {
    require(isInside(extension.value, certificate.der()), "extensions stay inside the certificate");
  }
  require(!certificate.validAt(certificate.notBefore() - Duration(1)), "not valid before its time");
  (void)certificate.serialHex();
  (void)certificate.subjectKeyIdentifier();
  (void)certificate.authorityKeyIdentifier();
  (void)certificate.extendedKeyUsage();
  (void)certificate.crlAddresses();
  (void)certificate.ocspAddresses();
  (void)certificate.caIssuersAddresses();
  (void)certificate.pathLength();
  require(!(certificate.keyUsage(pki::KeyUsage::KeyCertSign) && !certificate.hasKeyUsage()),
          "no usage without the extension");
  (void)certificate.publicKey().spki();
  (void)pki::lintTbs(certificate.tbsDer());
}

}  // namespace
}  // namespace congvan

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const congvan::BytesView input(data, size);
  if (const auto certificate = congvan::pki::Certificate::parse(input)) {
    congvan::checkCertificate(*certificate, input);
  }
  const auto bundle = congvan::pki::Certificate::parsePemBundle(congvan::asText(input), 8);
  congvan::fuzz::require(!bundle || (!bundle->empty() && bundle->size() <= 8),
                         "a bundle keeps to its limit");
  (void)congvan::pki::lintTbs(input);
  (void)congvan::pki::readSigningRequest(input);
  return 0;
}
