// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/batch_file.h"

#include "base/encoding.h"

namespace congvan::storage {
namespace {

constexpr std::string_view kBatchMagic = "congvan-batch-v1\n";

void appendNumber(Bytes& to, std::uint64_t value) {
  for (unsigned i = 8; i > 0; --i) to.push_back(static_cast<std::uint8_t>(value >> ((i - 1) * 8U)));
}

void appendSized(Bytes& to, BytesView bytes) {
  appendNumber(to, bytes.size());
  append(to, bytes);
}

/// Latches the first failure.
class BatchReader {
 public:
  explicit BatchReader(BytesView rest) : rest_(rest) {}

  BytesView take(std::uint64_t size) {
    good_ = good_ && size <= rest_.size();
    if (!good_) return {};
    const auto taken = rest_.first(static_cast<std::size_t>(size));
    rest_ = rest_.subspan(static_cast<std::size_t>(size));
    return taken;
  }
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (const auto byte : take(8)) value = (value << 8U) | byte;
    return value;
  }
  BytesView sized() { return take(number()); }
  bool good() const { return good_; }
  bool finished() const { return good_ && rest_.empty(); }

 private:
  BytesView rest_;
  bool good_ = true;
};

}  // namespace

Bytes encodeBatch(const audit::LogBatch& batch) {
  Bytes bytes = toBytes(kBatchMagic);
  appendNumber(bytes, batch.head.size);
  append(bytes, BytesView(batch.head.root));
  appendNumber(bytes, batch.files.size());
  for (const auto& file : batch.files) {
    appendSized(bytes, asBytes(tlog::tilePath(file.tile)));
    appendSized(bytes, file.bytes);
  }
  append(bytes, BytesView(tlog::sha256(bytes)));
  return bytes;
}

Result<audit::LogBatch> parseBatch(BytesView bytes) {
  const Error malformed{Code::Malformed, "batch_malformed"};
  if (bytes.size() < tlog::kHashSize) return malformed;
  const auto body = bytes.first(bytes.size() - tlog::kHashSize);
  const auto checksum = tlog::hashFromBytes(bytes.last(tlog::kHashSize));
  if (!checksum || *checksum != tlog::sha256(body)) return malformed;
  BatchReader in(body);
  if (asText(in.take(kBatchMagic.size())) != kBatchMagic) return malformed;
  audit::LogBatch batch;
  batch.head.size = in.number();
  const auto root = tlog::hashFromBytes(in.take(tlog::kHashSize));
  if (!root) return malformed;
  batch.head.root = *root;
  const auto count = in.number();
  for (std::uint64_t i = 0; i < count && in.good(); ++i) {
    const auto tile = tlog::parseTilePath(asText(in.sized()));
    const auto content = in.sized();
    if (!tile) return malformed;
    batch.files.push_back({*tile, toBytes(content)});
  }
  if (!in.finished()) return malformed;
  return batch;
}

std::string batchName(const tlog::TreeHead& head) {
  return std::to_string(head.size) + "-" + toHex(head.root);
}

std::optional<std::uint64_t> batchSize(std::string_view name) {
  const auto dash = name.find('-');
  if (dash == std::string_view::npos || name.size() != dash + 1 + 2 * tlog::kHashSize)
    return std::nullopt;
  const auto size = tlog::parseDecimal(name.substr(0, dash));
  return size ? std::optional(*size) : std::nullopt;
}

}  // namespace congvan::storage
