// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "trust/validation/verdict.h"

#include <vector>

/// The one facade: sniff the format, read, judge. What `congvan verify` and the office call.
namespace congvan::verify {

struct Request {
  BytesView file;
  std::vector<BytesView> contents;  ///< of detached signatures
  validation::Material material;
  validation::Policy policy;
  Instant time{};
};

struct Outcome {
  validation::FileVerdict verdict;
  Bytes sha256;  ///< of the file
};

/// Never throws for bad files: whatever cannot be read is a verdict (`Malformed`, `NoSignature`).
/// Formats not built yet are never passed: they come out Indeterminate with a problem that names
/// them.
Outcome verify(const Request& request);

}  // namespace congvan::verify
