// SPDX-License-Identifier: Apache-2.0
#include "office/audit/event.h"

#include "base/names.h"

namespace congvan::audit {
namespace {

constexpr auto kEventNames = std::to_array<Named<EventKind>>({
    {EventKind::ProvinceSetUp, "province.set-up"},
    {EventKind::AgencyAdded, "agency.added"},
    {EventKind::PersonAdded, "person.added"},
    {EventKind::PostAdded, "post.added"},
    {EventKind::PostEnded, "post.ended"},
    {EventKind::SignedIn, "session.signed-in"},
    {EventKind::SignInFailed, "session.failed"},
    {EventKind::PostChosen, "session.post-chosen"},
    {EventKind::SignedOut, "session.signed-out"},
    {EventKind::AccountLocked, "account.delayed"},
    {EventKind::PasswordChanged, "account.password-changed"},
    {EventKind::AuthorityCreated, "authority.created"},
    {EventKind::AuthorityAdded, "authority.added"},
    {EventKind::AuthorityChosen, "authority.chosen"},
    {EventKind::AuthorityKeySplit, "authority.key-split"},
    {EventKind::AuthorityKeyRemoved, "authority.key-removed"},
    {EventKind::CeremonyRecorded, "authority.ceremony"},
    {EventKind::RequestListEntered, "request.listed"},
    {EventKind::RequestEntered, "request.entered"},
    {EventKind::RequestCorrected, "request.corrected"},
    {EventKind::RequestConfirmed, "request.confirmed"},
    {EventKind::RequestReturned, "request.returned"},
    {EventKind::RequestAccepted, "request.accepted"},
    {EventKind::RequestApproved, "request.approved"},
    {EventKind::RequestRefused, "request.refused"},
    {EventKind::RequestWithdrawn, "request.withdrawn"},
    {EventKind::RequestHandedOver, "request.handed-over"},
    {EventKind::PersonalNumbersKept, "numbers.kept"},
    {EventKind::PersonalNumbersRead, "numbers.read"},
    {EventKind::CertificateOrdered, "certificate.ordered"},
    {EventKind::CertificateIntended, "certificate.intended"},
    {EventKind::CertificateIssued, "certificate.issued"},
    {EventKind::CertificateAbandoned, "certificate.abandoned"},
    {EventKind::CertificateRevoked, "certificate.revoked"},
    {EventKind::CertificateSuspended, "certificate.suspended"},
    {EventKind::CertificateReleased, "certificate.released"},
    {EventKind::CrlPublished, "crl.published"},
    {EventKind::RegisterExported, "register.exported"},
    {EventKind::KeyCreated, "key.created"},
    {EventKind::KeyShared, "key.shared"},
    {EventKind::KeyTakenUp, "key.taken-up"},
    {EventKind::KeyAccessRemoved, "key.access-removed"},
    {EventKind::PinFailed, "key.pin-failed"},
    {EventKind::KeyLocked, "key.locked"},
    {EventKind::DocumentDrafted, "document.drafted"},
    {EventKind::DocumentRevised, "document.revised"},
    {EventKind::FileAttached, "document.file-attached"},
    {EventKind::DocumentSubmitted, "document.submitted"},
    {EventKind::DocumentReturned, "document.returned"},
    {EventKind::DocumentInitialled, "document.initialled"},
    {EventKind::DocumentFormChecked, "document.form-checked"},
    {EventKind::DocumentSigned, "document.signed"},
    {EventKind::NumberReserved, "document.number-reserved"},
    {EventKind::NumberCancelled, "document.number-cancelled"},
    {EventKind::DocumentIssued, "document.issued"},
    {EventKind::SealFailed, "document.seal-failed"},
    {EventKind::DocumentDispatched, "document.dispatched"},
    {EventKind::DocumentSentAgain, "document.sent-again"},
    {EventKind::DocumentTimestampAwaited, "document.timestamp-awaited"},
    {EventKind::DocumentTimestamped, "document.timestamped"},
    {EventKind::DeliveryArrived, "delivery.arrived"},
    {EventKind::DeliveryRenewed, "delivery.renewed"},
    {EventKind::DeliveryVerified, "delivery.verified"},
    {EventKind::DeliveryJudgedAgain, "delivery.judged-again"},
    {EventKind::DeliveryReturned, "delivery.returned"},
    {EventKind::DeliveryRegistered, "delivery.registered"},
    {EventKind::DeliveryAssigned, "delivery.assigned"},
    {EventKind::AssignmentStarted, "assignment.started"},
    {EventKind::AssignmentDone, "assignment.done"},
    {EventKind::DocumentRead, "document.read"},
    {EventKind::EvidenceExported, "evidence.exported"},
});

/// Length-prefixed fields behind a version byte: no two events share an encoding.
class CanonicalWriter {
 public:
  void number(std::uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      out_.push_back(static_cast<std::uint8_t>(value >> static_cast<unsigned>(shift)));
    }
  }
  void text(std::string_view value) {
    number(value.size());
    append(out_, value);
  }
  void id(const std::optional<Uuid>& value) {
    text(value ? asText(value->bytes) : std::string_view{});
  }
  Bytes take() { return std::move(out_); }

 private:
  Bytes out_{1};  // version of this encoding
};

}  // namespace

std::string_view name(EventKind kind) {
  return nameIn(kEventNames, kind);
}

std::optional<EventKind> eventKind(std::string_view text) {
  return valueIn(kEventNames, text);
}

Bytes canonicalBytes(const Event& event) {
  CanonicalWriter writer;
  writer.id(event.id.value);
  writer.text(name(event.kind));
  writer.number(static_cast<std::uint64_t>(toMicros(event.time)));
  writer.id(event.person);
  writer.id(event.post);
  writer.id(event.agency);
  writer.text(event.subject_kind);
  writer.id(event.subject);
  writer.text(event.trace);
  writer.text(event.details);
  return writer.take();
}

}  // namespace congvan::audit
