// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/directory/actor.h"
#include "office/records/outgoing.h"

#include <string>
#include <string_view>

/// What the files of Outgoing share and nobody else needs.
namespace congvan::records {

using directory::Caller;
using directory::Role;

inline Error wrongState(const Document& document) {
  return Error{
      Code::Conflict, "document_state_wrong", {{"state", std::string(name(document.state))}}};
}

inline Error ruleRefused(std::string_view reason, std::string_view param, std::string value) {
  return Error{Code::RuleRefused, std::string(reason), {{std::string(param), std::move(value)}}};
}

audit::Entry documentEvent(audit::EventKind kind, const Caller& caller, const Document& document);

/// The seal of a document that was submitted, with number and date at their widest.
signing::SealTask sealTask(const Document& document, const std::string& agency_name);

/// The first step that is not done; nullptr: all are.
const Step* nextStep(const Document& document);

}  // namespace congvan::records
