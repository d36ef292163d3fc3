// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "trust/evidence/signed_file.h"

#include <functional>
#include <optional>

/// CMS SignedData (RFC 5652) with the CAdES attributes of EN 319 122-1.
///
/// Reading reports what the bytes claim, never whether to believe it. BER (indefinite length) is
/// read.
namespace congvan::cades {

struct Limits {
  std::size_t input_bytes = 64U << 20U;
  std::size_t signers = 64;
  std::size_t certificates = 256;
};

/// Hashes the signed content with the given algorithm; empty when the content is not at hand.
/// Called once an algorithm.
using ContentDigest = std::function<Bytes(crypto::DigestAlgorithm)>;

struct Message {
  std::vector<evidence::Signature> signatures;  ///< in SignerInfos order, `s1`, `s2`, …
  /// Countersignatures of all of them, each after the one it signs: `s1-c1`, `s1-c1-c1`, …
  std::vector<evidence::Signature> countersignatures;
  std::string content_type;      ///< dotted OID
  std::optional<Bytes> content;  ///< encapsulated, when there is any
};

/// Reads a CMS message. `detached` supplies the digests of content that is not inside, and is empty
/// when there is none; what it answers, which may be nothing, does not tell. When both are there
/// the inner content counts and `signature` breaches say `content-twice`.
///
/// Zeros after the message are passed over (a PDF pads its hole with them), anything else there is
/// not. Malformed `cms_malformed`: not one CMS SignedData. TooLarge `cms_too_large`: a limit is
/// passed.
Result<Message> read(BytesView der, const ContentDigest& detached, const Limits& limits = {});

/// The same with the detached content itself at hand. A content that is a set of signed attributes
/// is a breach of every signature without attributes: its value may be of another message.
Result<Message> readBeside(BytesView der, BytesView content, const Limits& limits = {});

}  // namespace congvan::cades
