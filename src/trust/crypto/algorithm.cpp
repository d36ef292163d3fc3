// SPDX-License-Identifier: Apache-2.0
#include "trust/crypto/der.h"
#include "trust/crypto/public_key.h"

#include <array>

namespace congvan::crypto {
namespace {

struct NamedAlgorithm {
  std::string_view oid;
  Scheme scheme;
  DigestAlgorithm digest;
};

using D = DigestAlgorithm;

// RFC 8017, 5758, 8702, 8692 and the NIST object register. The first row of a pair is the one
// written.
constexpr std::array kAlgorithms{
    NamedAlgorithm{"1.2.840.113549.1.1.4", Scheme::RsaPkcs1, D::Md5},
    NamedAlgorithm{"1.2.840.113549.1.1.5", Scheme::RsaPkcs1, D::Sha1},
    NamedAlgorithm{
        "1.3.14.3.2.29", Scheme::RsaPkcs1, D::Sha1},  // of the OSI implementers' workshop
    NamedAlgorithm{"1.2.840.113549.1.1.14", Scheme::RsaPkcs1, D::Sha224},
    NamedAlgorithm{"1.2.840.113549.1.1.11", Scheme::RsaPkcs1, D::Sha256},
    NamedAlgorithm{"1.2.840.113549.1.1.12", Scheme::RsaPkcs1, D::Sha384},
    NamedAlgorithm{"1.2.840.113549.1.1.13", Scheme::RsaPkcs1, D::Sha512},
    NamedAlgorithm{"1.2.840.113549.1.1.15", Scheme::RsaPkcs1, D::Sha512_224},
    NamedAlgorithm{"1.2.840.113549.1.1.16", Scheme::RsaPkcs1, D::Sha512_256},
    NamedAlgorithm{"2.16.840.1.101.3.4.3.13", Scheme::RsaPkcs1, D::Sha3_224},
    NamedAlgorithm{"2.16.840.1.101.3.4.3.14", Scheme::RsaPkcs1, D::Sha3_256},
    NamedAlgorithm{"2.16.840.1.101.3.4.3.15", Scheme::RsaPkcs1, D::Sha3_384},
    NamedAlgorithm{"2.16.840.1.101.3.4.3.16", Scheme::RsaPkcs1, D::Sha3_512},
    NamedAlgorithm{"1.3.36.3.3.1.2", Scheme::RsaPkcs1, D::Ripemd160},
    NamedAlgorithm{"1.2.840.10045.4.1", Scheme::Ecdsa, D::Sha1},
    NamedAlgorithm{"1.2.840.10045.4.3.1", Scheme::Ecdsa, D::Sha224},
    NamedAlgorithm{"1.2.840.10045.4.3.2", Scheme::Ecdsa, D::Sha256},
    NamedAlgorithm{"1.2.840.10045.4.3.3", Scheme::Ecdsa, D::Sha384},
    NamedAlgorithm{"1.2.840.10045.4.3.4", Scheme::Ecdsa, D::Sha512},
    NamedAlgorithm{"2.16.840.1.101.3.4.3.9", Scheme::Ecdsa, D::Sha3_224},
    NamedAlgorithm{"2.16.840.1.101.3.4.3.10", Scheme::Ecdsa, D::Sha3_256},
    NamedAlgorithm{"2.16.840.1.101.3.4.3.11", Scheme::Ecdsa, D::Sha3_384},
    NamedAlgorithm{"2.16.840.1.101.3.4.3.12", Scheme::Ecdsa, D::Sha3_512},
    NamedAlgorithm{"1.3.101.112", Scheme::Ed25519, D::Sha512},
    NamedAlgorithm{"1.3.101.113", Scheme::Ed448, D::Sha512},
    NamedAlgorithm{"1.2.840.10040.4.3", Scheme::Dsa, D::Sha1},
    NamedAlgorithm{"2.16.840.1.101.3.4.3.1", Scheme::Dsa, D::Sha224},
    NamedAlgorithm{"2.16.840.1.101.3.4.3.2", Scheme::Dsa, D::Sha256},
    NamedAlgorithm{"2.16.840.1.101.3.4.3.3", Scheme::Dsa, D::Sha384},
    NamedAlgorithm{"2.16.840.1.101.3.4.3.4", Scheme::Dsa, D::Sha512},
    NamedAlgorithm{"2.16.840.1.101.3.4.3.5", Scheme::Dsa, D::Sha3_224},
    NamedAlgorithm{"2.16.840.1.101.3.4.3.6", Scheme::Dsa, D::Sha3_256},
    NamedAlgorithm{"2.16.840.1.101.3.4.3.7", Scheme::Dsa, D::Sha3_384},
    NamedAlgorithm{"2.16.840.1.101.3.4.3.8", Scheme::Dsa, D::Sha3_512},
};

constexpr std::string_view kRsaEncryption = "1.2.840.113549.1.1.1";
constexpr std::string_view kRsaPss = "1.2.840.113549.1.1.10";
constexpr std::string_view kMgf1 = "1.2.840.113549.1.1.8";
constexpr std::string_view kEcPublicKey = "1.2.840.10045.2.1";
constexpr std::string_view kEcSignature = "1.2.840.10045.4";  // X9.62 id-ecSigType, names no digest
constexpr std::string_view kDsaKey = "1.2.840.10040.4.1";
constexpr std::uint64_t kSaltBytesMax = 2048;  // the salt of a 16,384-bit key at most

std::string_view schemeName(Scheme scheme) {
  switch (scheme) {
    case Scheme::RsaPkcs1:
      return "RSA";
    case Scheme::RsaPss:
      return "RSA-PSS";
    case Scheme::Ecdsa:
      return "ECDSA";
    case Scheme::Ed25519:
      return "Ed25519";
    case Scheme::Ed448:
      return "Ed448";
    case Scheme::Dsa:
      return "DSA";
  }
  return {};
}

Error unknownAlgorithm(std::string detail) {
  return Error{Code::Malformed, "algorithm_unknown", {}, std::move(detail)};
}

Bytes digestIdentifier(DigestAlgorithm digest) {
  return der::sequence({der::oid(digestOid(digest)), der::null()});
}

/// A digest's AlgorithmIdentifier: parameters absent or NULL.
std::optional<DigestAlgorithm> readDigest(der::Reader& reader) {
  auto identifier = reader.sequence();
  const auto oid = identifier.oid();
  identifier.optional(der::kNull);
  if (!identifier.finish()) return std::nullopt;
  return digestByOid(oid);
}

Bytes encodePss(const SignatureAlgorithm& algorithm) {
  const auto mask_digest = digestIdentifier(algorithm.mask_digest);
  const auto mask = der::sequence({der::oid(kMgf1), mask_digest});
  // A value equal to its DEFAULT is left out (X.690 11.5).
  Bytes digest, generator, salt;
  if (algorithm.digest != D::Sha1) {
    digest = der::element(der::contextConstructed(0), digestIdentifier(algorithm.digest));
  }
  if (algorithm.mask_digest != D::Sha1) {
    generator = der::element(der::contextConstructed(1), mask);
  }
  if (algorithm.salt_bytes != 20) {
    salt =
        der::element(der::contextConstructed(2), der::integer(std::uint64_t{algorithm.salt_bytes}));
  }
  return der::sequence({der::oid(kRsaPss), der::sequence({digest, generator, salt})});
}

/// RFC 8017 A.2.3; each field has a DEFAULT.
Result<SignatureAlgorithm> readPss(der::Reader& identifier) {
  SignatureAlgorithm algorithm{Scheme::RsaPss, D::Sha1, D::Sha1, 20};
  auto fields = identifier.sequence();
  if (fields.peek() == der::contextConstructed(0)) {
    auto field = fields.nested(der::contextConstructed(0));
    const auto digest = readDigest(field);
    if (!digest || !field.finish()) return unknownAlgorithm("RSASSA-PSS hashAlgorithm");
    algorithm.digest = *digest;
  }
  if (fields.peek() == der::contextConstructed(1)) {
    auto field = fields.nested(der::contextConstructed(1));
    auto mask = field.sequence();
    const auto generator = mask.oid();
    const auto digest = readDigest(mask);
    if (generator != kMgf1 || !digest || !mask.finish() || !field.finish()) {
      return unknownAlgorithm("RSASSA-PSS maskGenAlgorithm");
    }
    algorithm.mask_digest = *digest;
  }
  if (fields.peek() == der::contextConstructed(2)) {
    auto field = fields.nested(der::contextConstructed(2));
    const auto salt = field.smallInteger();
    if (!field.finish() || salt > kSaltBytesMax) return unknownAlgorithm("RSASSA-PSS saltLength");
    algorithm.salt_bytes = salt;
  }
  if (fields.peek() == der::contextConstructed(3)) {
    auto field = fields.nested(der::contextConstructed(3));
    if (field.smallInteger() != 1 || !field.finish()) {
      return unknownAlgorithm("RSASSA-PSS trailerField");
    }
  }
  if (!fields.finish()) return unknownAlgorithm("RSASSA-PSS parameters");
  return algorithm;
}

std::optional<Scheme> schemeOfKeyOid(std::string_view oid) {
  if (oid == kRsaEncryption) return Scheme::RsaPkcs1;
  if (oid == kEcPublicKey || oid == kEcSignature) return Scheme::Ecdsa;
  if (oid == kDsaKey) return Scheme::Dsa;
  return std::nullopt;
}

}  // namespace

std::string algorithmName(const SignatureAlgorithm& algorithm) {
  std::string name(schemeName(algorithm.scheme));
  if (algorithm.scheme == Scheme::Ed25519 || algorithm.scheme == Scheme::Ed448) return name;
  return name + " with " + std::string(digestName(algorithm.digest));
}

Bytes encodeAlgorithm(const SignatureAlgorithm& algorithm) {
  if (algorithm.scheme == Scheme::RsaPss) return encodePss(algorithm);
  for (const auto& row : kAlgorithms) {
    const bool digest_counts = row.scheme != Scheme::Ed25519 && row.scheme != Scheme::Ed448;
    if (row.scheme != algorithm.scheme || (digest_counts && row.digest != algorithm.digest)) {
      continue;
    }
    // RFC 4055 wants NULL with RSA; RFC 5758 and 8410 want nothing with the others.
    if (row.scheme == Scheme::RsaPkcs1) return der::sequence({der::oid(row.oid), der::null()});
    return der::sequence({der::oid(row.oid)});
  }
  throw std::invalid_argument("no identifier for " + algorithmName(algorithm));
}

Result<SignatureAlgorithm> parseAlgorithm(BytesView der,
                                          std::optional<DigestAlgorithm> digest_hint) {
  der::Reader outer(der);
  auto identifier = outer.sequence();
  const auto oid = identifier.oid();
  if (!outer.finish() || oid.empty()) return Error{Code::Malformed, "algorithm_malformed"};
  if (oid == kRsaPss) {
    auto algorithm = readPss(identifier);
    if (algorithm && !identifier.finish()) return Error{Code::Malformed, "algorithm_malformed"};
    return algorithm;
  }
  for (const auto& row : kAlgorithms) {
    if (row.oid != oid) continue;
    identifier.optional(der::kNull);  // seen with ECDSA too, although RFC 5758 wants none
    if (!identifier.finish()) return Error{Code::Malformed, "algorithm_malformed"};
    return SignatureAlgorithm{row.scheme, row.digest, row.digest, digestSize(row.digest)};
  }
  // RFC 5652 5.3 lets a key's identifier stand for the signature's; its parameters do not matter
  // then.
  const auto scheme = schemeOfKeyOid(oid);
  if (!scheme || !digest_hint) return unknownAlgorithm(oid);
  return SignatureAlgorithm{*scheme, *digest_hint, *digest_hint, digestSize(*digest_hint)};
}

}  // namespace congvan::crypto
