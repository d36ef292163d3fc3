// SPDX-License-Identifier: Apache-2.0
#include "office/authority/register.h"

#include "base/encoding.h"
#include "base/json.h"
#include "office/audit/details.h"
#include "office/audit/log_proof.h"
#include "office/directory/actor.h"
#include "trust/pki/certificate.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace congvan::authority {

using audit::EventKind;
using directory::Caller;
using directory::Role;

namespace {

constexpr int kRegisterStep = 200;               // certificates read in one go
constexpr int kRegisterEvents = 500;             // as many as a store gives
constexpr std::size_t kRegisterLookedAt = 2000;  // for one page of a list

/// Longer than a leaf waits for its place, with a log that stood still for a while.
constexpr auto kOnItsWayLongest = std::chrono::minutes(10);

Instant startOf(directory::Date day) {
  return Instant{std::chrono::sys_days(day)} - kVietnamOffset;
}

directory::Date dayAfter(directory::Date day, int days = 1) {
  return std::chrono::sys_days(day) + std::chrono::days(days);
}

std::string keyName(const crypto::PublicKey& key) {
  switch (key.family()) {
    case crypto::KeyFamily::Rsa:
      return "RSA " + std::to_string(key.bits());
    case crypto::KeyFamily::Ec:
      return "EC " + key.curve();
    case crypto::KeyFamily::Ed25519:
      return "Ed25519";
    default:
      return "";
  }
}

std::string timeText(const std::optional<Instant>& time) {
  return time ? formatVietnam(std::chrono::floor<std::chrono::seconds>(*time)) : "";
}

std::string timeText(const std::optional<Act>& act, Instant before) {
  if (!act || act->at >= before) return "";
  return timeText(act->at);
}

/// Was the post held on that day?
bool heldOn(const directory::Post& post, directory::Date day) {
  return post.valid_from <= day && (!post.valid_to || day <= *post.valid_to);
}

/// What the newest event before the moment says; the end is in the certificate itself.
std::optional<Standing> standingAfter(EventKind kind) {
  switch (kind) {
    case EventKind::CertificateIntended:
      return Standing::Intended;
    case EventKind::CertificateIssued:
    case EventKind::CertificateReleased:
      return Standing::Active;
    case EventKind::CertificateSuspended:
      return Standing::Suspended;
    case EventKind::CertificateAbandoned:
      return Standing::Abandoned;
    case EventKind::CertificateRevoked:
      return Standing::Revoked;
    default:
      return std::nullopt;
  }
}

const std::vector<EventKind> kLifeEvents{EventKind::CertificateIntended,
                                         EventKind::CertificateIssued,
                                         EventKind::CertificateAbandoned,
                                         EventKind::CertificateSuspended,
                                         EventKind::CertificateReleased,
                                         EventKind::CertificateRevoked};

}  // namespace

struct RegisterDesk::Judged {
  CertificateRecord record;
  Standing standing = Standing::Unrecorded;
  bool is_there = true;
  std::optional<RequestRecord> made_by;
  std::optional<RequestRecord> ended_by;
  std::optional<Instant> issued;
  std::optional<Instant> suspended;
  std::optional<Instant> revoked;
};

struct RegisterDesk::Reading {
  struct Holder {
    std::string name;
    std::vector<directory::Post> posts;
  };
  std::map<Uuid, directory::Agency> agencies;
  std::map<Uuid, Holder> people;

  std::string agencyName(const Uuid& id) const {
    const auto found = agencies.find(id);
    return found == agencies.end() ? "" : found->second.name;
  }
};

// --- who looks at what ---

Result<RegisterReach> RegisterDesk::reachOf(work::Tx& tx, const Caller& caller) {
  if (!directory::agenciesWith(caller, {Role::Auditor}).empty()) return RegisterReach{.all = true};
  const auto agencies = tools_.directory.agencies(tx);
  if (!agencies) return agencies.error();
  const directory::Lineages lineages(*agencies);
  RegisterReach reach;
  for (const auto& agency : *agencies) {
    if (directory::holds(caller, Role::CertificateOfficer, lineages.of(agency.id))) {
      reach.agencies.push_back(agency.id);
    }
  }
  if (reach.agencies.empty()) {
    const std::string role(name(Role::CertificateOfficer));
    return Error{Code::Forbidden, "role_missing", {{"role", role}}};
  }
  reach.all = reach.agencies.size() == agencies->size();
  return reach;
}

Result<RegisterQuery> RegisterDesk::queryOf(const Caller& caller,
                                            const RegisterFilter& filter,
                                            Instant at) {
  auto reach =
      tools_.transactions.read<RegisterReach>([&](work::Tx& tx) { return reachOf(tx, caller); });
  if (!reach) return reach.error();
  RegisterQuery query{.reach = std::move(*reach),
                      .kind = filter.kind,
                      .agency = filter.agency,
                      .holder = filter.holder,
                      .created_before = at};
  if (filter.expires_from) query.ends_from = startOf(*filter.expires_from);
  if (filter.expires_to) query.ends_before = startOf(dayAfter(*filter.expires_to));
  // What these need besides their events is in the certificate, so less is looked at.
  if (filter.standing == Standing::Active || filter.standing == Standing::Issued ||
      filter.standing == Standing::Suspended) {
    query.ends_from = std::max(query.ends_from.value_or(at), at);
  }
  if (filter.standing == Standing::Expired) {
    query.ends_before = std::min(query.ends_before.value_or(at), at);
  }
  return query;
}

Result<Instant> RegisterDesk::momentOf(const std::optional<directory::Date>& day) {
  const auto now = tools_.clock.now();
  if (!day) return now;
  const auto today = vietnamDate(now);
  if (*day > today) return Error{Code::RuleRefused, "day_not_begun"};
  return *day == today ? now : startOf(dayAfter(*day));
}

// --- how they stood ---

Result<std::vector<audit::KeptEvent>> RegisterDesk::eventsAbout(work::Tx& tx,
                                                                audit::EventFilter filter) {
  std::vector<audit::KeptEvent> all;
  if (filter.subjects.empty()) return all;
  filter.limit = kRegisterEvents;
  for (;;) {
    auto some = tools_.events.list(tx, filter);
    if (!some) return some;
    const bool more = some->size() == static_cast<std::size_t>(kRegisterEvents);
    std::ranges::move(*some, std::back_inserter(all));
    if (!more) return all;
    filter.after = all.back().event.id;
  }
}

Result<std::vector<RegisterDesk::Judged>> RegisterDesk::judge(
    work::Tx& tx, Instant at, std::vector<CertificateRecord> records) {
  std::vector<Judged> judged;
  std::map<Uuid, std::size_t> places;
  std::vector<CertificateId> ids;
  audit::EventFilter filter{.kinds = kLifeEvents};
  for (auto& record : records) {
    places.emplace(record.id.value, judged.size());
    ids.push_back(record.id);
    filter.subjects.push_back(record.id.value);
    judged.push_back({.record = std::move(record)});
  }
  const auto events = eventsAbout(tx, std::move(filter));
  if (!events) return events.error();
  for (const auto& kept : *events) {
    auto& one = judged.at(places.at(kept.event.subject));
    if (kept.event.time >= at) {
      // The first event comes a moment after the record's own time: it is not there yet then.
      if (one.standing == Standing::Unrecorded) one.is_there = false;
      continue;
    }
    one.is_there = true;
    one.standing = standingAfter(kept.event.kind).value_or(one.standing);
    if (kept.event.kind == EventKind::CertificateIssued) one.issued = kept.event.time;
    if (kept.event.kind == EventKind::CertificateSuspended) one.suspended = kept.event.time;
    if (kept.event.kind == EventKind::CertificateRevoked) one.revoked = kept.event.time;
  }
  auto requests = tools_.store.requestsAbout(tx, ids);
  if (!requests) return requests.error();
  for (auto& request : *requests) {
    auto& one = judged.at(places.at(request.certificate->value));
    const auto type = request.content.type;
    if (type == RequestType::Suspension || type == RequestType::Release) continue;
    const bool ends = type == RequestType::Revocation;
    (ends ? one.ended_by : one.made_by) = std::move(request);
  }
  for (auto& one : judged) {
    const bool suspended = one.standing == Standing::Suspended;
    if (suspended && at > one.record.not_after) one.standing = Standing::Expired;
    if (one.standing != Standing::Active) continue;
    const bool handed_over =
        !one.made_by || (one.made_by->handed_over && one.made_by->handed_over->at < at);
    if (!handed_over) one.standing = Standing::Issued;
    if (at > one.record.not_after) one.standing = Standing::Expired;
  }
  return judged;
}

Result<> RegisterDesk::eachPage(const RegisterQuery& query,
                                Instant at,
                                const std::function<Result<>(work::Tx&, std::vector<Judged>)>& read,
                                const std::function<Result<>()>& then) {
  std::optional<CertificateId> after;
  for (;;) {
    struct Step {
      std::optional<CertificateId> last;
      bool full = false;
    };
    const auto step = tools_.transactions.read<Step>([&](work::Tx& tx) -> Result<Step> {
      auto records = tools_.store.oldestFirst(tx, query, after, kRegisterStep);
      if (!records) return records.error();
      if (records->empty()) return Step{};
      const Step made{records->back().id,
                      records->size() == static_cast<std::size_t>(kRegisterStep)};
      auto judged = judge(tx, at, std::move(*records));
      if (!judged) return judged.error();
      std::erase_if(*judged, [](const Judged& one) { return !one.is_there; });
      const auto done = read(tx, std::move(*judged));
      if (!done) return done.error();
      return made;
    });
    if (!step) return step.error();
    if (!step->last) return kDone;
    const auto done = then();
    if (!done || !step->full) return done;
    after = step->last;
  }
}

// --- what is asked ---

Result<RegisterDesk::Page> RegisterDesk::list(const Caller& caller,
                                              const RegisterFilter& filter,
                                              std::optional<CertificateId> after,
                                              int limit) {
  const auto at = momentOf(filter.day);
  if (!at) return at.error();
  const auto query = queryOf(caller, filter, *at);
  if (!query) return query.error();
  return tools_.transactions.read<Page>([&](work::Tx& tx) -> Result<Page> {
    std::vector<Judged> found;
    auto last = after;
    std::optional<CertificateId> next;
    std::size_t looked_at = 0;
    for (bool more = true; more && !next;) {
      auto records = tools_.store.newestFirst(tx, *query, last, kRegisterStep);
      if (!records) return records.error();
      more = records->size() == static_cast<std::size_t>(kRegisterStep);
      looked_at += records->size();
      auto judged = judge(tx, *at, std::move(*records));
      if (!judged) return judged.error();
      for (auto& one : *judged) {
        if (found.size() == static_cast<std::size_t>(limit)) {
          next = last;
          break;
        }
        last = one.record.id;
        if (!one.is_there) continue;
        if (filter.standing && one.standing != *filter.standing) continue;
        found.push_back(std::move(one));
      }
      if (more && !next && looked_at >= kRegisterLookedAt) next = last;
    }
    Reading reading;
    auto rows = rowsOf(tx, reading, *at, found);
    if (!rows) return rows.error();
    return Page{std::move(*rows), next};
  });
}

Result<RegisterCounts> RegisterDesk::counts(const Caller& caller,
                                            std::optional<directory::Date> day,
                                            std::optional<directory::AgencyId> agency) {
  const auto at = momentOf(day);
  if (!at) return at.error();
  const auto query = queryOf(caller, {.agency = agency}, *at);
  if (!query) return query.error();
  RegisterCounts counts{.at = *at};
  Tally page;
  const auto walked = eachPage(
      *query,
      *at,
      [&](work::Tx& /*tx*/, std::vector<Judged> judged) -> Result<> {
        page.clear();
        for (const auto& one : judged) ++page[{one.record.kind, one.standing}];
        return kDone;
      },
      [&]() -> Result<> {
        for (const auto& [key, number] : page) counts.counts[key] += number;
        return kDone;
      });
  if (!walked) return walked.error();
  return counts;
}

Result<std::vector<ExpiryStep>> RegisterDesk::expiring(const Caller& caller) {
  const auto at = tools_.clock.now();
  const auto today = vietnamDate(at);
  const RegisterFilter filter{.standing = Standing::Active,
                              .expires_to = dayAfter(today, kExpiryDays.back())};
  const auto query = queryOf(caller, filter, at);
  if (!query) return query.error();
  std::vector<ExpiryStep> steps;
  for (const auto days : kExpiryDays) steps.push_back({.days_most = days});
  const auto stepOf = [&](Instant end) -> ExpiryStep& {
    const auto left = std::chrono::sys_days(vietnamDate(end)) - std::chrono::sys_days(today);
    return *std::ranges::find_if(
        steps, [&](const ExpiryStep& step) { return left.count() <= step.days_most; });
  };
  std::vector<Judged> page;
  std::vector<CertificateId> followed;
  const auto walked = eachPage(
      *query,
      at,
      [&](work::Tx& tx, std::vector<Judged> judged) -> Result<> {
        page = std::move(judged);
        std::vector<CertificateId> ids;
        for (const auto& one : page) ids.push_back(one.record.id);
        auto found = tools_.store.followed(tx, ids);
        if (!found) return found.error();
        followed = std::move(*found);
        return kDone;
      },
      [&]() -> Result<> {
        for (const auto& one : page) {
          if (one.standing != Standing::Active && one.standing != Standing::Issued) continue;
          auto& step = stepOf(one.record.not_after);
          ++step.ending[one.record.kind];
          step.followed += std::ranges::count(followed, one.record.id);
        }
        return kDone;
      });
  if (!walked) return walked.error();
  return steps;
}

Result<std::vector<directory::Agency>> RegisterDesk::agenciesWithoutSeal(
    const Caller& caller, std::optional<directory::AgencyId> after, int limit) {
  using Agencies = std::vector<directory::Agency>;
  return tools_.transactions.read<Agencies>([&](work::Tx& tx) -> Result<Agencies> {
    const auto reach = reachOf(tx, caller);
    if (!reach) return reach.error();
    auto agencies = tools_.directory.agencies(tx);
    if (!agencies) return agencies;
    const auto now = tools_.clock.now();
    const auto covered = tools_.store.agenciesWithSeal(tx, now);
    if (!covered) return covered.error();
    const auto within = [](const auto& some, directory::AgencyId id) {
      return std::ranges::find(some, id) != some.end();
    };
    std::erase_if(*agencies, [&](const directory::Agency& agency) {
      return !agency.isLegalPerson() || !directory::inForce(agency, vietnamDate(now)) ||
             (after && agency.id <= *after) || within(*covered, agency.id) ||
             (!reach->all && !within(reach->agencies, agency.id));
    });
    std::ranges::sort(*agencies, {}, &directory::Agency::id);
    if (agencies->size() > static_cast<std::size_t>(limit)) {
      agencies->resize(static_cast<std::size_t>(limit));
    }
    return agencies;
  });
}

Result<std::vector<UncoveredPost>> RegisterDesk::postsWithoutCertificate(
    const Caller& caller, std::optional<directory::PostId> after, int limit) {
  using Posts = std::vector<UncoveredPost>;
  return tools_.transactions.read<Posts>([&](work::Tx& tx) -> Result<Posts> {
    const auto reach = reachOf(tx, caller);
    if (!reach) return reach.error();
    return tools_.store.postsWithoutCertificate(tx, *reach, tools_.clock.now(), after, limit);
  });
}

// --- rows ---

Result<> RegisterDesk::sayHolder(work::Tx& tx,
                                 Reading& reading,
                                 const Judged& one,
                                 RegisterRow& row) {
  const auto& record = one.record;
  const auto body =
      one.made_by ? std::optional(one.made_by->content.agency.value) : record.holder.agency;
  if (body) row.at(Column::ManagingBody) = reading.agencyName(*body);
  if (record.kind == CertificateKind::Device && one.made_by) {
    row.at(Column::Holder) = one.made_by->content.device_name;
  } else if (record.holder.agency) {
    row.at(Column::Holder) = reading.agencyName(*record.holder.agency);
  }
  if (!record.holder.person) return kDone;
  const directory::PersonId person{*record.holder.person};
  auto known = reading.people.find(person.value);
  if (known == reading.people.end()) {
    const auto found = tools_.directory.findPerson(tx, person);
    if (!found && found.error().code == Code::NotFound) return kDone;  // put in by hand
    if (!found) return found.error();
    auto posts = tools_.directory.postsOfPerson(tx, person);
    if (!posts) return posts.error();
    known =
        reading.people.emplace(person.value, Reading::Holder{found->name, std::move(*posts)}).first;
  }
  row.at(Column::Holder) = known->second.name;
  // As it was when the certificate was made: people move on, the row does not.
  const auto day = vietnamDate(record.created);
  const directory::Post* held = nullptr;
  for (const auto& post : known->second.posts) {
    if (!heldOn(post, day)) continue;
    if (held == nullptr || post.agency.value == body) held = &post;
  }
  if (held == nullptr) return kDone;
  row.at(Column::Post) = held->title;
  row.at(Column::Unit) = reading.agencyName(held->agency.value);
  return kDone;
}

Result<> RegisterDesk::sayRevocation(work::Tx& tx,
                                     Instant at,
                                     const Judged& one,
                                     RegisterRow& row) {
  const auto& record = one.record;
  if (one.standing == Standing::Suspended) {
    // Told by the event alone: the row says what became of it.
    row.at(Column::Revoked) = timeText(one.suspended);
    row.at(Column::RevocationReason) = reasonWord(pki::RevocationReason::CertificateHold);
  }
  if (one.standing != Standing::Revoked || !record.revoked) return kDone;
  row.at(Column::Revoked) = timeText(record.revoked->time);
  row.at(Column::RevocationReason) = reasonWord(record.revoked->reason);
  row.at(Column::InvalidSince) = timeText(record.revoked->invalidity_date);
  if (one.ended_by) {
    row.at(Column::RevocationDocument) = one.ended_by->content.document_number;
    if (const auto& date = one.ended_by->content.document_date) {
      row.at(Column::RevocationDocumentDate) = formatDate(*date);
    }
  }
  if (!record.issuer) return kDone;
  const auto lists = tools_.events.list(tx,
                                        {.subjects = {record.issuer->value},
                                         .kinds = {EventKind::CrlPublished},
                                         .from = one.revoked,
                                         .to = at,
                                         .limit = kRegisterEvents});
  if (!lists) return lists.error();
  // Of the issuer's lists the one that covers this certificate.
  for (const auto& list : *lists) {
    const auto said = parseJson(list.event.details);
    if (!said || !said->contains("number")) continue;
    const bool first = !said->contains("shard");  // of before there were several
    if ((first ? 0 : said->at("shard").get<std::int64_t>()) != record.crl_shard) continue;
    row.at(Column::CrlNumber) = said->at("number").dump();
    return kDone;
  }
  return kDone;
}

Result<std::vector<RegisterRow>> RegisterDesk::rowsOf(work::Tx& tx,
                                                      Reading& reading,
                                                      Instant at,
                                                      const std::vector<Judged>& judged) {
  std::vector<RegisterRow> rows;
  if (judged.empty()) return rows;
  if (reading.agencies.empty()) {
    auto agencies = tools_.directory.agencies(tx);
    if (!agencies) return agencies.error();
    for (auto& agency : *agencies) reading.agencies.emplace(agency.id.value, std::move(agency));
  }
  audit::EventFilter returns{.kinds = {EventKind::RequestReturned}, .to = at};
  for (const auto& one : judged) {
    if (one.made_by) returns.subjects.push_back(one.made_by->id.value);
  }
  const auto returned = eventsAbout(tx, std::move(returns));
  if (!returned) return returned.error();
  std::map<Uuid, const audit::Event*> last_return;
  for (const auto& kept : *returned) last_return[kept.event.subject] = &kept.event;

  for (const auto& one : judged) {
    const auto& record = one.record;
    RegisterRow row{.id = record.id};
    row.at(Column::Kind) = name(record.kind);
    row.at(Column::Standing) = name(one.standing);
    row.at(Column::Serial) = record.serial;
    row.at(Column::Issued) = timeText(one.issued);
    const auto held = sayHolder(tx, reading, one, row);
    if (!held) return held.error();
    if (one.made_by) {
      const auto& request = *one.made_by;
      row.request = request.id;
      if (const auto form = formOf(request.content)) {
        row.at(Column::Form) = "0" + std::to_string(*form);
      }
      row.at(Column::DocumentNumber) = request.content.document_number;
      if (const auto& date = request.content.document_date) {
        row.at(Column::DocumentDate) = formatDate(*date);
      }
      row.at(Column::Requested) = timeText(request.entered, at);
      row.at(Column::Accepted) = timeText(request.accepted, at);
      row.at(Column::HandedOver) = timeText(request.handed_over, at);
      if (!row.at(Column::HandedOver).empty()) {
        row.at(Column::RecordNumber) = request.hand_over.record_number;
        row.at(Column::DeviceKind) = request.hand_over.device_kind;
        row.at(Column::DeviceSerial) = request.hand_over.device_serial;
      }
      row.at(Column::Renewals) = std::to_string(request.renewals);
      if (const auto found = last_return.find(request.id.value); found != last_return.end()) {
        row.at(Column::Returned) = timeText(found->second->time);
        const auto said = parseJson(found->second->details);
        if (said) row.at(Column::ReturnedReason) = said->value("reason", std::string());
      }
      if (request.content.certificate) {
        const auto before = tools_.certificates.find(tx, *request.content.certificate);
        if (!before && before.error().code != Code::NotFound) return before.error();
        if (before) row.at(Column::Predecessor) = before->serial;
      }
    }
    // Made by now, perhaps, but not at that moment.
    if (one.issued) {
      if (const auto certificate = pki::Certificate::parse(record.der)) {
        row.at(Column::Subject) = certificate->subject();
        row.at(Column::Issuer) = certificate->issuer();
        row.at(Column::KeyAlgorithm) = keyName(certificate->publicKey());
        row.at(Column::Sha256) = toHex(certificate->sha256());
      }
      row.at(Column::NotBefore) = timeText(record.not_before);
      row.at(Column::NotAfter) = timeText(record.not_after);
    }
    const auto ended = sayRevocation(tx, at, one, row);
    if (!ended) return ended.error();
    rows.push_back(std::move(row));
  }
  return rows;
}

// --- files ---

Result<> RegisterDesk::noteExport(const Caller& caller,
                                  std::string_view what,
                                  std::int64_t rows,
                                  const std::optional<directory::Date>& day) {
  return tools_.transactions.run<std::monostate>([&](work::Tx& tx) {
    return tools_.trail.record(
        tx,
        {.kind = EventKind::RegisterExported,
         .by = directory::actor(caller),
         .subject_kind = "agency",
         .subject = caller.agency.value,
         .trace = caller.trace,
         .details = audit::Details()
                        .say("what", what)
                        .say("rows", rows)
                        .say("day", day ? std::optional(formatDate(*day)) : std::nullopt)
                        .text()});
  });
}

Result<std::int64_t> RegisterDesk::exportRows(const Caller& caller,
                                              const RegisterFilter& filter,
                                              const RowTaker& take) {
  const auto at = momentOf(filter.day);
  if (!at) return at.error();
  const auto query = queryOf(caller, filter, *at);
  if (!query) return query.error();
  Reading reading;
  std::vector<RegisterRow> page;
  std::int64_t count = 0;
  const auto walked = eachPage(
      *query,
      *at,
      [&](work::Tx& tx, std::vector<Judged> judged) -> Result<> {
        std::erase_if(judged, [&](const Judged& one) {
          return filter.standing && one.standing != *filter.standing;
        });
        auto rows = rowsOf(tx, reading, *at, judged);
        if (!rows) return rows.error();
        page = std::move(*rows);
        return kDone;
      },
      [&]() -> Result<> {
        for (const auto& row : page) {
          const auto taken = take(row);
          if (!taken) return taken;
        }
        count += static_cast<std::int64_t>(page.size());
        return kDone;
      });
  if (!walked) return walked.error();
  const auto noted = noteExport(caller, "register", count, filter.day);
  if (!noted) return noted.error();
  return count;
}

/// Its entry is queued and no published checkpoint covers it yet: a monitor would call it unlogged.
/// Only for as long as that takes, so that nobody hides a certificate behind a leaf that never
/// comes.
Result<bool> RegisterDesk::isOnItsWay(work::Tx& tx,
                                      const CertificateRecord& record,
                                      std::uint64_t published) {
  if (!record.issued_leaf) return false;
  const auto now = tools_.clock.now();
  if (record.created > now || now - record.created > kOnItsWayLongest) return false;
  const auto place =
      tools_.leaves.indexOf(tx, audit::Log::Issuance, audit::LeafId{*record.issued_leaf});
  if (!place && place.error().code == Code::NotFound) return false;
  if (!place) return place.error();
  return !*place || **place >= published;
}

Result<std::int64_t> RegisterDesk::exportForMonitor(const Caller& caller, const LoggedTaker& take) {
  const auto published = audit::publishedHead(tools_.issuance_log);
  if (!published) return published.error();
  const auto size = *published ? (*published)->size : 0;
  auto query = queryOf(caller, {}, Instant::max());
  if (!query) return query.error();
  if (!query->reach.all) {
    const std::string role(name(Role::Auditor));
    return Error{Code::Forbidden, "role_missing", {{"role", role}}};
  }
  std::vector<LoggedRow> page;
  std::int64_t count = 0;
  std::optional<CertificateId> after;
  for (bool more = true; more;) {
    std::optional<CertificateId> last;
    const auto read = tools_.transactions.read<bool>([&](work::Tx& tx) -> Result<bool> {
      page.clear();
      const auto records = tools_.store.oldestFirst(tx, *query, after, kRegisterStep);
      if (!records) return records.error();
      for (const auto& record : *records) {
        last = record.id;
        if (record.der.empty()) continue;
        const auto waiting = isOnItsWay(tx, record, size);
        if (!waiting) return waiting.error();
        if (*waiting) continue;
        const auto digest = crypto::digest(crypto::DigestAlgorithm::Sha256, record.der);
        page.push_back(
            {record.serial, toHex(digest), name(record.kind), record.not_before, record.not_after});
      }
      return records->size() == static_cast<std::size_t>(kRegisterStep);
    });
    if (!read) return read.error();
    for (const auto& row : page) {
      const auto taken = take(row);
      if (!taken) return taken.error();
    }
    count += static_cast<std::int64_t>(page.size());
    more = *read;
    after = last;
  }
  const auto noted = noteExport(caller, "monitor", count, {});
  if (!noted) return noted.error();
  return count;
}

}  // namespace congvan::authority
