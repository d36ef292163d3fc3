// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/encoding.h"
#include "office/authority/authority.h"
#include "office/directory/actor.h"
#include "office/directory/permissions.h"
#include "trust/pki/subject.h"
#include "trust/tlog/leaf.h"

#include <algorithm>
#include <map>

/// What the files of this room share and nobody else needs.
namespace congvan::authority {

// Names of the authorities, as they stand in addresses.
inline constexpr std::string_view kRoot = "goc";
inline constexpr std::string_view kIssuing = "ca1";  // the first one
inline constexpr std::string_view kTsa = "tsa";
inline constexpr std::string_view kStatusPrefix = "ocsp-";  // and the name of the issuer

inline Bytes serialBytes(const CertificateRecord& record) {
  return *fromHex(record.serial);
}

/// As DER has a positive INTEGER: a serial whose first bit is set needs an octet before it, or a
/// list would name another, negative number.
inline Bytes serialContent(std::string_view hex) {
  auto serial = *fromHex(hex);
  constexpr std::uint8_t kSignBit = 0x80;
  if (!serial.empty() && (serial.front() & kSignBit) != 0) serial.insert(serial.begin(), 0);
  return serial;
}

inline Instant wholeSecond(Instant time) {
  return std::chrono::floor<std::chrono::seconds>(time);
}

inline Error certificateNotActive(const CertificateRecord& record) {
  return {Code::Conflict, "certificate_not_active", {{"state", std::string(name(record.state))}}};
}

inline Error keyInToken(std::string_view name) {
  return {Code::Conflict, "authority_key_in_token", {{"issuer", std::string(name)}}};
}

audit::Entry certificateEvent(audit::EventKind kind,
                              const audit::Actor& by,
                              const CertificateRecord& record,
                              std::string_view trace);

struct Authority::Key {
  Issuer issuer;
  CertificateRecord record;
  pki::Certificate certificate;
  std::shared_ptr<const crypto::Signer> signer;  ///< null: the key is not here
  crypto::KeyPlace place;
};

struct Authority::Opened {
  std::shared_ptr<const crypto::Signer> signer;
  crypto::KeyPlace place = crypto::KeyPlace::Software;
};

struct Authority::Loaded {
  struct KeptCrl {
    std::int64_t version = 0;  // of its row
    pki::Crl crl;
  };
  struct Place {
    CrlShard shard;
    std::int64_t left = 0;  // certificates, before one looks again how full it is
  };

  std::mutex mutex;
  std::map<std::string, std::shared_ptr<const Key>, std::less<>> keys;
  // Keys that stay out of the database: here until this process ends.
  std::map<std::string, crypto::SoftwareKey, std::less<>> brought;
  std::vector<pki::Certificate> crosses;
  /// Made for a certificate that did not come about: the next try takes it, so that many of them
  /// do not fill a token.
  std::map<std::string, crypto::FreshKey, std::less<>> unused;
  StatusSigners status_signers = std::make_shared<const std::vector<StatusSigner>>();
  std::map<std::string, KeptCrl, std::less<>> crls;  // the newest read or made, by name
  std::map<std::string, Place, std::less<>> places;  // by issuer and pattern
  std::mutex publishing;                             // threads of this instance wait here for one
};

struct Authority::OwnKey {
  std::string name;
  CertificateKind kind;
  std::string common_name;  // the province follows
  std::string parent = {};  // a root has none
  bool key_stays = true;
};

struct Authority::Making {
  CertificateKind kind = CertificateKind::Person;
  Holder holder;
  std::optional<RequestRecord> request;  // none: the service's own
  std::optional<Order> order;
  std::optional<Instant> not_after;  // at most
  std::vector<pki::SubjectAttribute> subject;
  Bytes subject_name;  // of a cross-certificate
  Bytes spki;
  std::vector<std::string> dns_names;
  std::vector<std::string> ip_addresses;
  std::shared_ptr<const Key> issuer;       // null: self-signed
  const crypto::Signer* signer = nullptr;  // of the issuer, or the root's own key
  std::string issuer_name;                 // for the addresses
  Alongside alongside;
  audit::Actor by;
  std::string trace;
  std::optional<work::IdempotencyKey> once;
};

}  // namespace congvan::authority
