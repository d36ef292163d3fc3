// SPDX-License-Identifier: Apache-2.0
#include "trust/formats/cades/archive.h"

#include "trust/crypto/der.h"
#include "trust/formats/timestamp/oids.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

namespace congvan::cades {
namespace {

namespace der = crypto::der;
namespace oid = timestamp::oid;
using crypto::DigestAlgorithm;
using timestamp::Attribute;
using timestamp::SignedData;
using timestamp::SignerInfo;

enum class IndexVersion { V1, V3 };

// ATSHashIndex: digests of everything that stood beside the signature when the token was made.
struct HashIndex {
  IndexVersion version = IndexVersion::V3;
  Bytes der;
  DigestAlgorithm algorithm = DigestAlgorithm::Sha256;
  std::vector<Bytes> certificates;
  std::vector<Bytes> revocations;
  std::vector<Bytes> attributes;
};

std::vector<Bytes> readDigests(der::Reader& fields) {
  std::vector<Bytes> out;
  der::Reader list = fields.sequence();
  while (!list.atEnd()) out.push_back(toBytes(list.expect(der::kOctetString)));
  if (!list.good()) fields.fail();
  return out;
}

// The first version may leave the algorithm out; then three lists stand there instead of four
// fields.
bool hasAlgorithm(BytesView index) {
  der::Reader outer(index);
  der::Reader fields = outer.sequence();
  std::size_t count = 0;
  for (; !fields.atEnd(); ++count) fields.any();
  return count == 4;
}

std::optional<HashIndex> parseIndex(BytesView value, IndexVersion version) {
  HashIndex index{.version = version,
                  .der = toBytes(value),
                  .certificates = {},
                  .revocations = {},
                  .attributes = {}};
  der::Reader outer(value);
  der::Reader fields = outer.sequence();
  if (hasAlgorithm(value)) {
    der::Reader algorithm = fields.sequence();
    const auto known = crypto::digestByOid(algorithm.oid());
    if (!known || !crypto::digestAvailable(*known)) return std::nullopt;
    index.algorithm = *known;
  }
  index.certificates = readDigests(fields);
  index.revocations = readDigests(fields);
  index.attributes = readDigests(fields);
  if (!fields.finish() || !outer.finish()) return std::nullopt;
  return index;
}

std::optional<HashIndex> findIndex(BytesView token) {
  const auto message = SignedData::parse(token);
  if (!message || message->signers.size() != 1) return std::nullopt;
  for (const Attribute& attribute : message->signers.front().unsigned_attributes) {
    const bool third = attribute.oid == oid::kAtsHashIndexV3;
    if ((!third && attribute.oid != oid::kAtsHashIndexV1) || attribute.values.size() != 1) continue;
    return parseIndex(attribute.values.front(), third ? IndexVersion::V3 : IndexVersion::V1);
  }
  return std::nullopt;
}

std::set<Bytes> digestsOfAll(DigestAlgorithm algorithm, const std::vector<BytesView>& parts) {
  std::set<Bytes> out;
  for (const BytesView part : parts) out.insert(crypto::digest(algorithm, part));
  return out;
}

// The standard means SignedData.crls; some makers name what stands in revocation-values instead.
// Either way the data is in the message, which is what the index has to show.
std::set<Bytes> revocationDigests(const HashIndex& index,
                                  const SignedData& message,
                                  const SignerInfo& signer) {
  std::set<Bytes> out = digestsOfAll(index.algorithm, message.revocation_choices);
  timestamp::Material values;
  timestamp::collectValidationData(signer, values);
  for (const auto& crl : values.crls) out.insert(crypto::digest(index.algorithm, crl.der()));
  for (const auto& answer : values.ocsp_responses) {
    out.insert(crypto::digest(index.algorithm, answer.der));
  }
  return out;
}

// Version 1 counts whole attributes, version 3 each value together with its type.
std::set<Bytes> attributeDigests(const HashIndex& index, const SignerInfo& signer) {
  std::set<Bytes> out;
  for (const Attribute& attribute : signer.unsigned_attributes) {
    if (index.version == IndexVersion::V1) {
      out.insert(crypto::digest(index.algorithm, attribute.whole));
      continue;
    }
    der::Reader outer(attribute.whole);
    der::Reader fields = outer.sequence();
    const BytesView type = fields.expectWhole(der::kOid);
    for (const BytesView value : attribute.values) {
      out.insert(crypto::Digest(index.algorithm).update(type).update(value).finish());
    }
  }
  return out;
}

void checkPresent(std::string_view what,
                  const std::vector<Bytes>& named,
                  const std::set<Bytes>& present,
                  std::vector<std::string>& breaches) {
  const auto missing =
      std::ranges::count_if(named, [&](const Bytes& digest) { return !present.contains(digest); });
  if (missing != 0)
    breaches.push_back(
        fmt::format("hash-index: {} of {} {} are not there", missing, named.size(), what));
}

}  // namespace

ArchiveCover archiveCover(const SignedData& message,
                          const SignerInfo& signer,
                          BytesView token,
                          const ContentDigest& content) {
  ArchiveCover cover;
  const auto index = findIndex(token);
  if (!index) {
    cover.breaches.emplace_back("hash-index: missing or unreadable");
    return cover;
  }
  checkPresent("certificates",
               index->certificates,
               digestsOfAll(index->algorithm, message.certificate_choices),
               cover.breaches);
  checkPresent("revocation data",
               index->revocations,
               revocationDigests(*index, message, signer),
               cover.breaches);
  checkPresent(
      "unsigned attributes", index->attributes, attributeDigests(*index, signer), cover.breaches);
  cover.imprint = [&message, &signer, content, hash_index = index->der](DigestAlgorithm algorithm) {
    const Bytes inner = content(algorithm);
    if (inner.empty()) return Bytes{};
    crypto::Digest digest(algorithm);
    digest.update(message.content_type_whole).update(inner);
    digest.update(signer.version).update(signer.identifier).update(signer.digest_algorithm);
    if (signer.signed_attributes) digest.update(*signer.signed_attributes);
    return digest.update(signer.signature_algorithm)
        .update(signer.signature)
        .update(hash_index)
        .finish();
  };
  return cover;
}

}  // namespace congvan::cades
