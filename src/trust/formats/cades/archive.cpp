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

// ATSHashIndex: digests of everything that stood beside the signature when the token was made.
struct HashIndex {
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

std::optional<HashIndex> parseIndex(BytesView value) {
  HashIndex index{.der = toBytes(value), .certificates = {}, .revocations = {}, .attributes = {}};
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
    const bool index =
        attribute.oid == oid::kAtsHashIndexV3 || attribute.oid == oid::kAtsHashIndexV1;
    if (!index || attribute.values.size() != 1) continue;
    return parseIndex(attribute.values.front());
  }
  return std::nullopt;
}

std::set<Bytes> digestsOfAll(DigestAlgorithm algorithm, const std::vector<BytesView>& parts) {
  std::set<Bytes> out;
  for (const BytesView part : parts) out.insert(crypto::digest(algorithm, part));
  return out;
}

template <typename Digests>
void checkPresent(std::string_view what,
                  const std::vector<Bytes>& named,
                  const Digests& present,
                  std::vector<std::string>& breaches) {
  const auto missing =
      std::ranges::count_if(named, [&](const Bytes& digest) { return !present.contains(digest); });
  if (missing != 0)
    breaches.push_back(
        fmt::format("hash-index: {} of {} {} are not there", missing, named.size(), what));
}

}  // namespace

const std::set<Bytes>& Archive::certificates(DigestAlgorithm algorithm) {
  const auto known = certificates_.find(algorithm);
  if (known != certificates_.end()) return known->second;
  return certificates_.emplace(algorithm, digestsOfAll(algorithm, message_.certificate_choices))
      .first->second;
}

// The standard means SignedData.crls; some makers name what stands in revocation-values instead.
// Either way the data is in the message, which is what the index has to show.
const std::set<Bytes>& Archive::revocations(DigestAlgorithm algorithm, const SignerInfo& signer) {
  const PerSigner key{&signer, algorithm};
  const auto known = revocations_.find(key);
  if (known != revocations_.end()) return known->second;
  Digests digests = digestsOfAll(algorithm, message_.revocation_choices);
  timestamp::Material values;
  timestamp::collectValidationData(signer, values);
  for (const auto& crl : values.crls) digests.insert(crypto::digest(algorithm, crl.der()));
  for (const auto& answer : values.ocsp_responses)
    digests.insert(crypto::digest(algorithm, answer.der));
  return revocations_.emplace(key, std::move(digests)).first->second;
}

// Version 1 of the index counts whole attributes, version 3 each value together with its type.
const Archive::Attributes& Archive::attributes(DigestAlgorithm algorithm,
                                               const SignerInfo& signer) {
  const PerSigner key{&signer, algorithm};
  const auto known = attributes_.find(key);
  if (known != attributes_.end()) return known->second;
  Attributes digests;
  for (const Attribute& attribute : signer.unsigned_attributes) {
    auto& whole = digests[crypto::digest(algorithm, attribute.whole)];
    der::Reader outer(attribute.whole);
    der::Reader fields = outer.sequence();
    const BytesView type = fields.expectWhole(der::kOid);
    for (const BytesView value : attribute.values) {
      whole.insert(value.data());
      digests[crypto::Digest(algorithm).update(type).update(value).finish()].insert(value.data());
    }
  }
  return attributes_.emplace(key, std::move(digests)).first->second;
}

ArchiveCover Archive::cover(const SignerInfo& signer,
                            BytesView token,
                            const ContentDigest& content) {
  ArchiveCover cover;
  const auto index = findIndex(token);
  if (!index) {
    cover.breaches.emplace_back("hash-index: missing or unreadable");
    return cover;
  }
  const DigestAlgorithm hash = index->algorithm;
  checkPresent("certificates", index->certificates, certificates(hash), cover.breaches);
  checkPresent("revocation data", index->revocations, revocations(hash, signer), cover.breaches);
  const auto& present = attributes(hash, signer);
  checkPresent("unsigned attributes", index->attributes, present, cover.breaches);
  for (const Bytes& digest : index->attributes) {
    if (const auto named = present.find(digest); named != present.end())
      cover.values.insert(named->second.begin(), named->second.end());
  }
  cover.imprint = [this, &signer, content, hash_index = index->der](DigestAlgorithm algorithm) {
    const Bytes inner = content(algorithm);
    if (inner.empty()) return Bytes{};
    crypto::Digest digest(algorithm);
    digest.update(message_.content_type_whole).update(inner);
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
