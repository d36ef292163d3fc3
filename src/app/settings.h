// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "edge/fetch/clock_watch.h"
#include "edge/http/api/limits.h"
#include "edge/http/trusted_proxies.h"
#include "office/authority/authority.h"
#include "office/directory/authentication.h"
#include "trust/crypto/software_key.h"
#include "trust/tlog/note.h"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The service's configuration: one YAML file, every key known, everything with a default that is
/// safe.
namespace congvan::app {

struct ListenerSettings {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
  bool tls = false;
};

struct MySqlSettings {
  std::vector<std::string> servers;
  std::string user;
  std::filesystem::path password_file;
  std::string schema;
  std::string tls_ca;
};

inline constexpr std::string_view kBuiltInTsa = "built-in";
inline constexpr std::string_view kKernelClock = "kernel";

struct TsaSettings {
  /// In the order in which they are asked: addresses of RFC 3161 services, and `built-in`.
  std::vector<std::string> sources = {std::string(kBuiltInTsa)};
  /// PEM files of outside authorities' certificates, believed for time-stamps and nothing else.
  std::vector<std::filesystem::path> trust = {};
  /// Of their revocation lists, besides those that stand in the certificates.
  std::vector<std::string> crls = {};
  /// Of the built-in authority.
  std::vector<std::string> policies = authority::TsaOptions{}.policies;
  std::uint32_t accuracy_millis = authority::TsaOptions{}.accuracy_millis;
  /// Whom the clock is held against; none: it is not checked.
  struct Clock {
    std::vector<std::string> servers = {};  ///< NTP servers, and `kernel`
    fetch::ClockRules rules = {};
    std::chrono::seconds every{64};
  };
  Clock clock = {};
};

/// Who is asked to cosign the checkpoints of both logs.
struct WitnessSettings {
  struct One {
    std::string url;
    tlog::NoteVerifier key;
  };
  unsigned wanted = 0;  ///< cosignatures that a checkpoint should have
  std::vector<One> asked = {};
};

/// A PKCS#11 token for keys of authorities and seals.
struct TokenSettings {
  std::filesystem::path module;
  std::string label;
  std::string serial;
  std::filesystem::path pin_file;
  int pin_tries_most = 3;  ///< wrong PINs, or processes that died at one, before it is left alone
  int sessions = 4;        ///< signatures made at once
  std::vector<std::string> environment = {};  ///< `NAME=value`, for the module
};

struct Settings {
  std::filesystem::path data;          ///< folder of files, keys and, with SQLite, the database
  std::optional<MySqlSettings> mysql;  ///< nullopt: SQLite in the data folder
  std::string province;
  std::string
      public_url;  ///< of the PKI listener, as it stands in certificates: `http://ca.tinh.gov.vn`
  std::string node = "node-1";  ///< names this instance in leases; different for each
  TsaSettings tsa;
  WitnessSettings witnesses;
  std::optional<TokenSettings> token;  ///< nullopt: every key is in software
  authority::KeyPlaces keys;
  std::chrono::days jobs_kept{30};  ///< after they have ended
  std::filesystem::path pages;      ///< folder of the built pages; empty: where the build put them
  ListenerSettings app{"127.0.0.1", 8443, true};
  ListenerSettings pki{"127.0.0.1", 8080, false};
  ListenerSettings internal{"127.0.0.1", 8081, false};
  directory::FirstPassword first_password = directory::FirstPassword::MustBeChanged;
  int connections_per_address = 128;  ///< of each listener; 0: any number
  http::TrustedProxies trusted_proxies;
  /// Of the root and the first issuing authority. Not in the file: once made, keys are what they
  /// are.
  crypto::KeyKind ca_key = crypto::KeyKind::P256;
  crypto::KeyKind tsa_key = crypto::KeyKind::P256;
  http::ApiLimits limits;
};

/// An address to stand in certificates: plain http, since a client that looks for a revocation list
/// cannot check TLS first; a host, perhaps a port and a path, no slash at the end. What ends in
/// slashes loses them. Malformed `public_url_malformed`.
Result<std::string> publicUrl(std::string_view text);

/// A name to stand in certificates, in NFC. Malformed `province_malformed`.
Result<std::string> provinceName(std::string_view text);

/// What `option` names: `p256`, `p384`, `rsa3072`. Malformed `usage_value_wrong`.
Result<crypto::KeyKind> keyKind(std::string_view option, std::string_view text);

/// Malformed with `file`, `field` and `reason`; NotFound `input_unreadable`.
Result<Settings> readSettings(const std::filesystem::path& file);

/// The `database` part alone, from a file of its own, for commands that make new settings.
/// Malformed, NotFound as readSettings.
Result<std::optional<MySqlSettings>> readDatabaseSettings(const std::filesystem::path& file);

/// The `token` and `keys` parts alone, into these settings. Malformed, NotFound as readSettings.
Result<> readTokenSettings(const std::filesystem::path& file, Settings& settings);

/// The same settings as YAML, for `congvan init`.
std::string settingsText(const Settings& settings);

}  // namespace congvan::app
