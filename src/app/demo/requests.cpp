// SPDX-License-Identifier: Apache-2.0
#include "app/demo/province.h"
#include "app/demo/story.h"
#include "app/files.h"
#include "base/encoding.h"
#include "trust/crypto/der.h"
#include "trust/crypto/software_key.h"
#include "trust/pki/subject.h"

#include <algorithm>
#include <cstdio>

/// Certificates are asked for, accepted by one officer, approved by another, made and handed over.
namespace congvan::app::demo {
namespace {

constexpr const char* kAccepting = "chungthu";
constexpr const char* kApproving = "duyetchungthu";

Error requestWentWrong(std::string_view what, std::string_view why) {
  return Error{Code::RuleRefused,
               "demo_step_failed",
               {{"what", std::string(what)}, {"why", std::string(why)}}};
}

/// The legal person that an agency or unit belongs to.
std::string managingBody(std::string_view key) {
  for (;;) {
    const auto row = std::ranges::find(agencies(), key, &AgencyRow::key);
    if (row == agencies().end() || row->kind != "unit") return std::string(key);
    key = row->parent;
  }
}

std::string clerkOf(std::string_view agency) {
  const auto row = std::ranges::find(people(), agency, &PersonRow::seal_of);
  return std::string(row->login);
}

/// PKCS#10 (RFC 2986), as a SIM card would hand it over.
Result<Bytes> signingRequest(const crypto::SoftwareKey& key, const std::string& name) {
  namespace der = crypto::der;
  constexpr std::uint8_t kAttributes = 0xA0;
  const std::vector<pki::SubjectAttribute> subject = {{"CN", name}};
  const auto info = der::sequence({Bytes{der::kInteger, 1, 0},
                                   pki::encodeName(subject),
                                   key.publicKey().spki(),
                                   Bytes{kAttributes, 0}});
  const auto value = crypto::signMessage(key, info);
  if (!value) return value.error();
  Bytes bits{0};
  append(bits, *value);
  return der::sequence(
      {info, crypto::encodeAlgorithm(key.algorithm()), der::element(der::kBitString, bits)});
}

}  // namespace

/// A certificate that somebody is to have.
struct Story::Wish {
  std::string key;           ///< in the notes
  std::string asks;          ///< login of who enters the request
  std::string holder;        ///< login of who activates it; empty: it comes with a CSR
  std::string agency;        ///< key of the managing body
  Json request;              ///< what the body says beside the agency and its letter
  bool by_the_book = false;  ///< returned once and corrected, and handed over
};

Result<> Story::certificateFor(const Wish& wish) {
  const auto before = notes_.certificates[wish.key];
  if (!before.empty()) {
    const auto seen = expect(
        as(kAccepting).get("/api/v1/certificates/" + before), 200, "certificate of " + wish.key);
    if (!seen) return seen.error();
    if (seen->at("state") == "issued") return kDone;
  }
  const auto once = wish.key + "-after-" + (before.empty() ? "none" : before);
  auto body = wish.request;
  body["type"] = "new";
  body["agency"] = notes_.agencies.at(wish.agency);
  const auto entered = makeOnce(wish.asks,
                                "/api/v1/certificate-requests",
                                body,
                                "request-" + once,
                                "request for " + wish.key);
  if (!entered) return entered.error();
  const auto made = carryOut(wish, *entered, once);
  if (!made) return made.error();
  notes_.certificates[wish.key] = made->at("certificate").get<std::string>();
  return keepNotes();
}

/// Step by step from wherever it stands, reading it back after each.
Result<Json> Story::carryOut(const Wish& wish,
                             const std::string& request,
                             const std::string& once) {
  const auto path = "/api/v1/certificate-requests/" + request;
  for (;;) {
    auto now = expect(as(kAccepting).get(path), 200, "request for " + wish.key);
    if (!now) return now;
    const auto state = now->at("state").get<std::string>();
    if (state == "handed-over" || (state == "issued" && !wish.by_the_book)) return now;
    if (state == "approved" && !wish.holder.empty()) {
      const auto made = makeOnce(
          wish.holder,
          "/api/v1/certificate-orders/" + now->at("order").get<std::string>() + "/activate",
          {{"pin", notes_.pin}},
          "activate-" + once,
          "certificate for " + wish.key);
      if (!made) return made.error();
      continue;
    }
    const auto done = atTheDesk(wish, *now);
    if (!done) return done;
  }
}

/// The next act of those who work at the desk.
Result<Json> Story::atTheDesk(const Wish& wish, const Json& request) {
  const auto path = "/api/v1/certificate-requests/" + request.at("id").get<std::string>();
  const auto state = request.at("state").get<std::string>();
  const bool unconfirmed = request.at("confirmed").is_null();
  // Entered and confirmed: the third version is the corrected one.
  const bool first_time = wish.by_the_book && request.at("version") == 2;
  const auto letter = [&](std::string_view number) {
    return Json{{"documentNumber", number},
                {"documentDate", request.at("created").get<std::string>().substr(0, 10)}};
  };
  if (state == "requested" && unconfirmed) {
    return act(clerkOf(wish.agency), path + "/confirm", letter("21/CV"), "confirm");
  }
  if (state == "requested" && first_time) {
    return act(kAccepting,
               path + "/return",
               {{"reason", "Số văn bản đề nghị chưa có ký hiệu của cơ quan"}},
               "return");
  }
  if (state == "returned") {
    auto body = wish.request;
    body["type"] = "new";
    body["agency"] = request.at("agency");
    body.update(letter("21/CV-SKHCN"));
    return act(clerkOf(wish.agency), path + "/correct", body, "correct");
  }
  if (state == "requested") return act(kAccepting, path + "/accept", Json::object(), "accept");
  const Json approval = {{"contentHash", request.at("contentHash")}};
  if (state == "accepted") {
    if (wish.by_the_book) {
      const auto alone = as(kAccepting).post(path + "/approve", approval, etag_);
      if (!alone) return alone.error();
      if (alone->code() != "approver_not_other") {
        return requestWentWrong("an approval by the accepting officer", alone->body);
      }
    }
    return act(kApproving, path + "/approve", approval, "approve");
  }
  if (state == "approved") return act(kAccepting, path + "/issue", Json::object(), "issue", 201);
  if (state == "issued") {
    return act(kAccepting,
               path + "/hand-over",
               {{"recordNumber", "01/BB-BG"}, {"deviceKind", "khóa giữ trên máy chủ"}},
               "hand over");
  }
  return requestWentWrong("request for " + wish.key, state);
}

Result<> Story::personalCertificate(const std::string& login) {
  const auto row = std::ranges::find(people(), login, &PersonRow::login);
  const auto body = managingBody(row->agency);
  Wish wish{.key = login, .asks = clerkOf(body), .holder = login, .agency = body};
  wish.request = {{"kind", "person"},
                  {"person", notes_.people.at(login)},
                  {"documentNumber", "12/CV"},
                  {"documentDate", "2026-01-05"}};
  return certificateFor(wish);
}

Result<> Story::sealCertificate(const std::string& agency, const std::string& clerk) {
  Wish wish{.key = "seal:" + agency, .asks = clerk, .holder = clerk, .agency = agency};
  wish.request = {{"kind", "organisation-seal"},
                  {"activator", notes_.people.at(clerk)},
                  {"key", agency == kTop && setting_.settings.token ? "token" : "server"},
                  {"documentNumber", "13/CV"},
                  {"documentDate", "2026-01-05"}};
  return certificateFor(wish);
}

Result<> Story::certificateByTheBook(const std::string& login) {
  const auto row = std::ranges::find(people(), login, &PersonRow::login);
  Wish wish{.key = login,
            .asks = login,
            .holder = login,
            .agency = managingBody(row->agency),
            .by_the_book = true};
  wish.request = {{"kind", "person"}, {"person", notes_.people.at(login)}};
  return certificateFor(wish);
}

Result<> Story::simCertificate(const std::string& login) {
  const auto row = std::ranges::find(people(), login, &PersonRow::login);
  // A story that was cut short goes on with the card it had.
  const auto file = setting_.settings.data / ("sim-" + login + ".csr");
  if (!std::filesystem::exists(file)) {
    const auto card = crypto::SoftwareKey::generate(crypto::KeyKind::P256);
    const auto csr = signingRequest(card, std::string(row->name));
    if (!csr) return csr.error();
    const auto kept = writeFile(file, {*csr});
    if (!kept) return kept;
  }
  const auto csr = readFile(file, 64U << 10U);
  if (!csr) return csr.error();
  const auto body = managingBody(row->agency);
  Wish wish{.key = "sim:" + login,
            .asks = clerkOf(body),
            .holder = {},
            .agency = body,
            .by_the_book = false};
  wish.request = {{"kind", "person-sim"},
                  {"person", notes_.people.at(login)},
                  {"key", "csr"},
                  {"csr", toBase64(*csr)},
                  {"documentNumber", "14/CV"},
                  {"documentDate", "2026-01-05"}};
  return certificateFor(wish);
}

Result<std::int64_t> Story::registerAddsUp(directory::Date day) {
  constexpr const char* kAuditor = "thanhtra";
  const auto at = "at=" + formatDate(day);
  const auto counts =
      expect(as(kAuditor).get("/api/v1/register/counts?" + at), 200, "counts of the register");
  if (!counts) return counts.error();
  std::map<std::pair<std::string, std::string>, std::int64_t> tally;
  std::string after;
  do {
    const auto page = expect(
        as(kAuditor).get("/api/v1/register?limit=200&" + at + after), 200, "rows of the register");
    if (!page) return page.error();
    for (const auto& row : page->at("items")) {
      ++tally[{row.at("kind").get<std::string>(), row.at("state").get<std::string>()}];
    }
    const auto& next = page->at("next");
    after = next.is_null() ? "" : "&after=" + next.get<std::string>();
  } while (!after.empty());
  for (const auto& one : counts->at("counts")) {
    tally[{one.at("kind").get<std::string>(), one.at("state").get<std::string>()}] -=
        one.at("count").get<std::int64_t>();
  }
  const bool adds_up =
      std::ranges::all_of(tally, [](const auto& left) { return left.second == 0; });
  if (!adds_up) return requestWentWrong("the register of " + formatDate(day), "does not add up");
  return counts->at("total").get<std::int64_t>();
}

// --- 2: certificates ---

Result<std::string> Story::issueCertificates() {
  // Who drafts the directive asks for a certificate themselves.
  constexpr const char* kByTheBook = "cv.cds";
  constexpr const char* kLeader = "chutich";
  for (const auto& row : people()) {
    const std::string login(row.login);
    if (row.signs) {
      const auto made =
          login == kByTheBook ? certificateByTheBook(login) : personalCertificate(login);
      if (!made) return made.error();
    }
    if (!row.seal_of.empty()) {
      const auto made = sealCertificate(std::string(row.seal_of), login);
      if (!made) return made.error();
    }
  }
  const auto sim = simCertificate(kLeader);
  if (!sim) return sim.error();
  const auto today = vietnamDate(SystemClock().now());
  const directory::Date yesterday = std::chrono::sys_days(today) - std::chrono::days(1);
  for (const auto day : {yesterday, today}) {
    const auto there = registerAddsUp(day);
    if (!there) return there.error();
    std::printf("      sổ chứng thư ngày %s: %lld, khớp / the register of that day adds up\n",
                formatDate(day).c_str(),
                static_cast<long long>(*there));
  }
  return std::to_string(notes_.certificates.size()) +
         " chứng thư, mỗi chứng thư qua hai cán bộ / certificates, each through two officers; " +
         (setting_.settings.data / "log" / "issuance").lexically_normal().string();
}

}  // namespace congvan::app::demo
