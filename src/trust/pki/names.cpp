// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/names.h"

#include "base/encoding.h"
#include "base/text.h"
#include "trust/crypto/openssl.h"

#include <algorithm>

namespace congvan::pki {
namespace {

std::string printName(const X509_NAME* name, unsigned long flags) {
  const auto bio = crypto::need(crypto::BioHandle(BIO_new(BIO_s_mem())), "BIO_new");
  const bool printed = X509_NAME_print_ex(bio.get(), name, 0, flags) >= 0;
  crypto::drainErrors();
  return printed ? toText(crypto::bioBytes(bio.get())) : std::string();
}

}  // namespace

std::string nameText(const X509_NAME* name) {
  constexpr unsigned long kEscaped = XN_FLAG_RFC2253;
  auto text = printName(name, kEscaped & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
  const bool lost = text.empty() && X509_NAME_entry_count(name) > 0;
  if (!lost && isUtf8(text)) return text;
  return printName(name, kEscaped & ~static_cast<unsigned long>(ASN1_STRFLGS_UTF8_CONVERT));
}

std::string commonNameOf(const X509_NAME* name) {
  int last = -1;
  for (int at = -1; (at = X509_NAME_get_index_by_NID(name, NID_commonName, at)) >= 0;) last = at;
  if (last < 0) return {};
  unsigned char* utf8 = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last)));
  const crypto::MemoryHandle owned(utf8);
  crypto::drainErrors();
  if (size < 0) return {};
  auto text = toText(BytesView(utf8, static_cast<std::size_t>(size)));
  return isUtf8(text) ? text : std::string();
}

std::string nameText(BytesView der) {
  const auto name = crypto::decode<crypto::NameHandle>(d2i_X509_NAME, der);
  crypto::drainErrors();
  return name ? nameText(name.get()) : std::string();
}

std::string integerHex(BytesView content) {
  Bytes magnitude = toBytes(content);
  const bool negative = !magnitude.empty() && (magnitude.front() & 0x80U) != 0;
  if (negative) {  // two's complement: invert and add one
    unsigned carry = 1;
    for (auto octet = magnitude.rbegin(); octet != magnitude.rend(); ++octet) {
      const unsigned sum = (0xFFU & ~static_cast<unsigned>(*octet)) + carry;
      *octet = static_cast<std::uint8_t>(sum & 0xFFU);
      carry = sum >> 8U;
    }
  }
  while (magnitude.size() > 1 && magnitude.front() == 0) magnitude.erase(magnitude.begin());
  return (negative ? "-" : "") + toHex(magnitude);
}

}  // namespace congvan::pki
