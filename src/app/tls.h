// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/house.h"

/// The certificate of the application's own listener.
namespace congvan::app {

/// Makes key and certificate for the listener's address with this house's own authority.
Result<> makeTls(House& house, const DataFolder& folder, const Settings& settings);

enum class When {
  Starting,
  Running,  ///< a key that does not fit may be half of what somebody is putting there: left alone
};

/// Makes them anew when they are this house's own and no longer good for long: less than a third of
/// the time is left, the address is another one, or the key is not that of the certificate. A
/// certificate that somebody else issued is left alone. Call once the house is started.
Result<> renewTls(House& house, const DataFolder& folder, const Settings& settings, When when);

/// What stands in the file. NotFound `input_unreadable`, Malformed `certificate_malformed`.
Result<pki::Certificate> tlsCertificate(const DataFolder& folder);

}  // namespace congvan::app
