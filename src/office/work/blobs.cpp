// SPDX-License-Identifier: Apache-2.0
#include "office/work/blobs.h"

#include "base/encoding.h"

#include <algorithm>

namespace congvan::work {

std::string BlobHash::hex() const {
  return toHex(bytes);
}

Result<BlobHash> BlobHash::fromHex(std::string_view hex) {
  const auto decoded = congvan::fromHex(hex);
  if (!decoded) return decoded.error();
  return fromBytes(*decoded);
}

Result<BlobHash> BlobHash::fromBytes(BytesView bytes) {
  BlobHash hash;
  if (bytes.size() != hash.bytes.size()) return Error{Code::Malformed, "hash_malformed"};
  std::ranges::copy(bytes, hash.bytes.begin());
  return hash;
}

Result<BlobHash> Blobs::put(BytesView bytes) {
  const auto writer = create(bytes.size());
  if (!writer) return writer.error();
  const auto written = (*writer)->write(bytes);
  if (!written) return written.error();
  return (*writer)->finish();
}

}  // namespace congvan::work
