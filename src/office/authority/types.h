// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "base/time.h"
#include "trust/pki/revocation.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The certificate office's records: certificates, their issuers, orders. Requests stand in
/// request_types.h.
namespace congvan::authority {

using CertificateId = Id<struct CertificateTag>;
using IssuerId = Id<struct IssuerTag>;

enum class CertificateKind {
  Root,
  Issuing,
  Cross,  ///< of another root's key, so that who trusts the one comes to trust the other
  Person,
  PersonSim,  ///< of a person, with the key in a SIM card
  OrganisationSeal,
  Device,  ///< a device, a service or software of an agency
  Tsa,
  Ocsp,
  TlsServer,
};

/// Not the service's own.
constexpr bool isForSubscribers(CertificateKind kind) {
  return kind == CertificateKind::Person || kind == CertificateKind::PersonSim ||
         kind == CertificateKind::OrganisationSeal || kind == CertificateKind::Device;
}

enum class CertificateState {
  Intended,  ///< intent written, the key may have been used, no certificate stored
  Issued,
  Abandoned,  ///< an intent that recovery found without a certificate
  Revoked,
  Suspended,  ///< `revoked` says since when, with CertificateHold
};

/// Whom a certificate is for: a person, an agency, or the service itself (neither).
struct Holder {
  std::optional<Uuid> person;
  std::optional<Uuid> agency;
};

struct CertificateRecord {
  CertificateId id;
  CertificateKind kind = CertificateKind::Person;
  CertificateState state = CertificateState::Intended;
  Holder holder;
  std::string profile;             ///< name of the profile file, `person`
  std::optional<IssuerId> issuer;  ///< nullopt: self-signed root
  std::int64_t crl_shard = 0;      ///< the issuer's list that covers it, fixed at the intent
  std::string serial;              ///< lower-case hex, 32 digits
  std::string subject;             ///< RFC 4514
  Instant not_before{};
  Instant not_after{};
  Bytes tbs_sha256;                 ///< of the linted to-be-signed bytes, known from the intent on
  Bytes approvals_salt;             ///< opens the commitment to who approved, in the intent leaf
  Bytes der;                        ///< empty until issued
  std::optional<Uuid> intent_leaf;  ///< queue id of the intent leaf
  std::optional<Uuid> issued_leaf;
  std::optional<pki::Revoked> revoked;
  Instant created{};
  std::int64_t version = 1;
};

/// An issuing authority: its certificate record and where its key is.
struct Issuer {
  IssuerId id;
  std::string name;  ///< as in addresses: `goc`, `ca1`
  CertificateId certificate;
  Bytes wrapped_key;  ///< under the server secret; empty: the key is not here
  /// Of issuing authorities, the one that took over last issues; nullopt: it has not yet.
  std::optional<Instant> issues_since;
  std::int64_t version = 1;
};

/// A list of an issuer's revocations: it covers the certificates that name its address, and no
/// other.
struct CrlShard {
  IssuerId issuer;
  std::int64_t shard = 0;
  std::string address;  ///< as it stands in certificates and on the list
  std::int64_t number = 0;
  Bytes crl;              ///< the newest DER; empty before the first
  Instant next_update{};  ///< when a newer one is due: at once, or when this one ends
  std::int64_t version = 1;
};

/// As lists stand in addresses: `ca1`, `ca1.1`, …
std::string crlName(std::string_view issuer, std::int64_t shard);

/// One entry of a list.
struct ListedRevocation {
  std::string serial;  ///< as CertificateRecord::serial
  pki::Revoked revoked;
};

using OrderId = Id<struct OrderTag>;
using RequestId = Id<struct RequestTag>;

enum class OrderState { Open, Used, Cancelled };

/// Made with the approval of a request: a certificate may be made. `activator` is the person who
/// then chooses the PIN and so brings the key into being: the holder, or for a seal the clerk who
/// will use it. The officer never knows a PIN.
struct Order {
  OrderId id;
  RequestId request;
  CertificateKind kind = CertificateKind::Person;
  Holder holder;
  Uuid activator{};
  Uuid ordered_by{};  ///< who approved
  OrderState state = OrderState::Open;
  std::optional<CertificateId> certificate;
  Instant created{};
  std::int64_t version = 1;
};

std::string_view name(OrderState state);
std::optional<OrderState> orderState(std::string_view name);
std::string_view name(CertificateKind kind);
std::optional<CertificateKind> certificateKind(std::string_view name);
std::string_view name(CertificateState state);
std::optional<CertificateState> certificateState(std::string_view name);

}  // namespace congvan::authority
