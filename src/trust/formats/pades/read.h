// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "trust/evidence/signed_file.h"

/// Signatures in PDF files: ISO 32000-2 12.8 and PAdES (EN 319 142-1).
namespace congvan::pades {

struct Limits {
  std::size_t signatures = 512;
  std::size_t revisions = 1024;
};

/// Finds every signature and document timestamp, hashes their byte ranges in one pass over `file`,
/// reads the CMS in each, and explains what each later revision changed.
///
/// `file` is a view (a file mapping will do) and is only read. A PDF without signatures is a
/// `SignedFile` with none. Malformed `pdf_malformed`: not a PDF that even a recovering reader can
/// open. Malformed `pdf_encrypted`. TooLarge: a limit, or the bounds against PDF bombs, is passed.
Result<evidence::SignedFile> read(BytesView file, const Limits& limits = {});

struct Reading {
  evidence::SignedFile file;
  /// SHA-256 of the whole file when it came with the byte ranges at next to no cost; else empty.
  Bytes sha256;
};

/// The same, for callers that want the digest of the file too: bytes are hashed once, not twice.
Result<Reading> readAndHash(BytesView file, const Limits& limits = {});

}  // namespace congvan::pades
