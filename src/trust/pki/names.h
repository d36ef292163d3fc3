// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"

#include <string>

typedef struct X509_name_st X509_NAME;  // OpenSSL's own forward declaration

namespace congvan::pki {

/// RFC 4514 with UTF-8 kept; text that is not UTF-8 comes out escaped.
std::string nameText(const X509_NAME* name);
/// The last commonName in UTF-8, or empty.
std::string commonNameOf(const X509_NAME* name);
/// The same of a DER Name; empty when it is not one.
std::string nameText(BytesView der);

/// Lower-case hex of an INTEGER's magnitude from its content octets; at least two digits, `-` in
/// front when negative.
std::string integerHex(BytesView content);

}  // namespace congvan::pki
