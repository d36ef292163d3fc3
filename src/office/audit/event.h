// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "base/time.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What is written down about who did what. The list of kinds is versioned like an API: events.md
/// beside this file says what each means, and a test compares the two.
namespace congvan::audit {

using EventId = Id<struct EventTag>;

enum class EventKind {
  ProvinceSetUp,
  AgencyAdded,
  PersonAdded,
  PostAdded,
  PostEnded,
  SignedIn,
  SignInFailed,
  PostChosen,
  SignedOut,
  AccountLocked,
  PasswordChanged,
  AuthorityCreated,
  AuthorityAdded,
  AuthorityChosen,
  AuthorityKeySplit,
  AuthorityKeyRemoved,
  CeremonyRecorded,
  RequestListEntered,
  RequestEntered,
  RequestCorrected,
  RequestConfirmed,
  RequestReturned,
  RequestAccepted,
  RequestApproved,
  RequestRefused,
  RequestWithdrawn,
  RequestHandedOver,
  PersonalNumbersKept,
  PersonalNumbersRead,
  CertificateOrdered,
  CertificateIntended,
  CertificateIssued,
  CertificateAbandoned,
  CertificateRevoked,
  CertificateSuspended,
  CertificateReleased,
  CrlPublished,
  RegisterExported,
  KeyCreated,
  KeyShared,
  KeyTakenUp,
  KeyAccessRemoved,
  PinFailed,
  KeyLocked,
  DocumentDrafted,
  DocumentRevised,
  FileAttached,
  DocumentSubmitted,
  DocumentReturned,
  DocumentInitialled,
  DocumentFormChecked,
  DocumentSigned,
  NumberReserved,
  NumberCancelled,
  DocumentIssued,
  SealFailed,
  DocumentDispatched,
  DocumentSentAgain,
  DocumentTimestampAwaited,
  DocumentTimestamped,
  DeliveryArrived,
  DeliveryRenewed,
  DeliveryVerified,
  DeliveryJudgedAgain,
  DeliveryReturned,
  DeliveryRegistered,
  DeliveryAssigned,
  AssignmentStarted,
  AssignmentDone,
  DocumentRead,
  EvidenceExported,
};

/// `document.signed`, `certificate.issued`, …: stable, stored and shown in the API.
std::string_view name(EventKind kind);
std::optional<EventKind> eventKind(std::string_view name);

/// One event. `details` is a JSON object of small facts (hashes, numbers, states), never document
/// content, PIN or token; at most 8 KiB.
struct Event {
  EventId id;
  EventKind kind = EventKind::SignedIn;
  Instant time{};
  std::optional<Uuid> person;  ///< who; nullopt: the system itself
  std::optional<Uuid> post;    ///< in which post
  std::optional<Uuid> agency;  ///< for which agency
  std::string subject_kind;    ///< `document`, `certificate`, `delivery`, `account`, …
  Uuid subject{};
  std::string trace;  ///< request id, for joining with the service's log
  std::string details = "{}";
};

/// The bytes that the leaf of an event commits to: every field, length-prefixed, in a fixed order,
/// behind a version byte. An auditor recomputes them from the exported event and its salt.
Bytes canonicalBytes(const Event& event);

}  // namespace congvan::audit
