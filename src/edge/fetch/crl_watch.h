// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.h"
#include "edge/fetch/http_client.h"
#include "office/signing/foreign_lists.h"

#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace congvan::fetch {

/// Revocation lists of other issuers, fetched now and then and kept between.
///
/// A list is taken when a certificate that was given has signed it and it is no older than the one
/// before it, so that whoever sits on the way can at most keep a newer one away. Whether it is
/// fresh and speaks about a certificate is validation's work. Safe from any thread.
class CrlWatch final : public signing::ForeignLists {
 public:
  struct Wanted {
    std::string url;
    Addresses addresses = Addresses::PublicOnly;
  };
  /// Where lists are kept between two runs, by a name of letters and digits.
  struct Kept {
    std::function<std::optional<Bytes>(const std::string& name)> read;
    std::function<Result<>(const std::string& name, BytesView list)> write;
  };

  /// `signers`: whose signature on a list counts. Reads what is kept.
  CrlWatch(std::vector<Wanted> wanted,
           std::vector<pki::Certificate> signers,
           Kept kept,
           const Clock& clock);

  /// Asks every address. Unavailable `foreign_lists_missing`: not all gave a list; those that did
  /// count. For one thread at a time.
  Result<> look(const std::stop_token& stop = {});

  std::vector<pki::Crl> current() const override;

  struct Known {
    std::string url;
    std::optional<pki::Crl> list;  ///< the newest
    std::optional<Error> trouble;  ///< of the last look
  };
  std::vector<Known> known() const;

 private:
  /// Refusals of `send`. Unavailable `crl_http_status`; Malformed `crl_malformed`,
  /// `crl_signer_unknown`, `crl_not_yet`, `crl_older`.
  Result<pki::Crl> fetched(const Wanted& wanted, const std::optional<pki::Crl>& before) const;
  Result<> mayStand(const pki::Crl& list, const std::optional<pki::Crl>& before) const;

  const std::vector<Wanted> wanted_;
  const std::vector<pki::Certificate> signers_;
  const Kept kept_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::vector<Known> known_;  // in the order of `wanted_`
};

}  // namespace congvan::fetch
