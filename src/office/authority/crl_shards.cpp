// SPDX-License-Identifier: Apache-2.0
#include "office/audit/details.h"
#include "office/authority/internal.h"
#include "trust/pki/build.h"
#include "trust/pki/make_crl.h"

#include <charconv>
#include <thread>

/// An issuer's lists of revocations: which of them covers a certificate, and who makes them anew.
namespace congvan::authority {
namespace {

constexpr std::string_view kUsualPattern = "{base}/{issuer}.crl";
// Between two looks at how full a list is; so far may each instance go past its mark.
constexpr std::int64_t kPlacesAtOnce = 50;
// As the log's sequencer has it: after so long an instance that died is not waited for any more.
constexpr std::chrono::seconds kLease{15};
constexpr std::chrono::milliseconds kPoll{50};
constexpr int kTries = 40;

struct ListName {
  std::string_view issuer;
  std::int64_t shard = 0;
};

/// `ca1.12` as issuer and number; a number is written in one way.
ListName listNamed(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos) return {name};
  ListName list{name.substr(0, dot)};
  const auto digits = name.substr(dot + 1);
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), list.shard);
  const bool whole = read.ec == std::errc{} && read.ptr == digits.data() + digits.size();
  if (!whole || list.shard <= 0 || digits.front() == '0') return {name};
  return list;
}

Error anothersTurn() {
  return {Code::Unavailable, "crl_in_progress"};
}

bool isAnothersTurn(const Error& error) {
  return error.reason == "crl_in_progress";
}

}  // namespace

// --- which list covers a certificate
// ----------------------------------------------------------------------------------

/// So many certificates name a list that it stays within its bound even when all of them are
/// revoked. Counted now and then only: a counter that every issue moves would make issues wait for
/// each other.
Result<CrlShard> Authority::placeOnCrl(const Key& issuer, const pki::Profile& profile) {
  const auto pattern = profile.crl.empty() ? std::string(kUsualPattern) : profile.crl.front();
  const auto name = issuer.issuer.name + " " + pattern;
  {
    const std::lock_guard lock(loaded_->mutex);
    const auto known = loaded_->places.find(name);
    if (known != loaded_->places.end() && known->second.left > 0) {
      --known->second.left;
      return known->second.shard;
    }
  }
  auto shard = openShard(issuer, pattern);
  if (!shard) return shard;
  const auto some = std::min(kPlacesAtOnce, options_.crl_shard_certificates / 100);
  const std::lock_guard lock(loaded_->mutex);
  loaded_->places.insert_or_assign(name, Loaded::Place{*shard, some});
  return shard;
}

/// The newest list of this address that has room, or a new one. The address counts, since it stands
/// on the list, too: where it changes (`public_url`, the profile) another list begins.
Result<CrlShard> Authority::openShard(const Key& issuer, const std::string& pattern) {
  const auto& id = issuer.issuer.id;
  for (int left = kTries; left > 0; --left) {
    const auto shards = transactions_.read<std::vector<CrlShard>>(
        [&](work::Tx& tx) { return store_.shardsOf(tx, id); });
    if (!shards) return shards.error();
    for (auto shard = shards->rbegin(); shard != shards->rend(); ++shard) {
      const auto address = pki::crlAddress(pattern,
                                           {options_.public_url + "/pki",
                                            issuer.issuer.name,
                                            crlName(issuer.issuer.name, shard->shard)});
      if (!address) return address.error();
      // A root has one list, at whatever address, since it does not say which certificates it
      // covers.
      if (*address != shard->address && issuer.record.issuer) continue;
      const auto count = transactions_.read<std::int64_t>(
          [&](work::Tx& tx) { return store_.countInShard(tx, id, shard->shard); });
      if (!count) return count.error();
      if (*count < options_.crl_shard_certificates) return *shard;
    }
    auto added = newShard(issuer, pattern, *shards);
    // Another instance opened it at the same moment.
    if (added || added.error().code != Code::Conflict) return added;
  }
  return Error{
      Code::Unavailable, "storage_unavailable", {}, "the issuer's lists never stand still"};
}

/// There before the first certificate that names it, so that every change of status finds its row.
Result<CrlShard> Authority::newShard(const Key& issuer,
                                     const std::string& pattern,
                                     const std::vector<CrlShard>& shards) {
  CrlShard shard{.issuer = issuer.issuer.id,
                 .shard = shards.empty() ? 0 : shards.back().shard + 1,
                 .address = {},
                 .crl = {}};
  auto address = pki::crlAddress(
      pattern,
      {options_.public_url + "/pki", issuer.issuer.name, crlName(issuer.issuer.name, shard.shard)});
  if (!address) return address.error();
  shard.address = std::move(*address);
  const auto added =
      transactions_.run<std::monostate>([&](work::Tx& tx) { return store_.addShard(tx, shard); });
  if (!added) return added.error();
  return shard;
}

/// Of the list from before there were several: as it stands in the certificates of that time.
std::string Authority::firstAddress(const Key& issuer) {
  const std::lock_guard lock(loaded_->mutex);
  for (const auto& [name, key] : loaded_->keys) {
    const bool own = key->record.issuer == issuer.issuer.id && key->record.crl_shard == 0;
    const auto addresses = own ? key->certificate.crlAddresses() : std::vector<std::string>();
    if (!addresses.empty()) return addresses.front();
  }
  return options_.public_url + "/pki/" + issuer.issuer.name + ".crl";
}

Result<> Authority::openFirstShards() {
  for (const auto& issuer : issuers()) {
    const auto shards = transactions_.read<std::vector<CrlShard>>(
        [&](work::Tx& tx) { return store_.shardsOf(tx, issuer->issuer.id); });
    if (!shards) return shards.error();
    if (!shards->empty() && !shards->front().address.empty()) continue;
    const auto address = firstAddress(*issuer);
    const auto opened = transactions_.run<std::monostate>([&](work::Tx& tx) -> Result<> {
      if (shards->empty()) {
        return store_.addShard(tx, {.issuer = issuer->issuer.id, .address = address, .crl = {}});
      }
      auto first = store_.findShard(tx, issuer->issuer.id, 0);
      if (!first) return first.error();
      first->address = address;
      first->next_update = {};
      return store_.replaceShard(tx, *first);
    });
    // Another instance that starts at the same time did it.
    const bool done =
        opened || opened.error().code == Code::Conflict || opened.error().code == Code::Stale;
    if (!done) return opened;
  }
  return kDone;
}

// --- making them
// ------------------------------------------------------------------------------------------------------

Result<Bytes> Authority::crl(std::string_view name) {
  auto list = ListName{name};
  auto key = keyNamed(name);
  if (!key) {
    list = listNamed(name);
    key = keyNamed(list.issuer);
  }
  if (!key || !(*key)->certificate.isCa()) return Error{Code::NotFound, "issuer_missing"};
  const auto made = freshCrl(**key, list.shard);
  if (!made) return made.error();
  return toBytes(made->der());
}

bool Authority::lasts(const CrlShard& shard) const {
  return shard.next_update - clock_.now() > options_.crl_period / 2;
}

Result<> Authority::renewCrls() {
  Result<> all = kDone;
  for (const auto& issuer : issuers()) {
    const auto shards = transactions_.read<std::vector<CrlShard>>(
        [&](work::Tx& tx) { return store_.shardsOf(tx, issuer->issuer.id); });
    if (!shards) return shards.error();
    for (const auto& shard : *shards) {
      if (lasts(shard)) continue;
      const auto made = freshCrl(*issuer, shard.shard);
      if (!made) all = made.error();  // of one list; the others are to be made
    }
  }
  return all;
}

Result<pki::Crl> Authority::freshCrl(const Key& key, std::int64_t shard) {
  struct Seen {
    CrlShard list;
    bool key_stays = true;
  };
  const auto look = [&] {
    return transactions_.read<Seen>([&](work::Tx& tx) -> Result<Seen> {
      const auto issuer = store_.findIssuer(tx, key.issuer.id);
      if (!issuer) return issuer.error();
      const auto shards = store_.shardsOf(tx, key.issuer.id);
      if (!shards) return shards.error();
      const auto found = std::ranges::find(*shards, shard, &CrlShard::shard);
      if (found == shards->end()) return Error{Code::NotFound, "issuer_missing"};
      return Seen{*found, !issuer->wrapped_key.empty()};
    });
  };
  // Whose key is kept in shares has no newer list before the next ceremony.
  const auto is_newest = [&](const Seen& seen) {
    return lasts(seen.list) || (!seen.key_stays && seen.list.number > 0);
  };
  for (int left = kTries; left > 0; --left) {
    auto seen = look();
    if (!seen) return seen.error();
    if (is_newest(*seen)) return readCrl(key, seen->list);
    std::unique_lock one(loaded_->publishing);
    seen = look();  // a thread of this instance may have made it
    if (!seen) return seen.error();
    if (is_newest(*seen)) return readCrl(key, seen->list);
    auto made = crlInTurn(key, seen->list, options_.crl_period);
    one.unlock();
    // One that was not marked since says all that there is to say.
    const bool in_force = seen->list.number > 0 && clock_.now() < seen->list.next_update;
    if (!made && made.error().code == Code::Unavailable && in_force)
      return readCrl(key, seen->list);
    // Stale: another published, or something changed meanwhile. Numbers never go back, so the next
    // try begins from what stands now.
    if (!made && made.error().code == Code::Stale) continue;
    if (made || !isAnothersTurn(made.error())) return made;
    std::this_thread::sleep_for(kPoll);
  }
  return anothersTurn();
}

/// One instance makes a list at a time: two would sign two lists for one to be thrown away.
Result<pki::Crl> Authority::crlInTurn(const Key& key, const CrlShard& seen, Duration period) {
  if (!key.signer)
    return Error{Code::Conflict, "authority_key_away", {{"issuer", key.issuer.name}}};
  const auto lease = "crl/" + crlName(key.issuer.name, seen.shard);
  const auto turn = transactions_.run<bool>([&](work::Tx& tx) {
    return leases_.acquire(tx, lease, options_.holder, clock_.now(), kLease);
  });
  if (!turn) return turn.error();
  if (!*turn) return anothersTurn();
  const auto giveBack = [&](work::Tx& tx) { return leases_.release(tx, lease, options_.holder); };
  auto made = publishCrl(key, seen, period, giveBack);
  // Where this fails, too, the lease ends by itself.
  if (!made) static_cast<void>(transactions_.run<std::monostate>(giveBack));
  return made;
}

/// Parsed once, not at every judgement.
Result<pki::Crl> Authority::readCrl(const Key& key, const CrlShard& seen) {
  const auto name = crlName(key.issuer.name, seen.shard);
  {
    const std::lock_guard lock(loaded_->mutex);
    const auto known = loaded_->crls.find(name);
    if (known != loaded_->crls.end() && known->second.version == seen.version) {
      return known->second.crl;
    }
  }
  const auto row = transactions_.read<CrlShard>(
      [&](work::Tx& tx) { return store_.findShard(tx, key.issuer.id, seen.shard); });
  if (!row) return row.error();
  auto parsed = pki::Crl::parse(row->crl);
  if (!parsed) return parsed;
  const std::lock_guard lock(loaded_->mutex);
  loaded_->crls.insert_or_assign(name, Loaded::KeptCrl{row->version, *parsed});
  return parsed;
}

/// `seen` was read before the list of what is revoked, and every change of status moves its
/// version: a list that misses one is refused here as Stale.
Result<pki::Crl> Authority::publishCrl(const Key& key,
                                       const CrlShard& seen,
                                       Duration period,
                                       const std::function<Result<>(work::Tx&)>& alongside) {
  const auto revoked = transactions_.read<std::vector<ListedRevocation>>(
      [&](work::Tx& tx) { return store_.revokedIn(tx, seen.issuer, seen.shard); });
  if (!revoked) return revoked.error();
  const auto now = wholeSecond(clock_.now());
  // The time, so that numbers go on also where an older database was put back.
  const auto by_time =
      std::chrono::floor<std::chrono::milliseconds>(now).time_since_epoch().count();
  auto next = seen;
  next.number = std::max<std::int64_t>(seen.number + 1, by_time);
  next.next_update = now + period;
  pki::CrlRequest request{.number = static_cast<std::uint64_t>(next.number),
                          .this_update = now,
                          .next_update = next.next_update};
  // A root's certificates are few and stand on one list. It is that of the root itself, too, for
  // validators that look for an anchor's status, and an anchor names no list.
  if (key.record.issuer) request.distribution_point = seen.address;
  std::vector<pki::RevokedEntry> entries;
  entries.reserve(revoked->size());
  for (const auto& [serial, how] : *revoked) {
    // Of another instance, whose clock may be ahead.
    entries.push_back(
        {serialContent(serial), std::min(how.time, now), how.reason, how.invalidity_date});
  }
  auto der = pki::makeCrl(key.certificate, *key.signer, entries, request);
  if (!der) return der.error();
  next.crl = std::move(*der);
  const auto kept = transactions_.run<std::monostate>([&](work::Tx& tx) -> Result<> {
    const auto replaced = store_.replaceShard(tx, next);
    if (!replaced) return replaced;
    const auto done = alongside(tx);
    if (!done) return done;
    return trail_.record(tx,
                         {.kind = audit::EventKind::CrlPublished,
                          .subject_kind = "issuer",
                          .subject = next.issuer.value,
                          .details = audit::Details()
                                         .say("shard", next.shard)
                                         .say("number", next.number)
                                         .say("entries", static_cast<std::int64_t>(entries.size()))
                                         .text()});
  });
  if (!kept) return kept.error();
  next.version += 1;
  auto parsed = pki::Crl::parse(next.crl);
  if (!parsed) return parsed;
  const std::lock_guard lock(loaded_->mutex);
  loaded_->crls.insert_or_assign(crlName(key.issuer.name, next.shard),
                                 Loaded::KeptCrl{next.version, *parsed});
  return parsed;
}

Result<> Authority::markStatusChanged(work::Tx& tx, const CertificateRecord& record) {
  if (!record.issuer) return kDone;  // a root: whoever distrusts it drops the anchor
  return store_.markStatusChanged(tx, *record.issuer, record.crl_shard, clock_.now());
}

}  // namespace congvan::authority
