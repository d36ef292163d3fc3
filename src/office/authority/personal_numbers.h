// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/authority/requests.h"

/// Identity number and birth date of a holder: what a request needs and nobody else is to see. They
/// lie apart, sealed under a key of the server, and stand in no list, log, leaf or export.
namespace congvan::authority {

struct PersonalNumbers {
  std::string identity_number;  ///< CCCD, twelve digits; nine on old cards
  directory::Date birth_date{};
};

/// Safe from any thread.
class PersonalNumbersDesk {
 public:
  PersonalNumbersDesk(work::Transactions& transactions,
                      RequestStore& store,
                      directory::DirectoryStore& directory,
                      Authority& authority,
                      audit::Trail& trail,
                      work::Once once,
                      const crypto::SecretBytes& server_secret,
                      const Clock& clock,
                      Random& random);

  /// Of the holder of a request, by themselves or a clerk of the managing body; what stood there is
  /// gone. NotFound `request_missing`; Forbidden `role_missing`; RuleRefused `holder_wrong` (no
  /// person's request), `identity_number_wrong`, `birth_date_wrong`; Conflict `request_state_wrong`
  /// (the certificate was made, or the request came to nothing).
  Result<> keep(const directory::Caller& caller, RequestId id, const PersonalNumbers& numbers);

  /// For certificate officers over the managing body and over every agency that the holder works
  /// for today; that it was read is written down. NotFound `request_missing`,
  /// `personal_numbers_missing`; Forbidden `role_missing`; RuleRefused `holder_wrong`; Conflict
  /// `request_state_wrong` (it came to nothing).
  Result<PersonalNumbers> read(const directory::Caller& officer, RequestId id);

 private:
  struct Subject {
    RequestRecord request;
    Uuid person{};
    directory::Lineage body;
  };
  /// Of a request for a certificate; a change of status opens nobody's numbers.
  Result<Subject> subjectOf(work::Tx& tx, RequestId id);
  Result<> record(work::Tx& tx,
                  audit::EventKind kind,
                  const directory::Caller& by,
                  RequestId request,
                  const Uuid& person);

  work::Transactions& transactions_;
  RequestStore& store_;
  directory::DirectoryStore& directory_;
  Authority& authority_;
  audit::Trail& trail_;
  work::Once once_;
  const crypto::SecretBytes key_;
  const Clock& clock_;
  Random& random_;
};

}  // namespace congvan::authority
