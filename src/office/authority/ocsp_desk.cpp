// SPDX-License-Identifier: Apache-2.0
#include "office/authority/ocsp_desk.h"

#include "base/encoding.h"
#include "office/authority/internal.h"
#include "trust/crypto/digest.h"

#include <condition_variable>
#include <unordered_map>

namespace congvan::authority {

using Versions = std::shared_ptr<const std::map<IssuerId, std::int64_t>>;

/// A few reads of the versions for all who want one. Nobody is given what was read before they
/// came, or a revocation that is already told could be missed.
class OcspDesk::SharedRead {
 public:
  SharedRead(work::Transactions& transactions, CertificateStore& store)
      : transactions_(transactions), store_(store) {}

  Result<Versions> operator()() {
    std::unique_lock lock(mutex_);
    const auto mine = begun_ + 1;
    turn_.wait(lock, [&] { return ended_ >= mine || reading_ < kReadersMost; });
    if (ended_ >= mine) return last_;
    const auto number = ++begun_;
    ++reading_;
    lock.unlock();
    const Turn turn(*this);  // whatever happens, the next may read
    auto versions = transactions_.glance<Versions>([&](work::Tx& tx) -> Result<Versions> {
      auto seen = store_.issuerVersions(tx);
      if (!seen) return seen.error();
      return std::make_shared<const std::map<IssuerId, std::int64_t>>(std::move(*seen));
    });
    lock.lock();
    if (number > ended_) {
      last_ = versions;
      ended_ = number;
    }
    lock.unlock();
    return versions;
  }

 private:
  class Turn {
   public:
    explicit Turn(SharedRead& read) : read_(read) {}
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
      {
        const std::lock_guard lock(read_.mutex_);
        --read_.reading_;
      }
      read_.turn_.notify_all();
    }

   private:
    SharedRead& read_;
  };

  // More would take connections from those who work.
  static constexpr int kReadersMost = 4;

  work::Transactions& transactions_;
  CertificateStore& store_;
  std::mutex mutex_;
  std::condition_variable turn_;
  std::uint64_t begun_ = 0;
  std::uint64_t ended_ = 0;  // the newest that gave `last_`
  int reading_ = 0;
  Result<Versions> last_ = Versions{};  // shared: everybody who waited takes it
};

struct OcspDesk::Asked {
  pki::OcspRequest request;
  StatusSigners all;  // keeps `by`
  const StatusSigner* by = nullptr;

  /// Bytes that everybody may ask for again.
  bool isRepeatable() const { return request.ids.size() == 1 && request.nonce.empty(); }
  std::string name() const { return toText(request.ids.front().der); }
};

struct OcspDesk::Kept {
  StatusAnswer answer;
  Instant fresh_until{};
  std::int64_t version = 0;
  pki::Certificate signer;
};

struct OcspDesk::Memory {
  std::mutex mutex;
  std::unordered_map<std::string, Kept> answers;
};

namespace {

/// As certificates are listed; nullopt: a negative number, which none has.
std::optional<std::string> listedSerial(const pki::OcspCertId& id) {
  constexpr std::uint8_t kSignBit = 0x80;
  auto serial = BytesView(id.serial);
  if ((serial.front() & kSignBit) != 0) return std::nullopt;
  if (serial.front() == 0) serial = serial.subspan(1);
  return toHex(serial);
}

/// What is on the CRL is revoked, what was issued otherwise is good, the rest nobody knows.
pki::OcspEntry entryOf(const pki::OcspCertId& id,
                       const CertificateRecord& record,
                       const StatusSigner& by,
                       Instant now) {
  pki::OcspEntry entry{.cert_id = id.der};
  if (record.revoked) {
    entry.status = pki::CertificateStatus::Revoked;
    entry.revoked = record.revoked;
  } else if (record.state == CertificateState::Issued) {
    entry.status = pki::CertificateStatus::Good;
  }
  const bool expired = !record.der.empty() && record.not_after < now;
  if (expired) entry.archive_cutoff = by.issuing_since;  // no row is ever dropped
  return entry;
}

}  // namespace

OcspDesk::OcspDesk(work::Transactions& transactions,
                   CertificateStore& store,
                   const Authority& authority,
                   const Clock& clock,
                   OcspOptions options)
    : transactions_(transactions),
      store_(store),
      authority_(authority),
      clock_(clock),
      options_(options),
      memory_(std::make_unique<Memory>()),
      versions_(std::make_unique<SharedRead>(transactions, store)) {}

OcspDesk::~OcspDesk() = default;

StatusAnswer OcspDesk::error(pki::OcspError why) {
  const bool ours = why == pki::OcspError::TryLater || why == pki::OcspError::InternalError;
  ++(ours ? counts_.failed : counts_.refused);
  return {pki::makeOcspError(why), std::nullopt};
}

StatusAnswer OcspDesk::afterFault() {
  return error(pki::OcspError::TryLater);
}

StatusAnswer OcspDesk::answer(BytesView bytes) {
  auto request = pki::readOcspRequest(bytes);
  if (!request) return error(pki::OcspError::MalformedRequest);
  Asked asked{std::move(*request), authority_.statusSigners()};
  for (const auto& one : *asked.all) {
    const auto own = [&](const pki::OcspCertId& id) { return one.asked_as.isMeantBy(id); };
    if (std::ranges::all_of(asked.request.ids, own)) asked.by = &one;
  }
  if (asked.by == nullptr) return error(pki::OcspError::Unauthorized);
  if (!asked.by->signer) return error(pki::OcspError::TryLater);
  return answerAsked(asked);
}

StatusAnswer OcspDesk::answerAsked(const Asked& asked) {
  std::int64_t version = 0;
  if (asked.isRepeatable()) {
    const auto versions = (*versions_)();
    if (!versions || !(*versions)->contains(asked.by->issuer)) {
      return error(pki::OcspError::TryLater);
    }
    version = (*versions)->at(asked.by->issuer);
    if (auto known = kept(asked, version)) return std::move(*known);
  }
  auto entries = look(asked);  // after the version, so never older than it
  if (!entries) return error(pki::OcspError::TryLater);
  auto made = sign(asked, std::move(*entries));
  if (!made) {
    return error(made.error().code == Code::Unavailable ? pki::OcspError::TryLater
                                                        : pki::OcspError::InternalError);
  }
  ++counts_.fresh;
  if (made->keep) keep(asked, version, *made);
  return std::move(*made);
}

Result<std::vector<pki::OcspEntry>> OcspDesk::look(const Asked& asked) {
  using Entries = std::vector<pki::OcspEntry>;
  const auto now = clock_.now();
  return transactions_.read<Entries>([&](work::Tx& tx) -> Result<Entries> {
    Entries entries;
    for (const auto& id : asked.request.ids) {
      entries.push_back({.cert_id = id.der});
      const auto serial = listedSerial(id);
      if (!serial) continue;
      const auto record = store_.findBySerial(tx, asked.by->issuer, *serial);
      if (!record && record.error().code != Code::NotFound) return record.error();
      if (record) entries.back() = entryOf(id, *record, *asked.by, now);
    }
    return entries;
  });
}

Result<StatusAnswer> OcspDesk::sign(const Asked& asked, std::vector<pki::OcspEntry> entries) {
  const auto& signer = *asked.by->signer;
  const auto now = wholeSecond(clock_.now());
  const auto end = std::min(now + options_.life, signer.certificate().notAfter());
  if (end <= now) return Error{Code::Unavailable, "certificate_expired"};
  for (auto& entry : entries) {
    // Of another instance, whose clock may be ahead.
    if (entry.revoked) entry.revoked->time = std::min(entry.revoked->time, now);
  }
  auto der = signer.answer(entries, asked.request.nonce, {now, end});
  if (!der) return der.error();
  StatusAnswer answer{std::move(*der), std::nullopt};
  // A serial that nobody knows may be issued in a moment, and anybody can think of one.
  const bool known = entries.front().status != pki::CertificateStatus::Unknown;
  if (!asked.isRepeatable() || !known) return answer;
  const auto tag = crypto::digest(crypto::DigestAlgorithm::Sha256, answer.der);
  answer.keep = StatusAnswer::Keep{
      now, end, std::chrono::floor<std::chrono::seconds>((end - now) / 2), toHex(tag)};
  return answer;
}

std::optional<StatusAnswer> OcspDesk::kept(const Asked& asked, std::int64_t version) {
  const auto now = clock_.now();
  const std::lock_guard lock(memory_->mutex);
  const auto found = memory_->answers.find(asked.name());
  if (found == memory_->answers.end()) return std::nullopt;
  const auto& one = found->second;
  const bool right = one.version == version && now < one.fresh_until &&
                     one.signer == asked.by->signer->certificate();
  if (!right) return std::nullopt;
  ++counts_.from_memory;
  auto answer = one.answer;
  answer.keep->max_age = std::chrono::floor<std::chrono::seconds>(one.fresh_until - now);
  return answer;
}

void OcspDesk::keep(const Asked& asked, std::int64_t version, const StatusAnswer& answer) {
  const auto fresh_until = answer.keep->made + answer.keep->max_age;
  const std::lock_guard lock(memory_->mutex);
  // Simple, and right: the next to ask for each has it made anew, at the cost of one signature.
  if (memory_->answers.size() >= options_.kept_most) memory_->answers.clear();
  memory_->answers.insert_or_assign(
      asked.name(), Kept{answer, fresh_until, version, asked.by->signer->certificate()});
}

}  // namespace congvan::authority
