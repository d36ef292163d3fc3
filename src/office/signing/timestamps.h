// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.h"
#include "trust/formats/timestamp/source.h"

#include <memory>
#include <string>
#include <vector>

namespace congvan::signing {

/// Time-stamping authorities, asked one after another until one answers.
///
/// A person waits for this with a PIN just typed, so the whole is bounded: when `time` is over no
/// further authority is asked. Safe from any thread when every source is.
class OrderedTimestamps final : public timestamp::Source {
 public:
  struct Named {
    std::string name;  ///< for the log: an address, `built-in`
    std::unique_ptr<timestamp::Source> source;
  };
  OrderedTimestamps(std::vector<Named> sources,
                    const Clock& clock,
                    Duration time = std::chrono::seconds{10});

  /// Unavailable `tsa_unavailable`, whatever each of them refused with: `detail` has it.
  Result<Bytes> stamp(crypto::DigestAlgorithm algorithm, BytesView imprint) override;
  std::size_t tokenBytes() const override;  ///< of the one that needs most

 private:
  std::vector<Named> sources_;
  const Clock& clock_;
  Duration time_;
};

}  // namespace congvan::signing
