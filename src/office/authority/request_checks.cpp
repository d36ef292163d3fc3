// SPDX-License-Identifier: Apache-2.0
#include "office/authority/request_text.h"
#include "office/authority/requests.h"
#include "office/directory/permissions.h"
#include "trust/pki/csr.h"

#include <algorithm>

namespace congvan::authority {

using directory::Role;

namespace {

bool isForPerson(CertificateKind kind) {
  return kind == CertificateKind::Person || kind == CertificateKind::PersonSim;
}

bool isRevocationReason(pki::RevocationReason reason) {
  using enum pki::RevocationReason;
  constexpr std::array kReasons{Unspecified,
                                KeyCompromise,
                                AffiliationChanged,
                                Superseded,
                                CessationOfOperation,
                                PrivilegeWithdrawn};
  return std::ranges::find(kReasons, reason) != kReasons.end();
}

/// A request by which another certificate comes in the place of the one it names, or came.
bool isToBeFollowedBy(const RequestRecord& request) {
  const bool given = request.state == RequestState::Approved ||
                     request.state == RequestState::Issued ||
                     request.state == RequestState::HandedOver;
  return given && !changesStatus(request.content.type);
}

/// In which a certificate has to be for this.
bool isStateFor(RequestType type, CertificateState state) {
  if (type == RequestType::Release) return state == CertificateState::Suspended;
  const bool may_wait = type == RequestType::Revocation && state == CertificateState::Suspended;
  return state == CertificateState::Issued || may_wait;
}

Error holderWrong() {
  return {Code::RuleRefused, "holder_wrong"};
}

}  // namespace

Result<> RequestDesk::check() {
  const auto calendar = profiles_.read("working-days");
  if (!calendar) return calendar.error();
  const auto days = directory::readWorkingDays(*calendar);
  if (!days) return days.error();
  const auto rule = authority_.rule();
  if (!rule) return rule.error();
  return kDone;
}

/// Texts in NFC, and what a request of this type does not say left out.
Result<RequestContent> RequestDesk::tidy(const RequestContent& content) const {
  auto tidied = content;
  const auto number = lineOrEmpty(content.document_number, kWordLongest);
  const auto device = lineOrEmpty(content.device_name, kDeviceNameLongest);
  if (!number || !device) return Error{Code::RuleRefused, "request_text_wrong"};
  tidied.document_number = *number;
  tidied.device_name = content.kind == CertificateKind::Device ? *device : "";
  if (changesStatus(content.type)) tidied.key = KeySource::None;
  if (content.type == RequestType::Revocation) return tidied;
  tidied.reason = content.type == RequestType::Suspension ? pki::RevocationReason::CertificateHold
                                                          : pki::RevocationReason::Unspecified;
  if (content.type == RequestType::Suspension) return tidied;
  tidied.invalidity_date.reset();
  const bool own_key = content.kind == CertificateKind::Person && content.key == KeySource::Server;
  if (own_key && !content.activator) tidied.activator = content.person;
  return tidied;
}

Result<> RequestDesk::contentMayStand(work::Tx& tx,
                                      const RequestContent& content,
                                      std::int64_t renewals) {
  const auto holder = holderFits(tx, content);
  if (!holder) return holder;
  const bool is_new = content.type == RequestType::New;
  if (is_new == content.certificate.has_value()) return Error{Code::RuleRefused, "followed_wrong"};
  if (!is_new) {
    const auto followed = followedFits(tx, content, renewals);
    if (!followed) return followed;
  }
  if (!changesStatus(content.type)) {
    const auto free = authority_.sealMayBeMade(tx, content);
    if (!free) return free;
    return keyFits(tx, content);
  }
  if (content.type == RequestType::Revocation && !isRevocationReason(content.reason)) {
    return Error{Code::RuleRefused, "revocation_reason_wrong"};
  }
  if (content.invalidity_date && *content.invalidity_date > clock_.now()) {
    return Error{Code::RuleRefused, "invalidity_in_future"};
  }
  return kDone;
}

/// The managing body is a legal person; a person works for it today, or did when a certificate of
/// theirs is to be revoked or suspended.
Result<> RequestDesk::holderFits(work::Tx& tx, const RequestContent& content) {
  const bool known_kind = isForPerson(content.kind) ||
                          content.kind == CertificateKind::OrganisationSeal ||
                          content.kind == CertificateKind::Device;
  if (!known_kind || isForPerson(content.kind) != content.person.has_value()) return holderWrong();
  const auto lineage = directory::lineageOf(tx, directory_, content.agency);
  if (!lineage) return lineage.error();
  if (directory::legalPersonOf(*lineage) != content.agency) return holderWrong();
  const bool named = !content.device_name.empty() || changesStatus(content.type);
  if (content.kind == CertificateKind::Device && !named) {
    return Error{Code::RuleRefused, "request_text_wrong"};
  }
  if (!content.person) return kDone;
  const directory::PersonId holder{*content.person};
  const auto person = directory_.findPerson(tx, holder);
  if (!person) return person.error();
  const auto posts = directory_.postsOfPerson(tx, holder);
  if (!posts) return posts.error();
  const auto today = vietnamDate(clock_.now());
  for (const auto& post : *posts) {
    if (!takesAway(content.type) && !directory::inForce(post, today)) continue;
    const auto of_post = directory::lineageOf(tx, directory_, post.agency);
    if (!of_post) return of_post.error();
    if (directory::legalPersonOf(*of_post) == content.agency) return kDone;
  }
  return holderWrong();
}

Result<> RequestDesk::keyFits(work::Tx& tx, const RequestContent& content) {
  const Error wrong{Code::RuleRefused, "key_source_wrong"};
  if (content.key == KeySource::Csr) {
    if (content.activator || content.csr.empty()) return wrong;
    const auto csr = pki::readSigningRequest(content.csr);
    if (!csr) return csr.error();
    return authority_.keyMayBeCertified(tx, content.kind, csr->spki);
  }
  // A SIM and a device have no person here who would choose a PIN.
  const bool kept_here =
      content.kind == CertificateKind::Person || content.kind == CertificateKind::OrganisationSeal;
  const bool in_token = content.key == KeySource::Token;
  if (in_token && content.kind != CertificateKind::OrganisationSeal) return wrong;
  if ((content.key != KeySource::Server && !in_token) || !kept_here || !content.csr.empty() ||
      !content.activator) {
    return wrong;
  }
  if (in_token && !authority_.hasToken()) return Error{Code::RuleRefused, "token_not_set"};
  if (content.person)
    return *content.person == *content.activator ? Result<>(kDone) : holderWrong();
  const directory::PersonId activator{*content.activator};
  const auto person = directory_.findPerson(tx, activator);
  if (!person) return person.error();
  const auto lineage = directory::lineageOf(tx, directory_, content.agency);
  if (!lineage) return lineage.error();
  const auto clerks = directory::personHolds(
      tx, directory_, activator, Role::Clerk, *lineage, vietnamDate(clock_.now()));
  if (!clerks) return clerks.error();
  if (!*clerks) return Error{Code::RuleRefused, "seal_needs_clerk"};
  return kDone;
}

Result<> RequestDesk::followedFits(work::Tx& tx,
                                   const RequestContent& content,
                                   std::int64_t renewals) {
  const Error wrong{Code::RuleRefused, "followed_wrong"};
  const auto record = certificates_.find(tx, content.certificate.value());
  if (!record) return record.error();
  const auto holder = content.holder();
  const bool same = record->kind == content.kind && record->holder.person == holder.person &&
                    record->holder.agency == holder.agency;
  if (!same || !isStateFor(content.type, record->state)) return wrong;
  if (changesStatus(content.type)) return kDone;
  const auto before = requests_.ofCertificate(tx, record->id);
  if (!before) return before.error();
  if (*before && (*before)->content.device_name != content.device_name) return wrong;
  if (record->not_after <= clock_.now()) return wrong;
  if (content.type == RequestType::Renewal) {
    const auto may_renew = renewalFits(renewals, record->not_after);
    if (!may_renew) return may_renew;
  }
  const auto others = requests_.following(tx, record->id);
  if (!others) return others.error();
  if (std::ranges::any_of(*others, &isToBeFollowedBy)) {
    return Error{Code::Conflict, "certificate_followed"};
  }
  return kDone;
}

Result<> RequestDesk::renewalFits(std::int64_t renewals, Instant not_after) {
  const auto rule = authority_.rule();
  if (!rule) return rule.error();
  if (renewals > rule->renewals_most) {
    return Error{
        Code::RuleRefused, "renewals_used_up", {{"most", std::to_string(rule->renewals_most)}}};
  }
  const auto left = not_after - clock_.now();
  const std::chrono::days opens{rule->renewal_opens_days};
  const std::chrono::days closes{rule->renewal_closes_days};
  if (left <= opens && left >= closes) return kDone;
  return Error{Code::RuleRefused,
               "renewal_window",
               {{"from", formatDate(vietnamDate(not_after - opens))},
                {"until", formatDate(vietnamDate(not_after - closes))}}};
}

Result<std::int64_t> RequestDesk::renewalsWith(work::Tx& tx, const RequestContent& content) {
  if (content.type == RequestType::New || !content.certificate) return 0;
  const auto before = requests_.ofCertificate(tx, *content.certificate);
  if (!before) return before.error();
  const auto so_far = *before ? (*before)->renewals : 0;
  return so_far + (content.type == RequestType::Renewal ? 1 : 0);
}

}  // namespace congvan::authority
