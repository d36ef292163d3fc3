// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/time.h"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

/// Writing and strictly reading DER (X.690): for what OpenSSL encodes slowly or not at all.
namespace congvan::crypto::der {

enum Tag : std::uint8_t {
  kBoolean = 0x01,
  kInteger = 0x02,
  kBitString = 0x03,
  kOctetString = 0x04,
  kNull = 0x05,
  kOid = 0x06,
  kEnumerated = 0x0A,
  kUtf8String = 0x0C,
  kPrintableString = 0x13,
  kIa5String = 0x16,
  kUtcTime = 0x17,
  kGeneralizedTime = 0x18,
  kSequence = 0x30,
  kSet = 0x31,
};
/// Context-specific tags: `[0]` primitive and constructed.
constexpr std::uint8_t contextTag(unsigned number) {
  return static_cast<std::uint8_t>(0x80U | number);
}
constexpr std::uint8_t contextConstructed(unsigned number) {
  return static_cast<std::uint8_t>(0xA0U | number);
}

/// One element: tag, length and the parts one after another.
Bytes element(std::uint8_t tag, std::initializer_list<BytesView> parts);
Bytes element(std::uint8_t tag, BytesView content);
inline Bytes sequence(std::initializer_list<BytesView> parts) {
  return element(kSequence, parts);
}
/// Non-negative INTEGER of a big-endian magnitude; leading zeros are dropped, a sign octet added.
Bytes integer(BytesView magnitude);
Bytes integer(std::uint64_t value);
/// Throws (a fault) when `dotted` is not an object identifier: they are written in our sources.
Bytes oid(std::string_view dotted);
Bytes boolean(bool value);
Bytes null();
Bytes octetString(BytesView content);
/// A BIT STRING of whole octets.
Bytes bitString(BytesView content);
/// Named bits (keyUsage): bit 0 is the most significant; trailing zero bits are dropped
/// (X.690 11.2.2).
Bytes namedBits(std::uint32_t bits_from_zero);
Bytes utf8String(std::string_view text);
/// UTCTime until 2049 and GeneralizedTime after it (RFC 5280 4.1.2.5), whole seconds.
Bytes time(Instant instant);
Bytes generalizedTime(Instant instant);

struct Element {
  std::uint8_t tag = 0;
  BytesView content;
  BytesView whole;  ///< with tag and length
};

/// Reads elements one after another. The first failure stays: later reads give empty values, and
/// `finish` is asked once at the end. Indefinite lengths, lengths not in shortest form and tag
/// numbers above 30 are failures. Views: the bytes must outlive the reader.
class Reader {
 public:
  explicit Reader(BytesView der) : rest_(der) {}

  bool atEnd() const { return failed_ || rest_.empty(); }
  bool good() const { return !failed_; }
  /// Good, and nothing is left.
  bool finish() const { return !failed_ && rest_.empty(); }
  void fail() { failed_ = true; }

  /// The next tag; 0 at the end.
  std::uint8_t peek() const { return atEnd() ? std::uint8_t{0} : rest_.front(); }
  Element any();
  /// The content of an element with this tag.
  BytesView expect(std::uint8_t tag);
  /// The same with tag and length.
  BytesView expectWhole(std::uint8_t tag);
  /// Nothing is read when another tag comes next.
  std::optional<BytesView> optional(std::uint8_t tag);

  Reader sequence() { return nested(kSequence); }
  /// A reader of the content; failed when this one has failed.
  Reader nested(std::uint8_t tag);
  /// Dotted.
  std::string oid();
  bool boolean();
  /// INTEGER in shortest form; content octets.
  BytesView integer();
  /// Fails when negative or beyond 63 bits.
  std::uint64_t smallInteger();
  /// UTCTime or GeneralizedTime as RFC 5280 4.1.2.5 wants: `Z`, seconds, no fraction.
  Instant time();

 private:
  BytesView rest_;
  bool failed_ = false;
};

/// Dotted form of the content octets; empty when they are not an object identifier.
std::string oidText(BytesView content);

}  // namespace congvan::crypto::der
