// SPDX-License-Identifier: Apache-2.0
#include "office/authority/request_types.h"

#include "base/names.h"
#include "trust/crypto/digest.h"

#include <algorithm>

namespace congvan::authority {
namespace {

constexpr auto kRequestTypes = std::to_array<Named<RequestType>>({
    {RequestType::New, "new"},
    {RequestType::Renewal, "renewal"},
    {RequestType::InformationChanged, "information-changed"},
    {RequestType::DeviceRecovered, "device-recovered"},
    {RequestType::Revocation, "revocation"},
    {RequestType::Suspension, "suspension"},
    {RequestType::Release, "release"},
});

constexpr auto kRequestStates = std::to_array<Named<RequestState>>({
    {RequestState::Requested, "requested"},
    {RequestState::Returned, "returned"},
    {RequestState::Accepted, "accepted"},
    {RequestState::Approved, "approved"},
    {RequestState::Issued, "issued"},
    {RequestState::HandedOver, "handed-over"},
    {RequestState::CarriedOut, "carried-out"},
    {RequestState::Refused, "refused"},
    {RequestState::Withdrawn, "withdrawn"},
});

constexpr auto kKeySources = std::to_array<Named<KeySource>>({
    {KeySource::None, "none"},
    {KeySource::Server, "server"},
    {KeySource::Token, "token"},
    {KeySource::Csr, "csr"},
});

/// Fields behind their lengths: no two requests share an encoding.
class Canonical {
 public:
  Canonical& say(std::string_view text) {
    const auto length = std::to_string(text.size()) + ":";
    digest_.update(asBytes(length)).update(asBytes(text)).update(asBytes("\n"));
    return *this;
  }
  Canonical& say(const std::optional<Uuid>& id) { return say(id ? id->text() : ""); }
  Canonical& say(const std::optional<Act>& act) {
    return say(act ? std::optional(act->person) : std::optional<Uuid>{});
  }
  Bytes finish() { return digest_.finish(); }

 private:
  crypto::Digest digest_{crypto::DigestAlgorithm::Sha256};
};

}  // namespace

Holder RequestContent::holder() const {
  if (person) return {.person = person, .agency = {}};
  return {.person = {}, .agency = agency.value};
}

Bytes contentHash(const RequestRecord& request) {
  const auto& content = request.content;
  const auto csr = crypto::digest(crypto::DigestAlgorithm::Sha256, content.csr);
  const auto reason = static_cast<int>(content.reason);
  Canonical all;
  all.say("congvan/certificate-request/v1").say(request.id.value);
  all.say(name(content.type)).say(name(content.kind)).say(content.person);
  all.say(content.agency.value).say(content.device_name);
  all.say(name(content.key)).say(content.activator).say(asText(csr));
  all.say(content.document_number);
  all.say(content.document_date ? formatDate(*content.document_date) : "");
  all.say(content.certificate ? content.certificate->text() : "");
  all.say(std::to_string(reason));
  all.say(content.invalidity_date ? formatUtc(*content.invalidity_date) : "");
  all.say(request.entered.person).say(request.confirmed).say(request.accepted);
  return all.finish();
}

Result<> requireState(const RequestRecord& request, std::initializer_list<RequestState> states) {
  if (std::ranges::find(states, request.state) != states.end()) return kDone;
  return Error{
      Code::Conflict, "request_state_wrong", {{"state", std::string(name(request.state))}}};
}

std::optional<int> formOf(const RequestContent& content) {
  enum Form { Person = 1, Organisation, Device, RenewalOrChange, Revocation, Recovery };
  if (content.type == RequestType::Revocation) return Revocation;
  if (changesStatus(content.type)) return std::nullopt;
  if (content.type == RequestType::DeviceRecovered) return Recovery;
  if (content.type != RequestType::New) return RenewalOrChange;
  if (content.kind == CertificateKind::OrganisationSeal) return Organisation;
  return content.kind == CertificateKind::Device ? Device : Person;
}

std::string_view name(RequestType type) {
  return nameIn(kRequestTypes, type);
}
std::optional<RequestType> requestType(std::string_view text) {
  return valueIn(kRequestTypes, text);
}
std::string_view name(RequestState state) {
  return nameIn(kRequestStates, state);
}
std::optional<RequestState> requestState(std::string_view text) {
  return valueIn(kRequestStates, text);
}
std::string_view name(KeySource source) {
  return nameIn(kKeySources, source);
}
std::optional<KeySource> keySource(std::string_view text) {
  return valueIn(kKeySources, text);
}

}  // namespace congvan::authority
