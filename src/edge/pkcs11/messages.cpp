// SPDX-License-Identifier: Apache-2.0
#include "edge/pkcs11/messages.h"

#include "edge/pkcs11/frame.h"

#include <algorithm>
#include <array>

namespace congvan::pkcs11 {
namespace {

using crypto::DigestAlgorithm;
using crypto::KeyKind;
using crypto::Scheme;

enum Operation : std::uint8_t { kHealth = 1, kMake = 2, kPublicKey = 3, kSign = 4 };
enum Status : std::uint8_t { kContent = 0, kRefused = 1 };
constexpr std::size_t kReasonBytesMost = 64;
constexpr std::size_t kDetailBytesMost = 500;
constexpr std::size_t kSaltBytesMost = 64;

// The place in a list is what stands in a message.
constexpr std::array kKinds{KeyKind::P256, KeyKind::P384, KeyKind::Rsa3072, KeyKind::Rsa4096};
constexpr std::array kSchemes{Scheme::RsaPkcs1, Scheme::RsaPss, Scheme::Ecdsa};
constexpr std::array kDigests{
    DigestAlgorithm::Sha256, DigestAlgorithm::Sha384, DigestAlgorithm::Sha512};
constexpr std::array kCodes{Code::Malformed, Code::NotFound, Code::RuleRefused, Code::Unavailable};

/// Collects octets in one place that never moves, so that one wipe is enough.
class MessageWriter {
 public:
  MessageWriter() { bytes_.reserve(kFrameBytesMost); }
  ~MessageWriter() { crypto::wipe(bytes_.data(), bytes_.size()); }
  MessageWriter(const MessageWriter&) = delete;
  MessageWriter& operator=(const MessageWriter&) = delete;

  template <typename Number>
  void number(Number value) {
    for (std::size_t left = sizeof value; left-- > 0;) {
      bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * left)));
    }
  }
  void octets(BytesView more) {
    good_ = good_ && bytes_.size() + more.size() <= kFrameBytesMost;
    if (good_) append(bytes_, more);
  }
  void text(std::string_view text, std::size_t most) {
    text = text.substr(0, most);
    number(static_cast<std::uint16_t>(text.size()));
    octets(asBytes(text));
  }
  template <typename List, typename Value>
  void choice(const List& list, Value value) {
    const auto found = std::ranges::find(list, value);
    good_ = good_ && found != list.end();
    number(static_cast<std::uint8_t>(found - list.begin()));
  }
  void require(bool holds) { good_ = good_ && holds; }
  std::optional<crypto::SecretBytes> finish() const {
    if (!good_) return std::nullopt;
    return crypto::SecretBytes(BytesView(bytes_));
  }

 private:
  Bytes bytes_;
  bool good_ = true;
};

/// The first failure stays; asked once at the end.
class MessageReader {
 public:
  explicit MessageReader(BytesView rest) : rest_(rest) {}

  BytesView octets(std::size_t count) {
    if (count > rest_.size()) good_ = false;
    if (!good_) return {};
    const auto taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  template <typename Number>
  Number number() {
    Number value = 0;
    for (const auto octet : octets(sizeof value)) value = static_cast<Number>(value << 8U | octet);
    return value;
  }
  std::string text(std::size_t most) {
    const auto length = number<std::uint16_t>();
    good_ = good_ && length <= most;
    return toText(octets(length));
  }
  template <typename List>
  auto choice(const List& list) {
    const auto place = number<std::uint8_t>();
    good_ = good_ && place < list.size();
    return good_ ? list[place] : list.front();
  }
  crypto::SecretBytes secret() { return crypto::SecretBytes(octets(kSecretBytes)); }
  BytesView rest() { return octets(rest_.size()); }
  void require(bool holds) { good_ = good_ && holds; }
  bool finish() const { return good_ && rest_.empty(); }

 private:
  BytesView rest_;
  bool good_ = true;
};

Error malformed() {
  return {Code::Malformed, "frame_malformed"};
}

bool isReason(std::string_view reason) {
  return !reason.empty() && std::ranges::all_of(reason, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

bool isPlain(const crypto::SignatureAlgorithm& algorithm) {
  return algorithm.scheme == Scheme::RsaPss ||
         (algorithm.mask_digest == algorithm.digest &&
          algorithm.salt_bytes == crypto::digestSize(algorithm.digest));
}

void write(MessageWriter& to, const AskHealth&) {
  to.number<std::uint8_t>(kHealth);
}

void write(MessageWriter& to, const AskMake& ask) {
  to.number<std::uint8_t>(kMake);
  to.require(ask.secret.size() == kSecretBytes && ask.label.size() <= kLabelBytesMost);
  to.octets(ask.secret.view());
  to.choice(kKinds, ask.kind);
  to.text(ask.label, kLabelBytesMost);
}

void write(MessageWriter& to, const AskPublicKey& ask) {
  to.number<std::uint8_t>(kPublicKey);
  to.require(ask.secret.size() == kSecretBytes);
  to.octets(ask.secret.view());
}

void write(MessageWriter& to, const AskSignature& ask) {
  to.number<std::uint8_t>(kSign);
  to.require(ask.secret.size() == kSecretBytes && isPlain(ask.algorithm) &&
             ask.algorithm.salt_bytes <= kSaltBytesMost &&
             ask.digest.size() == crypto::digestSize(ask.algorithm.digest));
  to.octets(ask.secret.view());
  to.choice(kSchemes, ask.algorithm.scheme);
  to.choice(kDigests, ask.algorithm.digest);
  to.choice(kDigests, ask.algorithm.mask_digest);
  to.number(static_cast<std::uint8_t>(ask.algorithm.salt_bytes));
  to.octets(ask.digest);
}

AskMake readMake(MessageReader& from) {
  AskMake ask{.secret = from.secret(), .kind = from.choice(kKinds), .label = {}};
  ask.label = from.text(kLabelBytesMost);
  return ask;
}

AskSignature readSignature(MessageReader& from) {
  AskSignature ask{.secret = from.secret(), .algorithm = {}, .digest = {}};
  ask.algorithm.scheme = from.choice(kSchemes);
  ask.algorithm.digest = from.choice(kDigests);
  ask.algorithm.mask_digest = from.choice(kDigests);
  ask.algorithm.salt_bytes = from.number<std::uint8_t>();
  from.require(isPlain(ask.algorithm) && ask.algorithm.salt_bytes <= kSaltBytesMost);
  ask.digest = toBytes(from.octets(crypto::digestSize(ask.algorithm.digest)));
  return ask;
}

Question readQuestion(MessageReader& from) {
  switch (from.number<std::uint8_t>()) {
    case kHealth:
      return AskHealth{};
    case kMake:
      return readMake(from);
    case kPublicKey:
      return AskPublicKey{from.secret()};
    case kSign:
      return readSignature(from);
    default:
      from.require(false);
      return AskHealth{};
  }
}

}  // namespace

std::optional<crypto::SecretBytes> encode(std::uint32_t number, const Question& question) {
  MessageWriter writer;
  writer.number(number);
  std::visit([&](const auto& ask) { write(writer, ask); }, question);
  return writer.finish();
}

Result<Request> readRequest(BytesView message) {
  MessageReader reader(message);
  const auto number = reader.number<std::uint32_t>();
  Request request{.number = number, .question = readQuestion(reader)};
  if (!reader.finish()) return malformed();
  return request;
}

crypto::SecretBytes encode(const Answer& answer) {
  MessageWriter writer;
  writer.number(answer.number);
  if (answer.content) {
    writer.number<std::uint8_t>(kContent);
    writer.octets(*answer.content);
  } else {
    const auto& error = answer.content.error();
    writer.number<std::uint8_t>(kRefused);
    const auto known = std::ranges::find(kCodes, error.code) != kCodes.end();
    writer.choice(kCodes, known ? error.code : Code::Unavailable);
    writer.text(error.reason, kReasonBytesMost);
    writer.text(error.detail, kDetailBytesMost);
  }
  auto message = writer.finish();
  if (message) return std::move(*message);
  return encode(Answer{answer.number, Error{Code::Unavailable, "token_refused", {}, "too long"}});
}

Result<Answer> readAnswer(BytesView message) {
  MessageReader reader(message);
  Answer answer{.number = reader.number<std::uint32_t>()};
  const auto status = reader.number<std::uint8_t>();
  if (status == kContent) {
    answer.content = toBytes(reader.rest());
  } else {
    reader.require(status == kRefused);
    Error error{reader.choice(kCodes), {}, {}, {}};
    error.reason = reader.text(kReasonBytesMost);
    error.detail = reader.text(kDetailBytesMost);
    reader.require(isReason(error.reason));
    answer.content = std::move(error);
  }
  if (!reader.finish()) return malformed();
  return answer;
}

}  // namespace congvan::pkcs11
