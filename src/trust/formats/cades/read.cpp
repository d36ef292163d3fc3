// SPDX-License-Identifier: Apache-2.0
#include "trust/formats/cades/read.h"

#include "trust/crypto/der.h"
#include "trust/formats/cades/archive.h"
#include "trust/formats/timestamp/oids.h"
#include "trust/formats/timestamp/signed_data.h"
#include "trust/formats/timestamp/token.h"

#include <fmt/format.h>

#include <map>
#include <memory>

namespace congvan::cades {
namespace {

namespace der = crypto::der;
namespace oid = timestamp::oid;
using crypto::DigestAlgorithm;
using timestamp::Attribute;
using timestamp::SignedData;
using timestamp::SignerInfo;

constexpr std::size_t kTimestampsMax = 64;
constexpr int kCounterDepthMax = 4;

timestamp::MessageLimits messageLimits(const Limits& limits) {
  return {.input_bytes = limits.input_bytes,
          .signers = limits.signers,
          .certificates = limits.certificates};
}

// Asks `source` once an algorithm: the content may be a file of gigabytes.
ContentDigest remembered(ContentDigest source) {
  auto known = std::make_shared<std::map<DigestAlgorithm, Bytes>>();
  return [source = std::move(source), known](DigestAlgorithm algorithm) {
    const auto found = known->find(algorithm);
    if (found != known->end()) return found->second;
    return known->emplace(algorithm, source ? source(algorithm) : Bytes{}).first->second;
  };
}

ContentDigest digestsOf(BytesView bytes) {
  return remembered(
      [bytes](DigestAlgorithm algorithm) { return timestamp::digestOrNothing(algorithm, bytes); });
}

struct Kind {
  std::string_view oid;
  evidence::TimestampKind kind;
};

constexpr std::array kUnsignedTimestamps{
    Kind{oid::kSignatureTimestamp, evidence::TimestampKind::Signature},
    Kind{oid::kReferencesTimestamp, evidence::TimestampKind::Archive},
    Kind{oid::kSignatureAndReferencesTimestamp, evidence::TimestampKind::Archive},
    Kind{oid::kArchiveTimestampV1, evidence::TimestampKind::Archive},
    Kind{oid::kArchiveTimestampV2, evidence::TimestampKind::Archive},
    Kind{oid::kArchiveTimestampV3, evidence::TimestampKind::Archive},
};

class SignatureReader {
 public:
  SignatureReader(const SignedData& message, const ContentDigest& content, Archive& archive)
      : message_(message), content_(content), archive_(archive) {}

  evidence::Signature read(const SignerInfo& signer,
                           std::string id,
                           const timestamp::Signed& what) const {
    evidence::Signature out;
    out.id = std::move(id);
    out.signer = timestamp::readSigner(signer, message_, what);
    readTimestamps(signer, out);
    readCommitments(signer, out);
    readPolicy(signer, out);
    timestamp::Material ignored;
    out.has_validation_data = timestamp::collectValidationData(signer, ignored) ||
                              !message_.crls.empty() || !message_.ocsp_responses.empty();
    return out;
  }

 private:
  void readTimestamps(const SignerInfo& signer, evidence::Signature& out) const {
    for (const Attribute& attribute : signer.attributes) {
      if (attribute.oid != oid::kContentTimestamp) continue;
      for (const BytesView token : attribute.values) {
        add(token, {evidence::TimestampKind::Content, "content", content_, {}}, out);
      }
    }
    const std::size_t first = out.timestamps.size();
    std::vector<Found> found;
    for (const Attribute& attribute : signer.unsigned_attributes) {
      for (const Kind& kind : kUnsignedTimestamps) {
        if (attribute.oid != kind.oid) continue;
        for (const BytesView token : attribute.values) {
          auto cover = coverOf(signer, kind, token);
          if (add(token, cover, out)) found.push_back({token.data(), std::move(cover.values)});
        }
      }
    }
    for (std::size_t i = 0; i < found.size(); ++i) {
      auto& stamp = out.timestamps[first + i];
      for (std::size_t other = 0; other < found.size(); ++other) {
        if (found[i].values.contains(found[other].at))
          stamp.protects.push_back(out.timestamps[first + other].id);
      }
    }
  }

  /// An unsigned token: where it stands, and the values that its own hash index names.
  struct Found {
    const std::uint8_t* at;
    std::set<const std::uint8_t*> values;
  };

  struct Cover {
    evidence::TimestampKind kind;
    std::string_view name;
    ContentDigest digest;
    std::vector<std::string> breaches;
    std::set<const std::uint8_t*> values = {};
  };

  Cover coverOf(const SignerInfo& signer, const Kind& kind, BytesView token) const {
    if (kind.kind == evidence::TimestampKind::Signature)
      return {kind.kind, "signature", digestsOf(signer.value), {}};
    if (kind.oid != oid::kArchiveTimestampV3) return {kind.kind, "archive", {}, {}};
    auto archive = archive_.cover(signer, token, content_);
    return {kind.kind,
            "archive",
            std::move(archive.imprint),
            std::move(archive.breaches),
            std::move(archive.values)};
  }

  /// False when the token is no time-stamp, or one too many: a breach says so.
  bool add(BytesView token, const Cover& cover, evidence::Signature& out) const {
    if (out.timestamps.size() == kTimestampsMax) {
      out.signer.breaches.push_back(
          fmt::format("too-many-timestamps: more than {}", kTimestampsMax));
      return false;
    }
    auto stamp = timestamp::read(token, cover.kind, cover.digest);
    if (!stamp) {
      out.signer.breaches.push_back(fmt::format("timestamp-malformed: {}", stamp.error().detail));
      return false;
    }
    stamp->id = fmt::format("{}-t{}", out.id, out.timestamps.size() + 1);
    stamp->covers = fmt::format("{} of {}", cover.name, out.id);
    auto& breaches = stamp->signer.breaches;
    breaches.insert(breaches.end(), cover.breaches.begin(), cover.breaches.end());
    out.timestamps.push_back(std::move(*stamp));
    return true;
  }

  static void readCommitments(const SignerInfo& signer, evidence::Signature& out) {
    for (const Attribute& attribute : signer.attributes) {
      if (attribute.oid != oid::kCommitmentType) continue;
      for (const BytesView value : attribute.values) {
        der::Reader outer(value);
        der::Reader fields = outer.sequence();
        if (auto commitment = fields.oid(); fields.good())
          out.commitments.push_back(std::move(commitment));
      }
    }
  }

  static void readPolicy(const SignerInfo& signer, evidence::Signature& out) {
    const Attribute* attribute = signer.find(oid::kSignaturePolicy);
    if (attribute == nullptr || attribute->values.size() != 1) return;
    der::Reader outer(attribute->values.front());
    if (outer.peek() == der::kNull) {
      out.signature_policy = "implied";
      return;
    }
    der::Reader fields = outer.sequence();
    if (auto policy = fields.oid(); fields.good()) out.signature_policy = std::move(policy);
  }

  const SignedData& message_;
  const ContentDigest& content_;
  Archive& archive_;
};

// RFC 5652 11.4: a countersignature is a SignerInfo over the value of another, and may itself have
// some.
class CountersignatureReader {
 public:
  CountersignatureReader(const SignedData& message, const Limits& limits, Message& out)
      : message_(message), limits_(limits), out_(out) {}

  void read(const SignerInfo& parent,
            const std::string& parent_id,
            std::vector<std::string>& breaches,
            int depth) {
    std::size_t number = 0;
    for (const Attribute& attribute : parent.unsigned_attributes) {
      if (attribute.oid != oid::kCountersignature) continue;
      for (const BytesView value : attribute.values) {
        one(value, parent, fmt::format("{}-c{}", parent_id, ++number), breaches, depth);
      }
    }
  }

 private:
  void one(BytesView der,
           const SignerInfo& parent,
           std::string id,
           std::vector<std::string>& breaches,
           int depth) {
    const auto signer = timestamp::parseSignerInfo(der, messageLimits(limits_));
    if (!signer || depth > kCounterDepthMax || out_.countersignatures.size() == limits_.signers) {
      breaches.push_back(fmt::format("countersignature-unreadable: {}", id));
      return;
    }
    const ContentDigest content = digestsOf(parent.value);
    Archive archive(message_);
    const SignatureReader reader(message_, content, archive);
    auto signature = reader.read(*signer, id, {.content = content, .content_type = {}});
    signature.covers = fmt::format("signature {}", id.substr(0, id.rfind('-')));
    auto inner = std::move(signature.signer.breaches);
    const std::size_t at = out_.countersignatures.size();
    out_.countersignatures.push_back(std::move(signature));
    read(*signer, id, inner, depth + 1);
    out_.countersignatures[at].signer.breaches = std::move(inner);
  }

  const SignedData& message_;
  const Limits& limits_;
  Message& out_;
};

}  // namespace

Result<Message> read(BytesView der, const ContentDigest& detached, const Limits& limits) {
  auto message = SignedData::parse(der, messageLimits(limits));
  if (!message) return message.error();

  Message out;
  out.content_type = message->content_type;
  const ContentDigest content =
      message->content ? digestsOf(*message->content) : remembered(detached);
  Archive archive(*message);
  for (std::size_t i = 0; i < message->signers.size(); ++i) {
    const SignerInfo& signer = message->signers[i];
    const std::string id = fmt::format("s{}", i + 1);
    const SignatureReader reader(*message, content, archive);
    auto signature =
        reader.read(signer, id, {.content = content, .content_type = message->content_type});
    signature.covers = "whole-file";
    if (message->content && detached) {
      signature.signer.breaches.emplace_back("content-twice: inside the message and beside it");
    }
    CountersignatureReader(*message, limits, out).read(signer, id, signature.signer.breaches, 1);
    out.signatures.push_back(std::move(signature));
  }
  if (message->content) out.content = toBytes(*message->content);
  return out;
}

Result<Message> readBeside(BytesView der, BytesView content, const Limits& limits) {
  auto message = read(der, digestsOf(content), limits);
  if (!message || !timestamp::looksLikeSignedAttributes(content)) return message;
  for (auto& signature : message->signatures) {
    if (!signature.signer.digests.empty()) continue;
    signature.signer.breaches.emplace_back(timestamp::kContentIsSignedAttributes);
  }
  return message;
}

}  // namespace congvan::cades
