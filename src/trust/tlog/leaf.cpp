// SPDX-License-Identifier: Apache-2.0
#include "trust/tlog/leaf.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace congvan::tlog {
namespace {

constexpr std::size_t kProfileBytesMost = 64;
constexpr std::size_t kSerialBytesMost = 20;
constexpr std::string_view kCommitmentDomain = "congvan/commitment/v1\n";

enum class LeafKind : std::uint8_t { Event = 1, Intent = 2, Issued = 3, Status = 4 };

Error badLeaf() {
  return Error{Code::Malformed, "leaf_malformed"};
}

/// Latches the first field that is out of bounds.
class LeafWriter {
 public:
  explicit LeafWriter(LeafKind kind) : out_{kLeafVersion, static_cast<std::uint8_t>(kind)} {}

  void byte(std::uint8_t value) { out_.push_back(value); }
  void number(std::uint64_t value) { bigEndian(value, 8); }
  void time(Instant value) {
    require(toMicros(value) >= 0);
    number(static_cast<std::uint64_t>(toMicros(value)));
  }
  void fixed(BytesView bytes) { append(out_, bytes); }
  void sized(BytesView bytes) {
    require(bytes.size() <= std::numeric_limits<std::uint16_t>::max());
    bigEndian(bytes.size(), 2);
    append(out_, bytes);
  }
  void require(bool condition) { good_ = good_ && condition; }

  Result<Bytes> finish() {
    if (!good_) return badLeaf();
    return std::move(out_);
  }

 private:
  void bigEndian(std::uint64_t value, unsigned bytes) {
    for (unsigned i = bytes; i > 0; --i) {
      out_.push_back(static_cast<std::uint8_t>(value >> ((i - 1) * 8U)));
    }
  }
  Bytes out_;
  bool good_ = true;
};

/// Latches the first failure; later reads give zeros.
class LeafReader {
 public:
  explicit LeafReader(BytesView rest) : rest_(rest) {}

  std::uint8_t byte() {
    const auto one = take(1);
    return one.empty() ? std::uint8_t{0} : one[0];
  }
  std::uint64_t number() { return bigEndian(take(8)); }
  Instant time() {
    const auto micros = number();
    require(micros <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
    return good_ ? fromMicros(static_cast<std::int64_t>(micros)) : Instant{};
  }
  template <std::size_t Size>
  std::array<std::uint8_t, Size> fixed() {
    std::array<std::uint8_t, Size> value{};
    std::ranges::copy(take(Size), value.begin());
    return value;
  }
  BytesView sized() { return take(static_cast<std::size_t>(bigEndian(take(2)))); }
  void require(bool condition) { good_ = good_ && condition; }
  bool finished() const { return good_ && rest_.empty(); }

 private:
  BytesView take(std::size_t size) {
    require(size <= rest_.size());
    if (!good_) return {};
    const auto taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  static std::uint64_t bigEndian(BytesView bytes) {
    std::uint64_t value = 0;
    for (const auto one : bytes) value = (value << 8U) | one;
    return value;
  }
  BytesView rest_;
  bool good_ = true;
};

bool isProfile(std::string_view profile) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  return !profile.empty() && profile.size() <= kProfileBytesMost &&
         std::ranges::all_of(profile, allowed);
}

bool isSerial(BytesView serial) {
  return !serial.empty() && serial.size() <= kSerialBytesMost && serial.front() != 0;
}

bool isStatus(std::uint8_t status) {
  return status >= static_cast<std::uint8_t>(CertificateStatus::Active) &&
         status <= static_cast<std::uint8_t>(CertificateStatus::Abandoned);
}

bool isReason(std::uint8_t reason) {
  return reason <= 10 && reason != 7;
}

Result<Bytes> encodeFields(const EventLeaf& leaf) {
  LeafWriter out(LeafKind::Event);
  out.fixed(leaf.commitment);
  return out.finish();
}

Result<Bytes> encodeFields(const IntentLeaf& leaf) {
  LeafWriter out(LeafKind::Intent);
  out.require(isProfile(leaf.profile) && isSerial(leaf.serial));
  out.time(leaf.time);
  out.fixed(leaf.request.bytes);
  out.fixed(leaf.approvals);
  out.sized(asBytes(leaf.profile));
  out.sized(leaf.serial);
  out.fixed(leaf.tbs);
  return out.finish();
}

Result<Bytes> encodeFields(const IssuedLeaf& leaf) {
  LeafWriter out(LeafKind::Issued);
  out.require(isSerial(leaf.serial));
  out.time(leaf.time);
  out.number(leaf.intent_index);
  out.sized(leaf.serial);
  out.fixed(leaf.certificate);
  return out.finish();
}

Result<Bytes> encodeFields(const StatusLeaf& leaf) {
  LeafWriter out(LeafKind::Status);
  const auto status = static_cast<std::uint8_t>(leaf.status);
  out.require(isSerial(leaf.serial) && isStatus(status) && isReason(leaf.reason));
  out.time(leaf.time);
  out.sized(leaf.serial);
  out.byte(status);
  out.byte(leaf.reason);
  return out.finish();
}

IntentLeaf readIntent(LeafReader& in) {
  IntentLeaf leaf;
  leaf.time = in.time();
  leaf.request.bytes = in.fixed<16>();
  leaf.approvals = in.fixed<kHashSize>();
  leaf.profile = toText(in.sized());
  leaf.serial = toBytes(in.sized());
  leaf.tbs = in.fixed<kHashSize>();
  in.require(isProfile(leaf.profile) && isSerial(leaf.serial));
  return leaf;
}

IssuedLeaf readIssued(LeafReader& in) {
  IssuedLeaf leaf;
  leaf.time = in.time();
  leaf.intent_index = in.number();
  leaf.serial = toBytes(in.sized());
  leaf.certificate = in.fixed<kHashSize>();
  in.require(isSerial(leaf.serial));
  return leaf;
}

StatusLeaf readStatus(LeafReader& in) {
  StatusLeaf leaf;
  leaf.time = in.time();
  leaf.serial = toBytes(in.sized());
  const auto status = in.byte();
  leaf.reason = in.byte();
  in.require(isSerial(leaf.serial) && isStatus(status) && isReason(leaf.reason));
  leaf.status = static_cast<CertificateStatus>(status);
  return leaf;
}

Result<Leaf> readFields(LeafKind kind, LeafReader& in) {
  switch (kind) {
    case LeafKind::Event:
      return Leaf(EventLeaf{in.fixed<kHashSize>()});
    case LeafKind::Intent:
      return Leaf(readIntent(in));
    case LeafKind::Issued:
      return Leaf(readIssued(in));
    case LeafKind::Status:
      return Leaf(readStatus(in));
  }
  return badLeaf();
}

}  // namespace

Salt makeSalt(Random& random) {
  Salt salt{};
  random.fill(salt);
  return salt;
}

Hash commit(BytesView salt, BytesView text) {
  if (salt.size() != kSaltBytes) throw std::invalid_argument("a salt has 32 bytes");
  Bytes input = toBytes(kCommitmentDomain);
  append(input, salt);
  append(input, text);
  return sha256(input);
}

bool opensTo(const Hash& commitment, BytesView salt, BytesView text) {
  return salt.size() == kSaltBytes && commit(salt, text) == commitment;
}

Result<Bytes> encodeLeaf(const Leaf& leaf) {
  return std::visit([](const auto& one) { return encodeFields(one); }, leaf);
}

Result<Leaf> parseLeaf(BytesView bytes) {
  LeafReader in(bytes);
  const auto version = in.byte();
  const auto kind = in.byte();
  if (version != kLeafVersion) return badLeaf();
  auto leaf = readFields(static_cast<LeafKind>(kind), in);
  if (leaf && !in.finished()) return badLeaf();
  return leaf;
}

}  // namespace congvan::tlog
