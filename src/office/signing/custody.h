// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "office/audit/trail.h"
#include "office/directory/directory.h"
#include "office/directory/permissions.h"
#include "office/directory/store.h"
#include "office/signing/store.h"
#include "office/work/gate.h"
#include "trust/crypto/key_token.h"
#include "trust/crypto/secret.h"
#include "trust/crypto/wrapped_key.h"

#include <array>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

/// Keeping private keys (DESIGN decision 10).
///
/// A key is sealed under a random data key; the data key is wrapped once for each person who may
/// use it, under that person's PIN and the server secret. A personal key has one such person, a
/// seal one for each authorised clerk.
namespace congvan::signing {

struct PinRules {
  std::size_t shortest = 6;
  std::size_t longest = 64;
  /// Wrong PINs in a row before each further one costs a delay that doubles, and before the access
  /// is locked.
  int failures_free = 2;
  int failures_most = 6;
  Duration delay_first = std::chrono::seconds{15};
  /// How long the offer of a seal stands.
  Duration offer_stands = std::chrono::hours{24};
  /// Of each wrap made from now on; a wrap remembers its own.
  crypto::ScryptCost cost = {};
  /// Trying a PIN takes as much memory as `cost` says.
  work::Gate::Limits at_once = {.waiting_most = 32};
};

/// A new key that is not stored yet: `add` puts it into the transaction that makes its certificate
/// known.
class NewKey {
 public:
  BytesView spki() const { return spki_; }

 private:
  friend class Custody;
  NewKey(Bytes spki, KeptKey kept, KeyAccess access)
      : spki_(std::move(spki)), kept_(std::move(kept)), access_(std::move(access)) {}
  Bytes spki_;
  KeptKey kept_;
  KeyAccess access_;
};

/// Whose key it will be.
struct KeyOwner {
  std::optional<Uuid> person;
  std::optional<Uuid> agency;
};

/// Safe from any thread.
class Custody final : public directory::RightsEnded {
 public:
  Custody(work::Transactions& transactions,
          KeyStore& store,
          directory::DirectoryStore& directory,
          audit::Trail& trail,
          const crypto::SecretBytes& server_secret,
          crypto::KeyToken& token,
          const Clock& clock,
          Random& random,
          PinRules rules = {});

  /// Makes a key, wrapped for `user`, or in the token and the way to it wrapped. RuleRefused
  /// `pin_too_short`, `pin_too_long`; refusals of crypto::makeKey.
  Result<NewKey> make(const KeyOwner& owner,
                      const Uuid& user,
                      const crypto::SecretBytes& pin,
                      crypto::KeyPlace place = crypto::KeyPlace::Software,
                      crypto::KeyKind kind = crypto::KeyKind::P256);

  /// Stores a new key as that of `certificate`.
  Result<> add(work::Tx& tx,
               const NewKey& key,
               const Uuid& certificate,
               const directory::Caller& caller);

  /// The key of a certificate, opened with the caller's PIN.
  ///
  /// The attempt is counted *before* the PIN is tried, so that tries in parallel are counted too.
  /// Unauthenticated `pin_wrong` with `left`; TooMany `pin_delayed` with `until`, `seconds`;
  /// Forbidden `key_locked`, `key_not_yours`; Unavailable `service_busy`, not counted; what the
  /// token says when the key is there and cannot sign now. Nothing but the count and the audit
  /// event changes.
  Result<std::shared_ptr<const crypto::Signer>> open(const directory::Caller& caller,
                                                     const Uuid& certificate,
                                                     const crypto::SecretBytes& pin);

  /// Has the caller a way to this key, whatever its PIN?
  Result<bool> mayOpen(const directory::Caller& caller, const Uuid& certificate);

  /// A clerk who is one no more loses every wrap of the agency's seals.
  Result<> ended(work::Tx& tx,
                 const directory::Caller& by,
                 directory::PersonId person,
                 const directory::Grant& lost) override;

  /// Offers the seal to another clerk of the agency. Answers the code that they take it up with; it
  /// is shown once, and an offer made again has another. `pin` is the caller's.
  ///
  /// Forbidden `role_missing` unless the caller is a clerk of the agency. RuleRefused
  /// `key_is_personal`, `seal_needs_clerk` (the other one is none today). Otherwise as `open`.
  /// Conflict `access_taken`: they hold it already.
  struct Offer {
    std::string code;
    Instant until{};
  };
  Result<Offer> offer(const directory::Caller& caller,
                      const Uuid& certificate,
                      const crypto::SecretBytes& pin,
                      const Uuid& other);

  /// The seal offered to the caller is theirs to use from now on, under a PIN of their own. The
  /// code is counted as a PIN is, and refused with the same reasons. RuleRefused `pin_too_short`,
  /// `pin_too_long`; Forbidden `key_not_yours`, `offer_over`; Conflict `access_taken`.
  Result<> takeUp(const directory::Caller& caller,
                  const Uuid& certificate,
                  const crypto::SecretBytes& code,
                  const crypto::SecretBytes& own_pin);

  /// Takes a clerk's way to a seal, or the offer of one, away again. The caller is a clerk of the
  /// agency and holds the seal. Forbidden `role_missing`, `key_not_yours`; NotFound
  /// `key_access_missing`; RuleRefused `key_is_personal`, `seal_last_holder`: nobody could seal any
  /// more.
  Result<> withdraw(const directory::Caller& caller, const Uuid& certificate, const Uuid& other);

  /// Who has a way to a seal, for clerks of its agency. Refusals of `withdraw` but the last two.
  struct Holder {
    Uuid person{};
    std::optional<Instant> offered_until;  ///< nullopt: holds it
    bool locked = false;
  };
  Result<std::vector<Holder>> holders(const directory::Caller& caller, const Uuid& certificate);

 private:
  struct Attempt {
    KeptKey key;
    KeyAccess access;
  };
  /// The lineage of the agency whose seal it is, when the caller is its clerk.
  Result<directory::Lineage> asClerk(work::Tx& tx,
                                     const directory::Caller& caller,
                                     const KeptKey& key);
  Result<> mayOffer(work::Tx& tx,
                    const directory::Caller& caller,
                    const KeptKey& key,
                    const Uuid& other);
  Result<> checkPin(const crypto::SecretBytes& pin) const;
  Bytes wrapFor(const Uuid& person,
                KeyId key,
                const crypto::SecretBytes& data_key,
                const crypto::SecretBytes& pin) const;
  struct Opened {
    KeptKey key;
    crypto::SecretBytes data_key;
    work::Gate::Place place;  ///< for a wrap that follows
  };
  enum class Way { Held, Offered };
  Result<Attempt> countAttempt(const directory::Caller& caller, const Uuid& certificate, Way way);
  Result<Opened> tryPin(const directory::Caller& caller,
                        const Uuid& certificate,
                        const crypto::SecretBytes& pin,
                        Way way = Way::Held);
  Result<> settleSuccess(const Attempt& attempt);
  Error noteWrongPin(const directory::Caller& caller, const Attempt& attempt);

  work::Transactions& transactions_;
  KeyStore& store_;
  directory::DirectoryStore& directory_;
  audit::Trail& trail_;
  const crypto::SecretBytes& server_secret_;
  crypto::KeyToken& token_;
  const Clock& clock_;
  Random& random_;
  Ids ids_;
  PinRules rules_;
  work::Gate gate_;
  /// Tries of one person wait for each other: right PINs that come at once would be counted as if
  /// they were wrong, until the first of them is settled.
  std::array<std::mutex, 64> turns_;
};

}  // namespace congvan::signing
