// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/authority/authority.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace congvan::authority {

/// An OCSPResponse, and how long others may give it out too.
struct StatusAnswer {
  /// RFC 5019 6.2.
  struct Keep {
    Instant made{};
    Instant next_update{};
    std::chrono::seconds max_age{};  ///< by then a newer one is given here
    std::string tag;                 ///< of these bytes alone
  };
  Bytes der;
  std::optional<Keep> keep;  ///< nullopt: for this asker and this moment
};

struct OcspOptions {
  Duration life = std::chrono::hours{1};  ///< from thisUpdate to nextUpdate
  std::size_t kept_most = 16384;          ///< answers in memory, about 1.3 KB each
};

/// What the desk did since it was made. Each number is right, they need not be of one moment.
struct OcspCounts {
  std::atomic<std::uint64_t> from_memory{0};
  std::atomic<std::uint64_t> fresh{0};
  std::atomic<std::uint64_t> refused{0};  ///< malformed, or about issuers that are not ours
  std::atomic<std::uint64_t> failed{0};   ///< tryLater and internalError
};

/// Says whether certificates of this authority are good (OCSP: RFC 6960, RFC 5019, RFC 9654).
///
/// An answer about one certificate without a nonce is kept until half its life is over, and given
/// only while the version of its issuer's row is the one it was made at: every revocation, in
/// whatever instance, moves it. Serials that were never issued are unknown, abandoned ones are
/// revoked as on the CRL. Safe from any thread.
class OcspDesk {
 public:
  OcspDesk(work::Transactions& transactions,
           CertificateStore& store,
           const Authority& authority,
           const Clock& clock,
           OcspOptions options = {});
  ~OcspDesk();

  /// To a DER OCSPRequest; always an answer. `unauthorized` also for a request about several
  /// issuers, since no responder may speak for all of them.
  StatusAnswer answer(BytesView request);
  /// What who asked is told when `answer` threw: `tryLater`.
  StatusAnswer afterFault();
  const OcspCounts& counts() const { return counts_; }

 private:
  struct Asked;   // a request and who answers it
  struct Kept;    // an answer in memory
  struct Memory;  // all of them
  class SharedRead;

  StatusAnswer error(pki::OcspError why);
  StatusAnswer answerAsked(const Asked& asked);
  /// What the database says now.
  Result<std::vector<pki::OcspEntry>> look(const Asked& asked);
  Result<StatusAnswer> sign(const Asked& asked, std::vector<pki::OcspEntry> entries);
  /// From memory; nullopt: there is none that is right now.
  std::optional<StatusAnswer> kept(const Asked& asked, std::int64_t version);
  void keep(const Asked& asked, std::int64_t version, const StatusAnswer& answer);

  work::Transactions& transactions_;
  CertificateStore& store_;
  const Authority& authority_;
  const Clock& clock_;
  const OcspOptions options_;
  OcspCounts counts_;
  std::unique_ptr<Memory> memory_;
  std::unique_ptr<SharedRead> versions_;
};

}  // namespace congvan::authority
