// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/certificate.h"

#include "base/encoding.h"
#include "trust/crypto/der.h"
#include "trust/crypto/digest.h"
#include "trust/crypto/openssl.h"
#include "trust/pki/certificate_facts.h"
#include "trust/pki/names.h"
#include "trust/pki/pem.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>

namespace congvan::pki {

namespace der = crypto::der;

struct Certificate::Parsed {
  Bytes der;
  crypto::X509Handle x509;
  Bytes sha256;
  crypto::PublicKey key{nullptr};
  // Views into `der`, which never moves once the certificate is made.
  BytesView tbs, algorithm, signature, serial, issuer, subject, spki;
  Instant not_before, not_after;
  std::vector<Extension> extensions;
  CertificateFacts facts;
};

namespace {

constexpr std::size_t kCertificateBytesMax = 64U << 10U;

constexpr std::string_view kOidSubjectKeyIdentifier = "2.5.29.14";
constexpr std::string_view kOidKeyUsage = "2.5.29.15";
constexpr std::string_view kOidBasicConstraints = "2.5.29.19";
constexpr std::string_view kOidCrlDistributionPoints = "2.5.29.31";
constexpr std::string_view kOidAuthorityKeyIdentifier = "2.5.29.35";
constexpr std::string_view kOidExtendedKeyUsage = "2.5.29.37";
constexpr std::string_view kOidAuthorityInfoAccess = "1.3.6.1.5.5.7.1.1";
constexpr std::string_view kOidOcspNoCheck = "1.3.6.1.5.5.7.48.1.5";
constexpr std::string_view kOidAccessOcsp = "1.3.6.1.5.5.7.48.1";
constexpr std::string_view kOidAccessCaIssuers = "1.3.6.1.5.5.7.48.2";
constexpr std::uint8_t kUriTag = der::contextTag(6);

Error malformedCertificate(std::string detail) {
  return Error{Code::Malformed, "certificate_malformed", {}, std::move(detail)};
}

/// A time as OpenSSL understands it: also the offsets and fractions that RFC 5280 forbids and old
/// certificates carry.
std::optional<Instant> instantOf(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  const std::chrono::year_month_day date{
      std::chrono::year(parts.tm_year + 1900),
      std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1)),
      std::chrono::day(static_cast<unsigned>(parts.tm_mday))};
  if (!date.ok()) return std::nullopt;
  return Instant(std::chrono::sys_days(date)) + std::chrono::hours(parts.tm_hour) +
         std::chrono::minutes(parts.tm_min) + std::chrono::seconds(parts.tm_sec);
}

bool readExtensions(der::Reader& tbs, std::vector<Extension>& extensions) {
  auto wrapper = tbs.nested(der::contextConstructed(3));
  auto list = wrapper.sequence();
  while (!list.atEnd()) {
    auto fields = list.sequence();
    Extension extension;
    extension.oid = fields.oid();
    // Not `boolean()`: certificates with TRUE written as 01 are about.
    if (const auto critical = fields.optional(der::kBoolean)) {
      extension.critical = critical->size() == 1 && critical->front() != 0;
    }
    extension.value = fields.expect(der::kOctetString);
    if (!fields.finish()) return false;
    extensions.push_back(std::move(extension));
  }
  return list.finish() && wrapper.finish();
}

/// `[0] { [0] { [6] URI … } }` of each distribution point; other names are passed over.
std::vector<std::string> httpAddresses(der::Reader names) {
  std::vector<std::string> addresses;
  while (!names.atEnd()) {
    const auto name = names.any();
    const auto text = asText(name.content);
    const bool http = text.starts_with("http://") || text.starts_with("https://");
    if (name.tag == kUriTag && http) addresses.emplace_back(text);
  }
  return addresses;
}

std::vector<std::string> accessAddresses(const Extension* extension, std::string_view method) {
  std::vector<std::string> addresses;
  if (extension == nullptr) return addresses;
  der::Reader outer(extension->value);
  auto list = outer.sequence();
  while (!list.atEnd()) {
    auto description = list.sequence();
    if (description.oid() != method) continue;
    const auto location = httpAddresses(der::Reader(description.any().whole));
    addresses.insert(addresses.end(), location.begin(), location.end());
  }
  return addresses;
}

/// The base64 blocks named `label`, decoded. False when a block is broken or there are too many.
bool readPem(std::string_view pem,
             std::string_view label,
             std::size_t most,
             std::vector<Bytes>& out) {
  const auto end = readPemBlocks(asBytes(pem), [&](std::string_view found, BytesView block) {
    if (found != label) return true;
    if (out.size() == most) return false;
    out.push_back(toBytes(block));
    return true;
  });
  return end == PemEnd::NoMore;
}

constexpr std::size_t kReadOnceMost = 256;
thread_local CertificatesReadOnce* read_once = nullptr;

}  // namespace

Certificate::Certificate(std::shared_ptr<const Parsed> parsed) : parsed_(std::move(parsed)) {}

CertificatesReadOnce::CertificatesReadOnce() : before_(read_once) {
  read_once = this;
}

CertificatesReadOnce::~CertificatesReadOnce() {
  read_once = before_;
}

const Certificate* CertificatesReadOnce::find(BytesView der_bytes) const {
  const auto found = std::ranges::find_if(
      known_, [&](const Certificate& one) { return std::ranges::equal(one.der(), der_bytes); });
  return found == known_.end() ? nullptr : &*found;
}

void CertificatesReadOnce::keep(const Certificate& certificate) {
  if (known_.size() < kReadOnceMost) known_.push_back(certificate);
}

Result<Certificate> Certificate::parse(BytesView der_bytes) {
  if (read_once == nullptr) return parseAnew(der_bytes);
  if (const auto* known = read_once->find(der_bytes)) return *known;
  auto certificate = parseAnew(der_bytes);
  if (certificate) read_once->keep(*certificate);
  return certificate;
}

Result<Certificate> Certificate::parseAnew(BytesView der_bytes) {
  if (der_bytes.size() > kCertificateBytesMax)
    return Error{Code::TooLarge, "certificate_too_large"};
  auto parsed = std::make_shared<Parsed>();
  parsed->der = toBytes(der_bytes);
  der::Reader outer(parsed->der);
  auto whole = outer.sequence();
  parsed->tbs = whole.expectWhole(der::kSequence);
  parsed->algorithm = whole.expectWhole(der::kSequence);
  const auto signature = whole.expect(der::kBitString);
  if (!whole.finish() || !outer.finish()) return malformedCertificate("not one DER certificate");
  if (!signature.empty() && signature[0] == 0) parsed->signature = signature.subspan(1);

  der::Reader around(parsed->tbs);
  auto tbs = around.sequence();
  tbs.optional(der::contextConstructed(0));
  parsed->serial = tbs.expect(der::kInteger);
  tbs.expect(der::kSequence);
  parsed->issuer = tbs.expectWhole(der::kSequence);
  tbs.expect(der::kSequence);
  parsed->subject = tbs.expectWhole(der::kSequence);
  parsed->spki = tbs.expectWhole(der::kSequence);
  tbs.optional(der::contextTag(1));
  tbs.optional(der::contextTag(2));
  const bool read = tbs.atEnd() || readExtensions(tbs, parsed->extensions);
  if (!read || !tbs.finish()) return malformedCertificate("TBSCertificate");

  parsed->x509 = crypto::decode<crypto::X509Handle>(d2i_X509, parsed->der);
  auto detail = crypto::drainErrors();
  if (!parsed->x509) return malformedCertificate(std::move(detail));
  const auto not_before = instantOf(X509_get0_notBefore(parsed->x509.get()));
  const auto not_after = instantOf(X509_get0_notAfter(parsed->x509.get()));
  if (!not_before || !not_after) return malformedCertificate("validity");
  parsed->not_before = *not_before;
  parsed->not_after = *not_after;
  parsed->sha256 = crypto::digest(crypto::DigestAlgorithm::Sha256, parsed->der);
  parsed->key = crypto::PublicKey(std::shared_ptr<EVP_PKEY>(X509_get_pubkey(parsed->x509.get()),
                                                            crypto::Releaser<EVP_PKEY_free>()));
  // OpenSSL keeps the extensions' meaning in the object at first use; done here, before it is
  // shared.
  X509_check_purpose(parsed->x509.get(), -1, 0);
  crypto::drainErrors();
  const Certificate certificate(parsed);
  parsed->facts = readFacts(certificate);  // before anybody else can see it
  return certificate;
}

Result<Certificate> Certificate::parsePem(std::string_view pem) {
  std::vector<Bytes> blocks;
  readPem(pem, PEM_STRING_X509, 1, blocks);
  if (blocks.empty()) return malformedCertificate("no CERTIFICATE block");
  return parse(blocks.front());
}

Result<std::vector<Certificate>> Certificate::parsePemBundle(std::string_view pem,
                                                             std::size_t most) {
  std::vector<Bytes> blocks;
  if (!readPem(pem, PEM_STRING_X509, most, blocks) || blocks.empty()) {
    return malformedCertificate("no CERTIFICATE block, a broken one, or too many");
  }
  std::vector<Certificate> certificates;
  for (const auto& block : blocks) {
    auto certificate = parse(block);
    if (!certificate) return certificate.error();
    certificates.push_back(std::move(*certificate));
  }
  return certificates;
}

BytesView Certificate::der() const {
  return parsed_->der;
}

std::string Certificate::pem() const {
  const auto base64 = toBase64(parsed_->der);
  std::string text = "-----BEGIN CERTIFICATE-----\n";
  for (std::size_t at = 0; at < base64.size(); at += 64) text += base64.substr(at, 64) + '\n';
  return text + "-----END CERTIFICATE-----\n";
}

BytesView Certificate::tbsDer() const {
  return parsed_->tbs;
}
BytesView Certificate::signatureAlgorithmDer() const {
  return parsed_->algorithm;
}
BytesView Certificate::signatureValue() const {
  return parsed_->signature;
}
BytesView Certificate::spkiDer() const {
  return parsed_->spki;
}
const Bytes& Certificate::sha256() const {
  return parsed_->sha256;
}

std::string Certificate::subject() const {
  return nameText(X509_get_subject_name(parsed_->x509.get()));
}

std::string Certificate::issuer() const {
  return nameText(X509_get_issuer_name(parsed_->x509.get()));
}

std::string Certificate::commonName() const {
  return commonNameOf(X509_get_subject_name(parsed_->x509.get()));
}

BytesView Certificate::subjectDer() const {
  return parsed_->subject;
}
BytesView Certificate::issuerDer() const {
  return parsed_->issuer;
}

std::string Certificate::serialHex() const {
  return integerHex(parsed_->serial);
}
Bytes Certificate::serialDer() const {
  return toBytes(parsed_->serial);
}
Instant Certificate::notBefore() const {
  return parsed_->not_before;
}
Instant Certificate::notAfter() const {
  return parsed_->not_after;
}

bool Certificate::validAt(Instant time) const {
  // notAfter names a whole second, all of which is inside.
  return time >= parsed_->not_before && time < parsed_->not_after + std::chrono::seconds(1);
}

crypto::PublicKey Certificate::publicKey() const {
  return parsed_->key;
}
const std::vector<Extension>& Certificate::extensions() const {
  return parsed_->extensions;
}

const Extension* Certificate::extension(std::string_view oid) const {
  const auto found = std::ranges::find(parsed_->extensions, oid, &Extension::oid);
  return found == parsed_->extensions.end() ? nullptr : &*found;
}

Bytes Certificate::subjectKeyIdentifier() const {
  const auto* found = extension(kOidSubjectKeyIdentifier);
  return found == nullptr ? Bytes() : toBytes(der::Reader(found->value).expect(der::kOctetString));
}

Bytes Certificate::authorityKeyIdentifier() const {
  const auto* found = extension(kOidAuthorityKeyIdentifier);
  if (found == nullptr) return {};
  der::Reader reader(found->value);
  return toBytes(reader.sequence().optional(der::contextTag(0)).value_or(BytesView()));
}

bool Certificate::hasKeyUsage() const {
  return extension(kOidKeyUsage) != nullptr;
}

bool Certificate::keyUsage(KeyUsage usage) const {
  const auto* found = extension(kOidKeyUsage);
  if (found == nullptr) return false;
  const auto bits = der::Reader(found->value).expect(der::kBitString);
  const auto bit = static_cast<unsigned>(usage);
  return bits.size() > 1 + bit / 8 && ((bits[1 + bit / 8] << (bit % 8)) & 0x80) != 0;
}

bool Certificate::isCa() const {
  const auto* found = extension(kOidBasicConstraints);
  if (found == nullptr) return false;
  der::Reader reader(found->value);
  const auto ca = reader.sequence().optional(der::kBoolean);
  return ca && ca->size() == 1 && ca->front() != 0;
}

std::optional<int> Certificate::pathLength() const {
  const auto* found = extension(kOidBasicConstraints);
  if (found == nullptr) return std::nullopt;
  der::Reader reader(found->value);
  auto fields = reader.sequence();
  fields.optional(der::kBoolean);
  if (fields.peek() != der::kInteger) return std::nullopt;
  const auto length = fields.smallInteger();
  if (!fields.good()) return std::nullopt;
  return static_cast<int>(std::min<std::uint64_t>(length, 1000));
}

std::vector<std::string> Certificate::extendedKeyUsage() const {
  std::vector<std::string> purposes;
  const auto* found = extension(kOidExtendedKeyUsage);
  if (found == nullptr) return purposes;
  der::Reader reader(found->value);
  auto list = reader.sequence();
  while (!list.atEnd()) purposes.push_back(list.oid());
  return purposes;
}

bool Certificate::maySignDocuments() const {
  constexpr std::array<std::string_view, 6> kOther{
      "1.3.6.1.5.5.7.3.1",  // serverAuth
      "1.3.6.1.5.5.7.3.2",  // clientAuth
      "1.3.6.1.5.5.7.3.3",  // codeSigning
      kEkuTimeStamping,
      kEkuOcspSigning,
      "1.3.6.1.4.1.311.20.2.2",  // smart card logon
  };
  const auto purposes = extendedKeyUsage();
  const auto is_other = [&](const std::string& purpose) {
    return std::ranges::find(kOther, purpose) != kOther.end();
  };
  return purposes.empty() || !std::ranges::all_of(purposes, is_other);
}

bool Certificate::extendedKeyUsageCritical() const {
  const auto* found = extension(kOidExtendedKeyUsage);
  return found != nullptr && found->critical;
}

std::vector<std::string> Certificate::crlAddresses() const {
  std::vector<std::string> addresses;
  const auto* found = extension(kOidCrlDistributionPoints);
  if (found == nullptr) return addresses;
  der::Reader reader(found->value);
  auto points = reader.sequence();
  while (!points.atEnd()) {
    auto point = points.sequence();
    if (point.peek() != der::contextConstructed(0)) continue;
    auto name = point.nested(der::contextConstructed(0));
    if (name.peek() != der::contextConstructed(0)) continue;
    const auto uris = httpAddresses(name.nested(der::contextConstructed(0)));
    addresses.insert(addresses.end(), uris.begin(), uris.end());
  }
  return addresses;
}

std::vector<std::string> Certificate::ocspAddresses() const {
  return accessAddresses(extension(kOidAuthorityInfoAccess), kOidAccessOcsp);
}

std::vector<std::string> Certificate::caIssuersAddresses() const {
  return accessAddresses(extension(kOidAuthorityInfoAccess), kOidAccessCaIssuers);
}

bool Certificate::hasOcspNoCheck() const {
  return extension(kOidOcspNoCheck) != nullptr;
}
const CertificateFacts& Certificate::facts() const {
  return parsed_->facts;
}
X509* Certificate::handle() const {
  return parsed_->x509.get();
}

}  // namespace congvan::pki
