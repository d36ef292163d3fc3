// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/house.h"

namespace congvan::app {

struct FirstAgency {
  std::string code;
  std::string name;
  std::string admin_login;
};

/// Makes a whole data folder: tree, secret, database, first agency and administrator, authority,
/// TLS certificate, settings. It is served once the caller has finished it. What an earlier try in
/// the same folder left is thrown away, also in a database server. Conflict `data_folder_in_use`,
/// `already_set_up`, `set_up_elsewhere`.
Result<UnfinishedFolder> initialise(const Settings& settings,
                                    const FirstAgency& first,
                                    const crypto::SecretBytes& password);

/// PEM armour of secret DER, wiped with the value returned.
crypto::SecretBytes pemOf(std::string_view label, BytesView der);

}  // namespace congvan::app
