// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "trust/evidence/signed_file.h"

#include <optional>
#include <string>

namespace congvan::verify {

enum class Container {
  Empty,
  Pdf,
  Cms,        ///< DER or BER
  CmsPem,     ///< the same in PEM or bare base64
  SignedXml,  ///< holds an XML-DSig signature: recognised, not read
  SignedZip,  ///< ASiC or a signed office file: recognised, not read
  Plain,      ///< nothing that could be signed in a way we know
};

struct Sniffed {
  Container container = Container::Plain;
  evidence::Format format = evidence::Format::None;
};

/// Looks at a bounded part of the file; never reads it through.
Sniffed sniff(BytesView file);

/// The DER inside a `CMS` or `PKCS7` PEM block or plain base64; nullopt when it is neither.
std::optional<Bytes> cmsFromText(std::string_view text);

}  // namespace congvan::verify
