// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/crl.h"

#include "trust/crypto/der.h"
#include "trust/pki/names.h"
#include "trust/pki/pem.h"

#include <openssl/pem.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace congvan::pki {
namespace der = crypto::der;
namespace {

constexpr std::string_view kReasonCode = "2.5.29.21";
constexpr std::string_view kInvalidityDate = "2.5.29.24";
constexpr std::string_view kCertificateIssuer = "2.5.29.29";
constexpr std::string_view kCrlNumber = "2.5.29.20";
constexpr std::string_view kDeltaCrlIndicator = "2.5.29.27";
constexpr std::string_view kIssuingDistributionPoint = "2.5.29.28";
constexpr std::string_view kCrlAuthorityKey = "2.5.29.35";
constexpr std::string_view kExpiredCertsOnCrl = "2.5.29.60";

Error malformedCrl(std::string detail) {
  return Error{Code::Malformed, "crl_malformed", {}, std::move(detail)};
}

void noteDefect(Crl::Parsed& crl, std::string_view what) {
  if (crl.defect.empty()) crl.defect = what;
}

std::string numberOf(der::Reader& reader) {
  auto octets = asText(reader.integer());
  while (octets.size() > 1 && octets.front() == '\0') octets.remove_prefix(1);
  return std::string(octets);
}

/// Compares non-negative INTEGERs without leading zeros.
bool isBelow(const std::string& left, const std::string& right) {
  if (left.size() != right.size()) return left.size() < right.size();
  return std::lexicographical_compare(
      left.begin(), left.end(), right.begin(), right.end(), [](char a, char b) {
        return static_cast<unsigned char>(a) < static_cast<unsigned char>(b);
      });
}

/// Calls `use(oid, critical, value)` for each extension of a list.
template <typename Use>
void eachExtension(der::Reader& list, Use use) {
  while (!list.atEnd()) {
    auto fields = list.sequence();
    const auto oid = der::oidText(fields.expect(der::kOid));
    const bool critical = fields.peek() == der::kBoolean && fields.boolean();
    const auto value = fields.expect(der::kOctetString);
    if (!fields.finish()) list.fail();
    if (list.good()) use(oid, critical, value);
  }
}

std::optional<RevocationReason> reasonOf(BytesView value) {
  der::Reader reader(value);
  const auto content = reader.expect(der::kEnumerated);
  if (!reader.finish() || content.size() != 1 || content[0] > 10 || content[0] == 7) {
    return std::nullopt;
  }
  return static_cast<RevocationReason>(content[0]);
}

/// The directory name of a certificateIssuer extension; nullopt when there is none to be read.
std::optional<std::string> certificateIssuerOf(BytesView value) {
  der::Reader reader(value);
  auto list = reader.sequence();
  const auto names = readGeneralNames(list);
  if (!list.finish() || !reader.finish()) return std::nullopt;
  const auto found = std::ranges::find(names, GeneralNameKind::Directory, &GeneralName::kind);
  if (found == names.end()) return std::nullopt;
  return found->value;
}

class EntryReader {
 public:
  explicit EntryReader(Crl::Parsed& crl) : crl_(crl) { known_issuers_[crl.issuers.front()] = 0; }

  void read(der::Reader& list) {
    auto fields = list.sequence();
    CrlEntry entry;
    entry.serial = fields.integer();
    entry.time = fields.time();
    entry.issuer = issuer_;
    if (!fields.atEnd()) {
      if (crl_.version < 2) noteDefect(crl_, "entry extensions need version 2");
      auto extensions = fields.sequence();
      if (extensions.atEnd()) extensions.fail();
      eachExtension(extensions, [&](const std::string& oid, bool critical, BytesView value) {
        readExtension(entry, oid, critical, value);
      });
      if (!extensions.finish()) fields.fail();
    }
    if (!fields.finish()) list.fail();
    if (list.good()) crl_.entries.push_back(entry);
  }

 private:
  void readExtension(CrlEntry& entry, const std::string& oid, bool critical, BytesView value) {
    if (oid == kReasonCode) {
      const auto reason = reasonOf(value);
      if (!reason) return noteDefect(crl_, "an entry's reasonCode cannot be read");
      entry.reason = *reason;
    } else if (oid == kInvalidityDate) {
      der::Reader reader(value);
      const auto time = reader.time();
      if (!reader.finish()) return noteDefect(crl_, "an entry's invalidityDate cannot be read");
      entry.invalidity_date = time;
    } else if (oid == kCertificateIssuer) {
      // Stays in force for the entries that follow: RFC 5280 5.3.3.
      const auto issuer = certificateIssuerOf(value);
      if (!issuer) return noteDefect(crl_, "an entry's certificateIssuer cannot be read");
      issuer_ = indexOf(*issuer);
      entry.issuer = issuer_;
    } else if (critical) {
      // RFC 5280 5.3: then the whole CRL says nothing, not only this entry.
      noteDefect(crl_, "unknown critical entry extension " + oid);
    }
  }

  std::uint32_t indexOf(const std::string& key) {
    const auto [found, added] =
        known_issuers_.try_emplace(key, static_cast<std::uint32_t>(crl_.issuers.size()));
    if (added) crl_.issuers.push_back(key);
    return found->second;
  }

  Crl::Parsed& crl_;
  std::map<std::string, std::uint32_t> known_issuers_;
  std::uint32_t issuer_ = 0;
};

bool flagOf(der::Reader& fields, unsigned number) {
  const auto content = fields.optional(der::contextTag(number));
  if (!content) return false;
  if (content->size() != 1 || (content->front() != 0 && content->front() != 0xFF)) fields.fail();
  return content->size() == 1 && content->front() != 0;
}

std::optional<IssuingPoint> readIssuingPoint(BytesView value, const Name& crl_issuer) {
  IssuingPoint point;
  point.der = asText(value);
  der::Reader reader(value);
  auto fields = reader.sequence();
  if (fields.atEnd()) fields.fail();
  if (const auto name = fields.optional(der::contextConstructed(0))) {
    der::Reader inner(*name);
    point.names = readPointName(inner, crl_issuer);
    if (!inner.finish()) fields.fail();
  }
  point.only_user = flagOf(fields, 1);
  point.only_ca = flagOf(fields, 2);
  if (const auto reasons = fields.optional(der::contextTag(3))) {
    point.reasons = readReasons(*reasons);
    if (!point.reasons) fields.fail();
  }
  point.indirect = flagOf(fields, 4);
  point.only_attribute = flagOf(fields, 5);
  const int kinds =
      (point.only_user ? 1 : 0) + (point.only_ca ? 1 : 0) + (point.only_attribute ? 1 : 0);
  if (!fields.finish() || !reader.finish() || kinds > 1) return std::nullopt;
  return point;
}

std::optional<Bytes> keyIdentifierOf(BytesView value) {
  der::Reader reader(value);
  const auto id = reader.sequence().optional(der::contextTag(0));
  if (!id) return std::nullopt;
  return toBytes(*id);
}

void readCrlExtension(Crl::Parsed& crl, const std::string& oid, bool critical, BytesView value) {
  der::Reader reader(value);
  if (oid == kCrlNumber) {
    crl.number = numberOf(reader);
    if (!reader.finish()) noteDefect(crl, "cRLNumber cannot be read");
    if (critical) noteDefect(crl, "cRLNumber is critical (RFC 5280 5.2.3)");
  } else if (oid == kDeltaCrlIndicator) {
    crl.base_number = numberOf(reader);
    if (!reader.finish()) noteDefect(crl, "deltaCRLIndicator cannot be read");
  } else if (oid == kIssuingDistributionPoint) {
    crl.point = readIssuingPoint(value, crl.issuer);
    if (!crl.point) noteDefect(crl, "issuingDistributionPoint is not well formed");
  } else if (oid == kCrlAuthorityKey) {
    crl.authority_key = keyIdentifierOf(value);
  } else if (oid == kExpiredCertsOnCrl) {
    const auto since = reader.time();
    if (reader.finish()) crl.keeps_expired_since = since;
  } else if (critical) {
    noteDefect(crl, "unknown critical extension " + oid);
  }
}

void readCrlExtensions(der::Reader& tbs, Crl::Parsed& crl) {
  auto wrapper = tbs.nested(der::contextConstructed(0));
  auto list = wrapper.sequence();
  if (list.atEnd()) list.fail();
  if (crl.version < 2) noteDefect(crl, "extensions need version 2 (RFC 5280 5.1.2.1)");
  std::map<std::string, int> seen;
  eachExtension(list, [&](const std::string& oid, bool critical, BytesView value) {
    if (++seen[oid] > 1) noteDefect(crl, "extension " + oid + " stands twice");
    readCrlExtension(crl, oid, critical, value);
  });
  if (!list.finish() || !wrapper.finish()) tbs.fail();
}

bool readCrlBody(Crl::Parsed& crl) {
  der::Reader around(crl.tbs);
  auto tbs = around.sequence();
  if (tbs.peek() == der::kInteger) {
    const auto version = tbs.smallInteger();
    // The field is only there for version 2: RFC 5280 5.1.2.1.
    if (version != 1) return false;
    crl.version = 2;
  }
  if (asText(tbs.expectWhole(der::kSequence)) != asText(crl.algorithm)) {
    noteDefect(crl, "the two signature algorithm fields differ (RFC 5280 5.1.1.2)");
  }
  crl.issuer_der = tbs.expectWhole(der::kSequence);
  der::Reader issuer(crl.issuer_der);
  crl.issuer = readName(issuer);
  if (!issuer.finish()) return false;
  crl.issuers = {crl.issuer.key()};
  crl.this_update = tbs.time();
  if (tbs.peek() == der::kUtcTime || tbs.peek() == der::kGeneralizedTime) {
    crl.next_update = tbs.time();
  }
  if (tbs.peek() == der::kSequence) {
    auto list = tbs.sequence();
    if (list.atEnd()) noteDefect(crl, "revokedCertificates is empty (RFC 5280 5.1.2.6)");
    EntryReader reader(crl);
    while (!list.atEnd()) reader.read(list);
    if (!list.finish()) return false;
  }
  if (!tbs.atEnd()) readCrlExtensions(tbs, crl);
  return tbs.finish();
}

bool entryBefore(const CrlEntry& entry, const std::pair<std::uint32_t, std::string_view>& key) {
  return std::make_pair(entry.issuer, asText(entry.serial)) < key;
}

bool sharesName(const std::vector<GeneralName>& left, const std::vector<GeneralName>& right) {
  return std::ranges::any_of(
      left, [&](const GeneralName& name) { return std::ranges::find(right, name) != right.end(); });
}

bool namesDirectory(const std::vector<GeneralName>& names, const std::string& key) {
  return std::ranges::any_of(names, [&](const GeneralName& name) {
    return name.kind == GeneralNameKind::Directory && name.value == key;
  });
}

/// RFC 5280 6.3.3 (b) for one distribution point of the certificate.
std::optional<ReasonMask> scopeByPoint(const DistributionPoint& dp,
                                       const CertificateFacts& facts,
                                       const Crl::Parsed& crl) {
  const auto* idp = crl.point ? &*crl.point : nullptr;
  if (dp.crl_issuer.empty()) {
    // An indirect CRL is found through cRLIssuer; one that this CA hands out under the address of a
    // certificate that names no other issuer contradicts it.
    if (crl.issuers.front() != facts.issuer_key || (idp != nullptr && idp->indirect)) {
      return std::nullopt;
    }
  } else if (!namesDirectory(dp.crl_issuer, crl.issuers.front()) || idp == nullptr ||
             !idp->indirect) {
    return std::nullopt;
  }
  if (idp != nullptr && !idp->names.empty() &&
      !sharesName(idp->names, dp.names.empty() ? dp.crl_issuer : dp.names)) {
    return std::nullopt;
  }
  const auto reasons = idp == nullptr ? kEveryReason : idp->reasons.value_or(kEveryReason);
  return static_cast<ReasonMask>(reasons & dp.reasons.value_or(kEveryReason));
}

/// The CRL of the certificate's own issuer, whatever the certificate points at (6.3.3, last
/// paragraph).
std::optional<ReasonMask> scopeByIssuer(const CertificateFacts& facts, const Crl::Parsed& crl) {
  if (crl.issuers.front() != facts.issuer_key) return std::nullopt;
  const auto elsewhere = [](const DistributionPoint& dp) { return !dp.crl_issuer.empty(); };
  // A CA that names another CRL issuer everywhere has handed its revocations over.
  if (facts.crl_points && std::ranges::all_of(*facts.crl_points, elsewhere)) return std::nullopt;
  if (!crl.point) return kEveryReason;
  if (!crl.point->names.empty() && !namesDirectory(crl.point->names, facts.issuer_key)) {
    return std::nullopt;
  }
  if (crl.point->indirect && facts.crl_points) return std::nullopt;
  return crl.point->reasons.value_or(kEveryReason);
}

bool isKindCovered(const IssuingPoint& point, const CertificateFacts& facts) {
  const bool ca = facts.ca.value_or(false);
  // Before version 3 nothing says whether a certificate is a CA's.
  if ((point.only_user || point.only_ca) && facts.version < 3) return false;
  return !point.only_attribute && !(point.only_user && ca) && !(point.only_ca && !ca);
}

bool sameScope(const Crl::Parsed& left, const Crl::Parsed& right) {
  if (left.issuers.front() != right.issuers.front()) return false;
  if (left.authority_key != right.authority_key) return false;
  if (left.point.has_value() != right.point.has_value()) return false;
  return !left.point || left.point->der == right.point->der;
}

/// RFC 5280 5.2.4: the complete CRL must be new enough for the delta, and not newer.
bool deltaFits(const Crl::Parsed& delta, const Crl::Parsed& complete) {
  return delta.defect.empty() && complete.number && delta.number && sameScope(delta, complete) &&
         !isBelow(*complete.number, *delta.base_number) && isBelow(*complete.number, *delta.number);
}

const Crl* newestDelta(const Crl& complete,
                       std::span<const Crl* const> crls,
                       const StatusOptions& options) {
  const Crl* best = nullptr;
  for (const auto* crl : crls) {
    const auto& delta = crl->parsed();
    if (!delta.base_number || !deltaFits(delta, complete.parsed())) continue;
    if (!staleness(delta.this_update, delta.next_update, options).empty()) continue;
    if (best == nullptr || isBelow(*best->parsed().number, *delta.number)) best = crl;
  }
  return best;
}

/// The entry that holds after the delta is applied; nullptr: not revoked.
const CrlEntry* entryIn(const Certificate& certificate, const Crl& complete, const Crl* delta) {
  const auto& issuer = certificate.facts().issuer_key;
  const auto serial = certificate.serialDer();
  if (delta != nullptr) {
    if (const auto* entry = delta->parsed().find(issuer, serial)) {
      return entry->reason == RevocationReason::RemoveFromCrl ? nullptr : entry;
    }
  }
  return complete.parsed().find(issuer, serial);
}

/// A hold ends when a later CRL of the same scope no longer lists it (RFC 5280 5.3.1); every other
/// revocation is for good, whatever a later CRL leaves out.
bool isHoldLifted(const Certificate& certificate,
                  const CrlEntry& entry,
                  const Crl& crl,
                  std::span<const Crl* const> crls,
                  const StatusOptions& options) {
  if (entry.reason != RevocationReason::CertificateHold) return false;
  return std::ranges::any_of(crls, [&](const Crl* other) {
    const auto& parsed = other->parsed();
    return !parsed.base_number && parsed.defect.empty() && sameScope(parsed, crl.parsed()) &&
           parsed.this_update > crl.thisUpdate() &&
           staleness(parsed.this_update, parsed.next_update, options).empty() &&
           parsed.find(certificate.facts().issuer_key, certificate.serialDer()) == nullptr;
  });
}

/// An answer newer than the certificate's end says "not revoked" of none that was dropped since.
bool mayHaveBeenDropped(const Certificate& certificate, const Crl& crl) {
  const auto& since = crl.parsed().keeps_expired_since;
  return crl.thisUpdate() > certificate.notAfter() && !(since && *since <= certificate.notAfter());
}

}  // namespace

const CrlEntry* Crl::Parsed::find(std::string_view issuer_key, BytesView serial) const {
  const auto index = std::ranges::find(issuers, issuer_key);
  if (index == issuers.end()) return nullptr;
  const auto key =
      std::make_pair(static_cast<std::uint32_t>(index - issuers.begin()), asText(serial));
  const auto found = std::lower_bound(entries.begin(), entries.end(), key, &entryBefore);
  if (found == entries.end() || found->issuer != key.first || asText(found->serial) != key.second) {
    return nullptr;
  }
  return &*found;
}

Crl::Crl(std::shared_ptr<const Parsed> parsed) : parsed_(std::move(parsed)) {}

Result<Crl> Crl::parse(BytesView der_bytes, std::size_t limit) {
  if (der_bytes.size() > limit) return Error{Code::TooLarge, "crl_too_large"};
  auto parsed = std::make_shared<Parsed>();
  parsed->der = toBytes(der_bytes);
  der::Reader outer(parsed->der);
  auto whole = outer.sequence();
  parsed->tbs = whole.expectWhole(der::kSequence);
  parsed->algorithm = whole.expectWhole(der::kSequence);
  const auto signature = whole.expect(der::kBitString);
  if (!whole.finish() || !outer.finish()) return malformedCrl("not one DER CRL");
  if (signature.empty() || signature[0] != 0) return malformedCrl("signature");
  parsed->signature = signature.subspan(1);
  if (!readCrlBody(*parsed)) return malformedCrl("TBSCertList");
  const auto algorithm = crypto::parseAlgorithm(parsed->algorithm);
  if (algorithm) parsed->signature_algorithm = *algorithm;
  std::sort(parsed->entries.begin(), parsed->entries.end(), [](const auto& a, const auto& b) {
    return std::make_pair(a.issuer, asText(a.serial)) < std::make_pair(b.issuer, asText(b.serial));
  });
  return Crl(std::move(parsed));
}

Result<Crl> Crl::parseAny(BytesView bytes) {
  if (!bytes.empty() && bytes.front() == der::kSequence) return parse(bytes);
  auto crl = Result<Crl>(malformedCrl("no X509 CRL block"));
  readPemBlocks(bytes, [&](std::string_view label, BytesView block) {
    if (label != PEM_STRING_X509_CRL) return true;
    crl = parse(block);
    return false;
  });
  return crl;
}

BytesView Crl::der() const {
  return parsed_->der;
}
std::string Crl::issuer() const {
  return nameText(parsed_->issuer_der);
}
BytesView Crl::issuerDer() const {
  return parsed_->issuer_der;
}
bool Crl::isDelta() const {
  return parsed_->base_number.has_value();
}

bool Crl::hasScopeOf(const Crl& other) const {
  return sameScope(*parsed_, *other.parsed_);
}

Instant Crl::thisUpdate() const {
  return parsed_->this_update;
}
std::optional<Instant> Crl::nextUpdate() const {
  return parsed_->next_update;
}

std::optional<ReasonMask> crlScope(const Certificate& certificate, const Crl& crl) {
  const auto& facts = certificate.facts();
  const auto& parsed = crl.parsed();
  if (parsed.point && !isKindCovered(*parsed.point, facts)) return std::nullopt;
  std::optional<ReasonMask> scope;
  if (facts.crl_points) {
    for (const auto& dp : *facts.crl_points) {
      const auto one = scopeByPoint(dp, facts, parsed);
      if (one) scope = static_cast<ReasonMask>(scope.value_or(0) | *one);
    }
  }
  return scope ? scope : scopeByIssuer(facts, parsed);
}

bool isCrlSignedBy(const Crl& crl, const Certificate& signer) {
  const auto& facts = signer.facts();
  const auto& parsed = crl.parsed();
  if (facts.subject_key != parsed.issuers.front() || !parsed.signature_algorithm) return false;
  if (facts.key_usage && !facts.hasUsage(KeyUsage::CrlSign)) return false;
  if (facts.key_family == crypto::KeyFamily::Other) return false;
  return crypto::checkSignature(
             signer.publicKey(), *parsed.signature_algorithm, parsed.tbs, parsed.signature) ==
         crypto::SignatureCheck::Good;
}

std::string staleness(Instant this_update,
                      const std::optional<Instant>& next_update,
                      const StatusOptions& options) {
  if (this_update > options.time) {
    return options.accept_later ? "" : "not-yet-issued: thisUpdate is after the time asked about";
  }
  if (options.age_max && this_update < options.time - *options.age_max) {
    return "too-old: thisUpdate is older than wanted";
  }
  if (next_update) {
    return options.time > *next_update ? "stale: nextUpdate has passed" : "";
  }
  if (!options.age_max && this_update < options.time - kAgeWithoutNextUpdate) {
    return "stale: no nextUpdate, and older than a day";
  }
  return {};
}

void applyRevoked(StatusReport& report, const Revoked& revoked, const StatusOptions& options) {
  report.revoked = revoked;
  const bool afterwards = options.accept_later && revoked.time > options.time;
  report.status = afterwards ? CertificateStatus::Good : CertificateStatus::Revoked;
  report.reason.clear();
}

StatusReport statusByCrls(const Certificate& certificate,
                          std::span<const Crl* const> crls,
                          const StatusOptions& options) {
  StatusReport report;
  report.reason = "no-data: no CRL covers the certificate";
  ReasonMask covered = 0;
  for (const auto* crl : crls) {
    const auto scope = crlScope(certificate, *crl);
    if (!scope || crl->parsed().base_number) continue;
    const auto& defect = crl->parsed().defect;
    const auto* delta = newestDelta(*crl, crls, options);
    const auto stale =
        delta == nullptr ? staleness(crl->thisUpdate(), crl->nextUpdate(), options) : std::string();
    if (!defect.empty() || !stale.empty()) {
      if (covered == 0) report.reason = defect.empty() ? stale : "malformed: " + defect;
      continue;
    }
    const auto* entry = entryIn(certificate, *crl, delta);
    if (entry != nullptr && isHoldLifted(certificate, *entry, *crl, crls, options)) entry = nullptr;
    if (entry == nullptr && mayHaveBeenDropped(certificate, *crl)) {
      if (covered == 0) report.reason = "expired-before: issued after the certificate expired";
      continue;
    }
    const auto& used = delta == nullptr ? *crl : *delta;
    report.this_update = used.thisUpdate();
    report.next_update = used.nextUpdate();
    covered = static_cast<ReasonMask>(covered | *scope);
    report.reason = "partial: the CRLs do not cover all reasons";
    if (entry == nullptr) continue;
    applyRevoked(report, {entry->time, entry->reason, entry->invalidity_date}, options);
    if (report.status == CertificateStatus::Revoked) return report;
  }
  if (covered == kEveryReason) {
    report.status = CertificateStatus::Good;
    report.reason.clear();
  } else {
    report.status = CertificateStatus::Unknown;
  }
  return report;
}

StatusReport crlStatus(const Certificate& certificate,
                       std::span<const Certificate> issuers,
                       const Crl& crl,
                       const StatusOptions& options) {
  if (!crlScope(certificate, crl)) {
    return {.reason = "not-covered: the CRL does not speak about this certificate"};
  }
  const bool signed_well = std::ranges::any_of(
      issuers, [&](const Certificate& issuer) { return isCrlSignedBy(crl, issuer); });
  if (!signed_well) return {.reason = "bad-signature: no issuer given has signed the CRL"};
  const Crl* one = &crl;
  return statusByCrls(certificate, std::span(&one, 1), options);
}

}  // namespace congvan::pki
