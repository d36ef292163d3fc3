// SPDX-License-Identifier: Apache-2.0
#include "edge/fetch/crl_watch.h"

#include "base/encoding.h"
#include "trust/crypto/digest.h"
#include "trust/pki/crl_signature.h"

#include <fmt/format.h>

#include <algorithm>

namespace congvan::fetch {
namespace {

constexpr Duration kListTime = std::chrono::seconds{30};
constexpr std::size_t kListBytesMost = 16U << 20U;  // 300,000 entries
// Clocks of others; a list from farther ahead would keep every later one out.
constexpr Duration kAheadMost = std::chrono::minutes{5};

std::string keptName(const std::string& url) {
  return toHex(crypto::digest(crypto::DigestAlgorithm::Sha256, asBytes(url)));
}

}  // namespace

CrlWatch::CrlWatch(std::vector<Wanted> wanted,
                   std::vector<pki::Certificate> signers,
                   Kept kept,
                   const Clock& clock)
    : wanted_(std::move(wanted)),
      signers_(std::move(signers)),
      kept_(std::move(kept)),
      clock_(clock) {
  for (const auto& one : wanted_) {
    known_.push_back({.url = one.url, .list = {}, .trouble = {}});
    const auto bytes = kept_.read(keptName(one.url));
    if (!bytes) continue;
    // The settings may name other signers by now.
    const auto list = pki::Crl::parseAny(*bytes);
    if (list && mayStand(*list, std::nullopt)) known_.back().list = *list;
  }
}

Result<> CrlWatch::mayStand(const pki::Crl& list, const std::optional<pki::Crl>& before) const {
  const auto signed_by = [&](const auto& signer) { return pki::isCrlSignedBy(list, signer); };
  if (!std::ranges::any_of(signers_, signed_by)) {
    return Error{Code::Malformed, "crl_signer_unknown", {}, list.issuer()};
  }
  if (list.thisUpdate() > clock_.now() + kAheadMost) return Error{Code::Malformed, "crl_not_yet"};
  if (list.isDelta()) return Error{Code::Malformed, "crl_other_scope", {}, "a delta"};
  // Or somebody on the way could put one genuine list in the place of another.
  if (before && !list.hasScopeOf(*before)) {
    return Error{Code::Malformed, "crl_other_scope", {}, list.issuer()};
  }
  if (before && list.thisUpdate() < before->thisUpdate()) {
    return Error{Code::Malformed, "crl_older", {}, formatUtc(list.thisUpdate())};
  }
  return kDone;
}

Result<pki::Crl> CrlWatch::fetched(const Wanted& wanted,
                                   const std::optional<pki::Crl>& before) const {
  const ClientLimits limits{
      .time = kListTime, .reply_bytes = kListBytesMost, .addresses = wanted.addresses};
  const auto reply = send(Get{.url = wanted.url, .accept = "application/pkix-crl, */*"}, limits);
  if (!reply) return reply.error();
  if (reply->status != 200) {
    return Error{Code::Unavailable, "crl_http_status", {}, std::to_string(reply->status)};
  }
  auto list = pki::Crl::parseAny(reply->body);
  if (!list) return list;
  const auto stands = mayStand(*list, before);
  if (!stands) return stands.error();
  return list;
}

Result<> CrlWatch::look(const std::stop_token& stop) {
  std::string missing;
  for (std::size_t i = 0; i < wanted_.size() && !stop.stop_requested(); ++i) {
    const auto& url = wanted_[i].url;
    const auto before = known()[i].list;
    const auto list = fetched(wanted_[i], before);
    const bool is_new = list && (!before || !std::ranges::equal(before->der(), list->der()));
    // A list that cannot be kept counts all the same, until the next start.
    const auto written = is_new ? kept_.write(keptName(url), list->der()) : Result<>(kDone);
    const std::lock_guard lock(mutex_);
    auto& entry = known_[i];
    entry.trouble.reset();
    if (list) entry.list = *list;
    if (!list) entry.trouble = list.error();
    if (!written) entry.trouble = written.error();
    if (!entry.trouble) continue;
    missing += fmt::format("{}{}: {} {}",
                           missing.empty() ? "" : "; ",
                           url,
                           entry.trouble->reason,
                           entry.trouble->detail);
  }
  if (missing.empty()) return kDone;
  return Error{Code::Unavailable, "foreign_lists_missing", {}, missing};
}

std::vector<pki::Crl> CrlWatch::current() const {
  const std::lock_guard lock(mutex_);
  std::vector<pki::Crl> lists;
  for (const auto& one : known_) {
    if (one.list) lists.push_back(*one.list);
  }
  return lists;
}

std::vector<CrlWatch::Known> CrlWatch::known() const {
  const std::lock_guard lock(mutex_);
  return known_;
}

}  // namespace congvan::fetch
