// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/directory/store.h"

namespace congvan::storage {

/// The port `directory::DirectoryStore` over SQL. An agency's code is taken as long as the agency
/// has no end date.
class SqlDirectoryStore final : public directory::DirectoryStore {
 public:
  Result<> addAgency(work::Tx& tx, const directory::Agency& agency) override;
  Result<> replaceAgency(work::Tx& tx, const directory::Agency& agency) override;
  Result<directory::Agency> findAgency(work::Tx& tx, directory::AgencyId id) override;
  Result<directory::Agency> findAgencyByCode(work::Tx& tx, std::string_view code) override;
  Result<std::vector<directory::Agency>> agencies(work::Tx& tx) override;

  Result<> addPerson(work::Tx& tx, const directory::Person& person) override;
  Result<directory::Person> findPerson(work::Tx& tx, directory::PersonId id) override;

  Result<> addPost(work::Tx& tx, const directory::Post& post) override;
  Result<> replacePost(work::Tx& tx, const directory::Post& post) override;
  Result<directory::Post> findPost(work::Tx& tx, directory::PostId id) override;
  Result<std::vector<directory::Post>> postsOfPerson(work::Tx& tx,
                                                     directory::PersonId person) override;
  Result<std::vector<directory::Post>> postsOfAgency(work::Tx& tx,
                                                     directory::AgencyId agency) override;

  Result<> addAccount(work::Tx& tx, const directory::Account& account) override;
  Result<> replaceAccount(work::Tx& tx, const directory::Account& account) override;
  Result<directory::Account> findAccount(work::Tx& tx, std::string_view login) override;
  Result<directory::Account> findAccountOf(work::Tx& tx, directory::PersonId person) override;

  Result<directory::SignInTries> findTries(work::Tx& tx, BytesView who) override;
  Result<> keepTries(work::Tx& tx, const directory::SignInTries& tries) override;
  Result<std::int64_t> sweepTries(work::Tx& tx, Instant now) override;
  Result<> addSession(work::Tx& tx, const directory::Session& session) override;
  Result<directory::Session> findSession(work::Tx& tx, BytesView token_hash) override;
  Result<> touchSession(work::Tx& tx, BytesView token_hash, Instant now) override;
  Result<> moveSession(work::Tx& tx, BytesView token_hash, directory::PostId post) override;
  Result<> removeSession(work::Tx& tx, BytesView token_hash) override;
  Result<> keepOnlySession(work::Tx& tx, directory::PersonId person, BytesView token_hash) override;
  Result<std::int64_t> sweepSessions(work::Tx& tx,
                                     Instant created_before,
                                     Instant used_before) override;
};

}  // namespace congvan::storage
