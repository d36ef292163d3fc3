// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/authority/types.h"
#include "office/directory/types.h"

#include <optional>
#include <string>
#include <string_view>

/// A request for a certificate (đề nghị) on its way through the office, NĐ 68/2024.
namespace congvan::authority {

enum class RequestType {
  New,
  Renewal,
  InformationChanged,
  DeviceRecovered,
  Revocation,
  Suspension,
  Release,  ///< of a suspended one
};

/// No certificate is made: the status of one changes.
constexpr bool changesStatus(RequestType type) {
  return type == RequestType::Revocation || type == RequestType::Suspension ||
         type == RequestType::Release;
}
/// What one person may always do.
constexpr bool takesAway(RequestType type) {
  return type == RequestType::Revocation || type == RequestType::Suspension;
}

/// Where the key comes from.
enum class KeySource {
  None,    ///< a change of status makes none
  Server,  ///< made here, under the PIN of whoever activates the order
  Token,   ///< of a seal: made in the service's token when the order is activated
  Csr,     ///< made elsewhere, with proof of possession
};

enum class RequestState {
  Requested,
  Returned,    ///< to be corrected, with the reason
  Accepted,    ///< complete, said an officer
  Approved,    ///< another officer gave their word; the certificate may be made
  Issued,      ///< it was made
  HandedOver,  ///< and given to its holder
  CarriedOut,  ///< a change of status that was decided, and so done
  Refused,
  Withdrawn,
};

struct Act {
  Uuid person{};
  Instant at{};
};

/// What is asked for, and what an approval answers for.
struct RequestContent {
  RequestType type = RequestType::New;
  CertificateKind kind = CertificateKind::Person;  ///< Person, PersonSim, OrganisationSeal, Device
  std::optional<Uuid> person;                      ///< the holder, of the first two kinds
  directory::AgencyId agency;                      ///< managing body; the holder of the other two
  std::string device_name;                         ///< of a device, a service or software
  KeySource key = KeySource::Server;
  std::optional<Uuid> activator;  ///< who chooses the PIN of a key made here
  Bytes csr;                      ///< as it was given, DER or PEM
  std::string document_number;    ///< of the managing body's letter; empty until it confirms
  std::optional<directory::Date> document_date;
  std::optional<CertificateId> certificate;  ///< to be followed, or whose status is to change
  pki::RevocationReason reason = pki::RevocationReason::Unspecified;
  std::optional<Instant> invalidity_date;

  Holder holder() const;
};

struct HandOver {
  std::string record_number;  ///< of the hand-over record (biên bản)
  std::string device_kind;
  std::string device_serial;
};

struct RequestRecord {
  RequestId id;
  RequestContent content;
  RequestState state = RequestState::Requested;
  std::string reason;  ///< why it was returned or refused
  Act entered;
  std::optional<Act> confirmed;  ///< by the managing body's clerk
  std::optional<Act> accepted;
  std::optional<Act> approved;
  std::optional<Act> handed_over;
  std::optional<directory::Date> due;  ///< of a complete request
  std::int64_t renewals = 0;           ///< of this holder's certificate, with this one
  Bytes approved_hash;                 ///< `contentHash` as it was approved
  std::string rule;             ///< `from` of the rule that applied at the approval; empty before
  std::int64_t valid_days = 0;  ///< as that rule has it; 0: until the certificate followed ends
  std::optional<OrderId> order;
  std::optional<CertificateId> certificate;  ///< that was made, or whose status changed
  HandOver hand_over;
  Instant created{};
  std::int64_t version = 1;
};

/// SHA-256 of what is asked for and of who entered, confirmed and accepted it.
Bytes contentHash(const RequestRecord& request);

/// Conflict `request_state_wrong` with `state`, unless it is in one of these.
Result<> requireState(const RequestRecord& request, std::initializer_list<RequestState> states);

/// Mẫu 01 to 06 of NĐ 68/2024; nullopt: the decree has none for it.
std::optional<int> formOf(const RequestContent& content);

std::string_view name(RequestType type);
std::optional<RequestType> requestType(std::string_view name);
std::string_view name(RequestState state);
std::optional<RequestState> requestState(std::string_view name);
std::string_view name(KeySource source);
std::optional<KeySource> keySource(std::string_view name);

}  // namespace congvan::authority
