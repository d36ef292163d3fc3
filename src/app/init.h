// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/house.h"
#include "app/options.h"

namespace congvan::app {

struct FirstAgency {
  std::string code;
  std::string name;
  std::string admin_login;
};

/// What a new data folder is made from.
struct NewProvince {
  Settings settings;
  FirstAgency first;
  authority::NewAuthority authority = {};
};

/// Those of `congvan init`, without --help.
const std::vector<Option>& initOptions();
/// Malformed `usage_option_missing`, `usage_value_wrong`, `province_malformed`,
/// `public_url_malformed`. The files of --database and --token are read by
/// `readInitFiles`.
Result<NewProvince> readInitOptions(const Options& options);
/// As readDatabaseSettings.
Result<> readInitFiles(const Options& options, Settings& settings);

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
Result<NewFolder> initialise(const NewProvince& wanted, const crypto::SecretBytes& password);

/// 20 letters and digits that are not mistaken for each other.
std::string makePassword(Random& random);
/// What the first administrator needs to know, and only now. Unavailable `output_unwritable`.
Result<> tellPassword(const NewProvince& made, const std::string& password);

/// Every root of the house, for those who are to trust them: `root.pem` in the folder.
Result<> writeAnchors(House& house, const DataFolder& folder);

/// PEM armour of secret DER, wiped with the value returned.
crypto::SecretBytes pemOf(std::string_view label, BytesView der);

}  // namespace congvan::app
