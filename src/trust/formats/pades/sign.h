// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.h"
#include "trust/formats/cades/sign.h"
#include "trust/formats/pades/prepare_fields.h"

#include <optional>
#include <string>

/// Signing PDFs, PAdES B-B and B-T, always by an incremental revision (DESIGN decision 7).
namespace congvan::pades {

struct SignOptions {
  std::string field;           ///< an empty signature field to fill; a new name makes a new field
  std::optional<Place> place;  ///< of a new field; nullopt: invisible
  std::optional<Appearance> appearance;  ///< of the visible mark
  std::vector<TextFill> fills;           ///< text fields filled in the same revision (number, date)
  std::string signer_name;               ///< /Name
  std::string reason;                    ///< /Reason, may be empty
  std::string location;                  ///< /Location
  Instant signing_time{};                ///< /M
  crypto::SignatureAlgorithm algorithm;
  std::vector<pki::Certificate> chain;
  std::size_t timestamp_bytes = 0;  ///< space for a token; 0: no timestamp
};

/// A revision with a hole where the CMS goes.
struct Prepared {
  Bytes update;           ///< to be appended to the file; the hole is filled with zeros
  std::size_t file_size;  ///< of the file it belongs to
  std::size_t hole_at;    ///< offset of the hex digits in `update`
  std::size_t hole_size;  ///< hex digits
  cades::Prepared cms;    ///< `cms.to_be_signed` goes to the key
};

/// Hashes `file` once, streaming; memory does not grow with it.
///
/// Malformed `pdf_malformed`, `pdf_encrypted`, `pdf_damaged`. Conflict `field_already_signed`,
/// `field_not_signature`, `field_locked`. RuleRefused `certified_no_changes`, and as
/// cades::prepare.
Result<Prepared> prepare(BytesView file,
                         const pki::Certificate& certificate,
                         const SignOptions& options);

/// The finished revision (same size as `prepared.update`).
/// TooLarge `signature_hole_too_small`: prepare again with more `timestamp_bytes`.
Result<Bytes> complete(Prepared prepared,
                       BytesView value,
                       const std::optional<Bytes>& timestamp = {});

/// prepare, sign, time-stamp, complete, with the hole grown and one retry when it was too small.
/// Returns the revision to append to `file`.
Result<Bytes> sign(BytesView file,
                   const pki::Certificate& certificate,
                   const crypto::Signer& signer,
                   SignOptions options,
                   timestamp::Source* source);

}  // namespace congvan::pades
