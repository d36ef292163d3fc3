// SPDX-License-Identifier: Apache-2.0
#include "office/records/types.h"

#include "base/names.h"

namespace congvan::records {
namespace {

constexpr auto kDocumentStates = std::to_array<Named<DocumentState>>({
    {DocumentState::Draft, "draft"},
    {DocumentState::Submitted, "submitted"},
    {DocumentState::Returned, "returned"},
    {DocumentState::Initialled, "initialled"},
    {DocumentState::Signed, "signed"},
    {DocumentState::Issuing, "issuing"},
    {DocumentState::Issued, "issued"},
    {DocumentState::Dispatched, "dispatched"},
    {DocumentState::Cancelled, "cancelled"},
});

constexpr auto kUrgencies = std::to_array<Named<Urgency>>({
    {Urgency::Normal, "normal"},
    {Urgency::Urgent, "urgent"},
    {Urgency::VeryUrgent, "very-urgent"},
    {Urgency::Immediate, "immediate"},
});

constexpr auto kStepKinds = std::to_array<Named<StepKind>>({
    {StepKind::Initial, "initial"},
    {StepKind::FormCheck, "form-check"},
    {StepKind::Sign, "sign"},
});

constexpr auto kFilePurposes = std::to_array<Named<FilePurpose>>({
    {FilePurpose::Draft, "draft"},
    {FilePurpose::Prepared, "prepared"},
    {FilePurpose::Initialled, "initialled"},
    {FilePurpose::FormChecked, "form-checked"},
    {FilePurpose::Signed, "signed"},
    {FilePurpose::Issued, "issued"},
    {FilePurpose::Timestamped, "timestamped"},
});

constexpr auto kAssignmentStates = std::to_array<Named<AssignmentState>>({
    {AssignmentState::Open, "open"},
    {AssignmentState::InProgress, "in-progress"},
    {AssignmentState::Done, "done"},
});

}  // namespace

std::string_view name(DocumentState state) {
  return nameIn(kDocumentStates, state);
}
std::string_view name(Urgency value) {
  return nameIn(kUrgencies, value);
}
std::string_view name(StepKind kind) {
  return nameIn(kStepKinds, kind);
}
std::string_view name(FilePurpose purpose) {
  return nameIn(kFilePurposes, purpose);
}
std::string_view name(AssignmentState state) {
  return nameIn(kAssignmentStates, state);
}

std::optional<DocumentState> documentState(std::string_view text) {
  return valueIn(kDocumentStates, text);
}
std::optional<Urgency> urgency(std::string_view text) {
  return valueIn(kUrgencies, text);
}
std::optional<StepKind> stepKind(std::string_view text) {
  return valueIn(kStepKinds, text);
}
std::optional<FilePurpose> filePurpose(std::string_view text) {
  return valueIn(kFilePurposes, text);
}
std::optional<AssignmentState> assignmentState(std::string_view text) {
  return valueIn(kAssignmentStates, text);
}

}  // namespace congvan::records
