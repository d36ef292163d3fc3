// SPDX-License-Identifier: Apache-2.0
#include "office/authority/personal_numbers.h"

#include "office/audit/details.h"
#include "office/directory/actor.h"
#include "trust/crypto/keyed_hash.h"
#include "trust/crypto/sealed.h"

#include <algorithm>

namespace congvan::authority {

using directory::Caller;
using directory::Role;

namespace {

crypto::SecretBytes numbersKey(const crypto::SecretBytes& server_secret) {
  auto derived = crypto::keyedHash(server_secret, "personal-numbers", asBytes("congvan/v1"));
  crypto::SecretBytes key{BytesView(derived)};
  crypto::wipe(derived.data(), derived.size());
  return key;
}

/// A row moved to another person does not open.
Bytes numbersBinding(const Uuid& person) {
  Bytes binding;
  append(binding, std::string_view("congvan personal numbers\n"));
  append(binding, person.bytes);
  return binding;
}

Result<> checkNumbers(const PersonalNumbers& numbers, directory::Date today) {
  constexpr std::size_t kCard = 12;
  constexpr std::size_t kOldCard = 9;
  const auto& text = numbers.identity_number;
  const bool digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || (text.size() != kCard && text.size() != kOldCard)) {
    return Error{Code::RuleRefused, "identity_number_wrong"};
  }
  const directory::Date first{std::chrono::year{1900}, std::chrono::January, std::chrono::day{1}};
  if (numbers.birth_date < first || numbers.birth_date > today) {
    return Error{Code::RuleRefused, "birth_date_wrong"};
  }
  return kDone;
}

}  // namespace

PersonalNumbersDesk::PersonalNumbersDesk(work::Transactions& transactions,
                                         RequestStore& store,
                                         directory::DirectoryStore& directory,
                                         Authority& authority,
                                         audit::Trail& trail,
                                         work::Once once,
                                         const crypto::SecretBytes& server_secret,
                                         const Clock& clock,
                                         Random& random)
    : transactions_(transactions),
      store_(store),
      directory_(directory),
      authority_(authority),
      trail_(trail),
      once_(once),
      key_(numbersKey(server_secret)),
      clock_(clock),
      random_(random) {}

Result<> PersonalNumbersDesk::keep(const Caller& caller,
                                   RequestId id,
                                   const PersonalNumbers& numbers) {
  const auto text = numbers.identity_number + "\n" + formatDate(numbers.birth_date);
  return transactions_.run<std::monostate>([&](work::Tx& tx) -> Result<> {
    const auto before = once_.before(tx, caller.once);
    if (!before) return before.error();
    if (*before) return kDone;
    const auto subject = subjectOf(tx, id);
    if (!subject) return subject.error();
    const auto clerk = directory::require(caller, Role::Clerk, subject->body);
    if (!clerk && subject->person != caller.person.value) return clerk;
    const auto open = requireState(subject->request,
                                   {RequestState::Requested,
                                    RequestState::Returned,
                                    RequestState::Accepted,
                                    RequestState::Approved});
    if (!open) return open;
    const auto fine = checkNumbers(numbers, vietnamDate(clock_.now()));
    if (!fine) return fine;
    const auto sealed = crypto::seal(key_, asBytes(text), numbersBinding(subject->person), random_);
    const auto kept = store_.keepNumbers(tx, subject->person, sealed);
    if (!kept) return kept;
    const auto recorded =
        record(tx, audit::EventKind::PersonalNumbersKept, caller, id, subject->person);
    if (!recorded) return recorded;
    return once_.after(tx, caller.once, id.text());
  });
}

Result<PersonalNumbers> PersonalNumbersDesk::read(const Caller& officer, RequestId id) {
  return transactions_.run<PersonalNumbers>([&](work::Tx& tx) -> Result<PersonalNumbers> {
    const auto subject = subjectOf(tx, id);
    if (!subject) return subject.error();
    const auto allowed = directory::require(officer, Role::CertificateOfficer, subject->body);
    if (!allowed) return allowed.error();
    // Who has left the managing body is no business of its officer any more.
    const auto over_holder =
        authority_.requireOfficer(tx, officer, {.person = subject->person, .agency = {}});
    if (!over_holder) return over_holder.error();
    const auto stands = requireState(subject->request,
                                     {RequestState::Requested,
                                      RequestState::Returned,
                                      RequestState::Accepted,
                                      RequestState::Approved,
                                      RequestState::Issued,
                                      RequestState::HandedOver});
    if (!stands) return stands.error();
    const auto sealed = store_.numbers(tx, subject->person);
    if (!sealed) return sealed.error();
    const auto opened = crypto::unseal(key_, *sealed, numbersBinding(subject->person));
    if (!opened) return opened.error();
    const auto recorded =
        record(tx, audit::EventKind::PersonalNumbersRead, officer, id, subject->person);
    if (!recorded) return recorded.error();
    const auto text = asText(opened->view());
    const auto line = text.find('\n');
    const auto birth_date = parseDate(text.substr(line + 1));
    if (!birth_date) return birth_date.error();
    return PersonalNumbers{std::string(text.substr(0, line)), *birth_date};
  });
}

Result<PersonalNumbersDesk::Subject> PersonalNumbersDesk::subjectOf(work::Tx& tx, RequestId id) {
  auto request = store_.find(tx, id);
  if (!request) return request.error();
  if (changesStatus(request->content.type) || !request->content.person)
    return Error{Code::RuleRefused, "holder_wrong"};
  auto lineage = directory::lineageOf(tx, directory_, request->content.agency);
  if (!lineage) return lineage.error();
  const auto person = *request->content.person;
  return Subject{std::move(*request), person, std::move(*lineage)};
}

Result<> PersonalNumbersDesk::record(
    work::Tx& tx, audit::EventKind kind, const Caller& by, RequestId request, const Uuid& person) {
  return trail_.record(tx,
                       {.kind = kind,
                        .by = directory::actor(by),
                        .subject_kind = "request",
                        .subject = request.value,
                        .trace = by.trace,
                        .details = audit::Details().say("person", person).text()});
}

}  // namespace congvan::authority
