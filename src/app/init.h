// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/house.h"

namespace congvan::app {

struct FirstAgency {
  std::string code;
  std::string name;
  std::string admin_login;
};

/// A whole data folder, but for its mark.
struct NewFolder {
  UnfinishedFolder folder;
  std::unique_ptr<House> house;

  /// From now on it is served, and never thrown away again.
  Result<> finish();
};

/// Makes a data folder: tree, secret, database, first agency and administrator, authority, TLS
/// certificate, settings. What an earlier try in the same folder left is thrown away, also in a
/// database server, and nothing else: Conflict `data_folder_in_use`, `already_set_up`,
/// `set_up_elsewhere`, `database_not_ours` change nothing.
Result<NewFolder> initialise(const Settings& settings,
                             const FirstAgency& first,
                             const crypto::SecretBytes& password);

/// PEM armour of secret DER, wiped with the value returned.
crypto::SecretBytes pemOf(std::string_view label, BytesView der);

}  // namespace congvan::app
