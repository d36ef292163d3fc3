// SPDX-License-Identifier: Apache-2.0
#include "office/signing/custody.h"

#include "base/text.h"
#include "office/audit/details.h"
#include "office/directory/actor.h"
#include "office/directory/permissions.h"
#include "office/work/again.h"
#include "office/work/wait.h"
#include "trust/crypto/sealed.h"
#include "trust/crypto/wrapped_key.h"

#include <algorithm>

namespace congvan::signing {
namespace {

/// What a wrapped data key is bound to: this key, for this person.
Bytes accessBinding(KeyId key, const Uuid& person) {
  Bytes binding = toBytes("congvan key access\n");
  append(binding, key.value.bytes);
  append(binding, person.bytes);
  return binding;
}

/// What a sealed private key is bound to: this row.
Bytes keyBinding(KeyId key) {
  Bytes binding = toBytes("congvan private key\n");
  append(binding, key.value.bytes);
  return binding;
}

/// `whose`: the person whose way to the key it is.
audit::Entry keyEvent(audit::EventKind kind,
                      const directory::Caller& caller,
                      const KeptKey& key,
                      const Uuid& whose) {
  return {.kind = kind,
          .by = directory::actor(caller),
          .subject_kind = "certificate",
          .subject = key.certificate,
          .trace = caller.trace,
          .details = audit::Details().say("person", whose).text()};
}

/// Fifty bits that people copy from a screen: no letters or digits that look alike.
std::string freshCode(Random& random) {
  constexpr std::string_view kLetters = "23456789abcdefghijkmnpqrstuvwxyz";
  static_assert(kLetters.size() == 32);
  Bytes drawn(10);
  random.fill(drawn);
  std::string code;
  for (const auto one : drawn) code.push_back(kLetters[one % kLetters.size()]);
  return code;
}

}  // namespace

Custody::Custody(work::Transactions& transactions,
                 KeyStore& store,
                 directory::DirectoryStore& directory,
                 audit::Trail& trail,
                 const crypto::SecretBytes& server_secret,
                 crypto::KeyToken& token,
                 const Clock& clock,
                 Random& random,
                 PinRules rules)
    : transactions_(transactions),
      store_(store),
      directory_(directory),
      trail_(trail),
      server_secret_(server_secret),
      token_(token),
      clock_(clock),
      random_(random),
      ids_(clock, random),
      rules_(rules),
      gate_(rules.at_once) {}

Result<> Custody::checkPin(const crypto::SecretBytes& pin) const {
  const auto length = countCharacters(asText(pin.view()));
  if (length < rules_.shortest) {
    return Error{Code::RuleRefused, "pin_too_short", {{"least", std::to_string(rules_.shortest)}}};
  }
  if (length > rules_.longest) {
    return Error{Code::RuleRefused, "pin_too_long", {{"most", std::to_string(rules_.longest)}}};
  }
  return kDone;
}

Bytes Custody::wrapFor(const Uuid& person,
                       KeyId key,
                       const crypto::SecretBytes& data_key,
                       const crypto::SecretBytes& pin) const {
  return crypto::wrapSecret(
      data_key, pin, server_secret_, accessBinding(key, person), random_, rules_.cost);
}

Result<NewKey> Custody::make(const KeyOwner& owner,
                             const Uuid& user,
                             const crypto::SecretBytes& pin,
                             crypto::KeyPlace place_of_key,
                             crypto::KeyKind kind) {
  const auto fine = checkPin(pin);
  if (!fine) return fine.error();
  const auto place = gate_.enter();
  if (!place) return place.error();
  const auto* const label = owner.agency ? "congvan seal" : "congvan person";
  const auto key = crypto::makeKey(place_of_key, kind, token_, label);
  if (!key) return key.error();
  const auto id = ids_.make<KeyTag>();
  const auto data_key = crypto::makeSealKey(random_);
  KeptKey kept{.id = id,
               .person = owner.person,
               .agency = owner.agency,
               .wrapped = crypto::seal(data_key, key->kept.view(), keyBinding(id), random_)};
  KeyAccess access{.key = id, .person = user, .wrapped = wrapFor(user, id, data_key, pin)};
  return NewKey(key->key->publicKey().spki(), std::move(kept), std::move(access));
}

Result<> Custody::add(work::Tx& tx,
                      const NewKey& key,
                      const Uuid& certificate,
                      const directory::Caller& caller) {
  auto kept = key.kept_;
  kept.certificate = certificate;
  const auto added = store_.addKey(tx, kept);
  if (!added) return added;
  const auto opened = store_.addAccess(tx, key.access_);
  if (!opened) return opened;
  return trail_.record(tx,
                       keyEvent(audit::EventKind::KeyCreated, caller, kept, key.access_.person));
}

Result<Custody::Attempt> Custody::countAttempt(const directory::Caller& caller,
                                               const Uuid& certificate,
                                               Way way) {
  return work::runUntilCurrent<Attempt>(transactions_, [&](work::Tx& tx) -> Result<Attempt> {
    const auto key = store_.findKeyOfCertificate(tx, certificate);
    if (!key) return key.error();
    auto access = store_.findAccess(tx, key->id, caller.person.value);
    if (!access) {
      if (access.error().code == Code::NotFound) return Error{Code::Forbidden, "key_not_yours"};
      return access.error();
    }
    const auto now = clock_.now();
    if (way == Way::Held && access->offered_until)
      return Error{Code::Forbidden, "key_not_taken_up"};
    if (way == Way::Offered && !access->offered_until) return Error{Code::Conflict, "access_taken"};
    if (way == Way::Offered && now > *access->offered_until) {
      return Error{Code::Forbidden, "offer_over"};
    }
    if (access->locked) return Error{Code::Forbidden, "key_locked"};
    if (access->blocked_until && now < *access->blocked_until) {
      return Error{Code::TooMany, "pin_delayed", work::waitUntil(*access->blocked_until, now)};
    }
    access->failures += 1;
    const auto over = access->failures - rules_.failures_free;
    if (over > 0) access->blocked_until = now + rules_.delay_first * (1LL << (over - 1));
    if (access->failures >= rules_.failures_most) access->locked = true;
    const auto kept = store_.replaceAccess(tx, *access);
    if (!kept) return kept.error();
    access->version += 1;
    return Attempt{*key, *access};
  });
}

Error Custody::noteWrongPin(const directory::Caller& caller, const Attempt& attempt) {
  const auto kind =
      attempt.access.locked ? audit::EventKind::KeyLocked : audit::EventKind::PinFailed;
  const auto noted = transactions_.run<std::monostate>([&](work::Tx& tx) {
    return trail_.record(tx, keyEvent(kind, caller, attempt.key, attempt.access.person));
  });
  if (!noted) return noted.error();
  if (attempt.access.locked) return Error{Code::Forbidden, "key_locked"};
  const auto left = rules_.failures_most - attempt.access.failures;
  return Error{Code::Unauthenticated, "pin_wrong", {{"left", std::to_string(left)}}};
}

Result<> Custody::settleSuccess(const Attempt& attempt) {
  return work::runUntilCurrent<std::monostate>(transactions_, [&](work::Tx& tx) -> Result<> {
    auto access = store_.findAccess(tx, attempt.key.id, attempt.access.person);
    if (!access && access.error().code == Code::NotFound) {
      return Error{Code::Forbidden, "key_not_yours"};  // taken away meanwhile
    }
    if (!access) return access.error();
    // Tries that were counted after this one stand.
    access->failures -= std::min(access->failures, attempt.access.failures);
    if (access->failures <= rules_.failures_free) access->blocked_until.reset();
    if (attempt.access.locked) access->locked = false;
    return store_.replaceAccess(tx, *access);
  });
}

Result<Custody::Opened> Custody::tryPin(const directory::Caller& caller,
                                        const Uuid& certificate,
                                        const crypto::SecretBytes& pin,
                                        Way way) {
  const std::lock_guard turn(turns_[caller.person.value.bytes.back() % turns_.size()]);
  auto place = gate_.enter();
  if (!place) return place.error();
  const auto attempt = countAttempt(caller, certificate, way);
  if (!attempt) return attempt.error();
  auto data_key = crypto::unwrapSecret(attempt->access.wrapped,
                                       pin,
                                       server_secret_,
                                       accessBinding(attempt->key.id, caller.person.value));
  if (!data_key) {
    if (data_key.error().reason == "pin_wrong") return noteWrongPin(caller, *attempt);
    return data_key.error();
  }
  const auto settled = settleSuccess(*attempt);
  if (!settled) return settled.error();
  return Opened{attempt->key, std::move(*data_key), std::move(*place)};
}

Result<bool> Custody::mayOpen(const directory::Caller& caller, const Uuid& certificate) {
  return transactions_.read<bool>([&](work::Tx& tx) -> Result<bool> {
    const auto key = store_.findKeyOfCertificate(tx, certificate);
    if (!key) return key.error();
    const auto access = store_.findAccess(tx, key->id, caller.person.value);
    if (!access && access.error().code != Code::NotFound) return access.error();
    return access && !access->offered_until;
  });
}

Result<std::shared_ptr<const crypto::Signer>> Custody::open(const directory::Caller& caller,
                                                            const Uuid& certificate,
                                                            const crypto::SecretBytes& pin) {
  const auto opened = tryPin(caller, certificate, pin);
  if (!opened) return opened.error();
  const auto kept =
      crypto::unseal(opened->data_key, opened->key.wrapped, keyBinding(opened->key.id));
  if (!kept) return kept.error();
  auto key = crypto::openKept(kept->view(), token_);
  if (!key) return key;
  const auto ready = (*key)->ready();
  if (!ready) return ready.error();
  return key;
}

Result<> Custody::ended(work::Tx& tx,
                        const directory::Caller& by,
                        directory::PersonId person,
                        const directory::Grant& lost) {
  if (lost.role != directory::Role::Clerk) return kDone;
  const auto keys = store_.keysOfAgency(tx, lost.over.value);
  if (!keys) return keys.error();
  for (const auto& key : *keys) {
    const auto removed = store_.removeAccess(tx, key.id, person.value);
    if (!removed && removed.error().code == Code::NotFound) continue;
    if (!removed) return removed;
    const auto recorded =
        trail_.record(tx, keyEvent(audit::EventKind::KeyAccessRemoved, by, key, person.value));
    if (!recorded) return recorded;
  }
  return kDone;
}

Result<directory::Lineage> Custody::asClerk(work::Tx& tx,
                                            const directory::Caller& caller,
                                            const KeptKey& key) {
  if (!key.agency) return Error{Code::RuleRefused, "key_is_personal"};
  auto lineage = directory::lineageOf(tx, directory_, directory::AgencyId{*key.agency});
  if (!lineage) return lineage;
  const auto allowed = directory::require(caller, directory::Role::Clerk, *lineage);
  if (!allowed) return allowed.error();
  return lineage;
}

Result<> Custody::mayOffer(work::Tx& tx,
                           const directory::Caller& caller,
                           const KeptKey& key,
                           const Uuid& other) {
  const auto lineage = asClerk(tx, caller, key);
  if (!lineage) return lineage.error();
  const auto clerks = directory::personHolds(tx,
                                             directory_,
                                             directory::PersonId{other},
                                             directory::Role::Clerk,
                                             *lineage,
                                             vietnamDate(clock_.now()));
  if (!clerks) return clerks.error();
  if (!*clerks) return Error{Code::RuleRefused, "seal_needs_clerk"};
  return kDone;
}

Result<Custody::Offer> Custody::offer(const directory::Caller& caller,
                                      const Uuid& certificate,
                                      const crypto::SecretBytes& pin,
                                      const Uuid& other) {
  const auto allowed = transactions_.read<std::monostate>([&](work::Tx& tx) -> Result<> {
    const auto key = store_.findKeyOfCertificate(tx, certificate);
    if (!key) return key.error();
    return mayOffer(tx, caller, *key, other);
  });
  if (!allowed) return allowed.error();
  auto opened = tryPin(caller, certificate, pin);
  if (!opened) return opened.error();
  const Offer made{.code = freshCode(random_), .until = clock_.now() + rules_.offer_stands};
  const KeyAccess access{.key = opened->key.id,
                         .person = other,
                         .wrapped = wrapFor(other,
                                            opened->key.id,
                                            opened->data_key,
                                            crypto::SecretBytes(std::string_view(made.code))),
                         .offered_until = made.until};
  opened->place.reset();
  const auto done =
      work::runUntilCurrent<std::monostate>(transactions_, [&](work::Tx& tx) -> Result<> {
        const auto still = mayOffer(tx, caller, opened->key, other);
        if (!still) return still;
        const auto before = store_.findAccess(tx, access.key, other);
        if (!before && before.error().code != Code::NotFound) return before.error();
        if (before && !before->offered_until) return Error{Code::Conflict, "access_taken"};
        if (before) {  // the code was lost, or guessed at: another one
          const auto removed = store_.removeAccess(tx, access.key, other);
          if (!removed) return removed;
        }
        const auto added = store_.addAccess(tx, access);
        if (!added) return added;
        return trail_.record(tx, keyEvent(audit::EventKind::KeyShared, caller, opened->key, other));
      });
  if (!done) return done.error();
  return made;
}

Result<> Custody::takeUp(const directory::Caller& caller,
                         const Uuid& certificate,
                         const crypto::SecretBytes& code,
                         const crypto::SecretBytes& own_pin) {
  const auto fine = checkPin(own_pin);
  if (!fine) return fine;
  auto opened = tryPin(caller, certificate, code, Way::Offered);
  if (!opened) return opened.error();
  const auto& person = caller.person.value;
  const auto wrapped = wrapFor(person, opened->key.id, opened->data_key, own_pin);
  opened->place.reset();
  return work::runUntilCurrent<std::monostate>(transactions_, [&](work::Tx& tx) -> Result<> {
    const auto clerk = asClerk(tx, caller, opened->key);
    if (!clerk) return clerk.error();
    auto access = store_.findAccess(tx, opened->key.id, person);
    if (!access) {
      if (access.error().code != Code::NotFound) return access.error();
      return Error{Code::Forbidden, "key_not_yours"};  // withdrawn meanwhile
    }
    if (!access->offered_until) return Error{Code::Conflict, "access_taken"};
    access->wrapped = wrapped;
    access->offered_until.reset();
    const auto kept = store_.replaceAccess(tx, *access);
    if (!kept) return kept;
    return trail_.record(tx, keyEvent(audit::EventKind::KeyTakenUp, caller, opened->key, person));
  });
}

Result<> Custody::withdraw(const directory::Caller& caller,
                           const Uuid& certificate,
                           const Uuid& other) {
  return work::runUntilCurrent<std::monostate>(transactions_, [&](work::Tx& tx) -> Result<> {
    const auto key = store_.findKeyOfCertificate(tx, certificate);
    if (!key) return key.error();
    const auto clerk = asClerk(tx, caller, *key);
    if (!clerk) return clerk.error();
    const auto all = store_.accesses(tx, key->id);
    if (!all) return all.error();
    // Whoever is locked out cannot seal, so they neither keep the seal for others nor take it away.
    const auto holds = [&](const KeyAccess& one) { return !one.offered_until && !one.locked; };
    const bool mine = std::ranges::any_of(*all, [&](const KeyAccess& one) {
      return one.person == caller.person.value && holds(one);
    });
    if (!mine) return Error{Code::Forbidden, "key_not_yours"};
    const auto left = std::ranges::find_if(
        *all, [&](const KeyAccess& one) { return one.person != other && holds(one); });
    if (left == all->end()) return Error{Code::RuleRefused, "seal_last_holder"};
    // Two who leave at once would each count on the other: whoever is left is changed as well.
    const auto counted = store_.replaceAccess(tx, *left);
    if (!counted) return counted;
    const auto removed = store_.removeAccess(tx, key->id, other);
    if (!removed) return removed;
    return trail_.record(tx, keyEvent(audit::EventKind::KeyAccessRemoved, caller, *key, other));
  });
}

Result<std::vector<Custody::Holder>> Custody::holders(const directory::Caller& caller,
                                                      const Uuid& certificate) {
  return transactions_.read<std::vector<Holder>>([&](work::Tx& tx) -> Result<std::vector<Holder>> {
    const auto key = store_.findKeyOfCertificate(tx, certificate);
    if (!key) return key.error();
    const auto clerk = asClerk(tx, caller, *key);
    if (!clerk) return clerk.error();
    const auto all = store_.accesses(tx, key->id);
    if (!all) return all.error();
    std::vector<Holder> holders;
    for (const auto& one : *all) {
      holders.push_back({one.person, one.offered_until, one.locked});
    }
    return holders;
  });
}

}  // namespace congvan::signing
