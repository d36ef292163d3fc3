// SPDX-License-Identifier: Apache-2.0
#include "app/demo/story.h"

#include "app/demo/overlay.h"
#include "app/demo/province.h"
#include "app/files.h"
#include "base/encoding.h"

#include <algorithm>
#include <cstdio>
#include <thread>

namespace congvan::app::demo {
namespace {

Error wentWrong(std::string_view what, std::string_view why) {
  return Error{Code::RuleRefused,
               "demo_step_failed",
               {{"what", std::string(what)}, {"why", std::string(why)}}};
}

/// What a problem answer says, or the start of anything else.
std::string told(const ApiClient::Answer& answer) {
  const auto problem = answer.json();
  auto text = std::to_string(answer.status) + " ";
  if (!problem.is_object() || !problem.contains("code")) return text + answer.body.substr(0, 400);
  return text + problem.value("code", "") + ": " + problem.value("detail", "");
}

Json slotView(std::string_view field, const print::Slot& slot) {
  return {{"field", field},
          {"page", slot.page},
          {"left", slot.left},
          {"bottom", slot.bottom},
          {"width", slot.width},
          {"height", slot.height}};
}

}  // namespace

Story::Story(Setting setting, Notes notes, ServiceSwitch service)
    : setting_(std::move(setting)), notes_(std::move(notes)), service_(std::move(service)) {}

ApiClient& Story::as(const std::string& login) {
  auto found = clients_.find(login);
  if (found == clients_.end()) {
    found =
        clients_
            .emplace(login,
                     ApiClient("127.0.0.1", setting_.app_port, setting_.settings.data / "root.pem"))
            .first;
    // A refusal is the answer of every request that follows.
    (void)found->second.signIn(login, login == "admin" ? notes_.admin_password : notes_.password);
  }
  return found->second;
}

Result<Json> Story::expect(const Result<ApiClient::Answer>& answer,
                           int status,
                           std::string_view what) {
  if (setting_.stop_wanted()) return Error{Code::Unavailable, "demo_stopped"};
  if (!answer) return answer.error();
  if (answer->status != status) return wentWrong(what, told(*answer));
  if (!answer->etag.empty()) etag_ = answer->etag;
  return answer->json();
}

Result<Json> Story::act(const std::string& login,
                        const std::string& path,
                        const Json& body,
                        std::string_view what,
                        int status) {
  auto done = expect(as(login).post(path, body, etag_), status, what);
  if (done) last_ = *done;
  return done;
}

Result<Json> Story::refresh(const std::string& login) {
  return expect(as(login).get("/api/v1/documents/" + document_), 200, "read the document back");
}

Result<> Story::play() {
  struct Named {
    std::string_view title;
    Step step;
  };
  const std::vector<Named> steps = {
      {"Lập tỉnh / the province is set up", &Story::setUpProvince},
      {"Cấp chứng thư / certificates are issued and logged", &Story::issueCertificates},
      {"Soạn chỉ thị / a directive is drafted and submitted", &Story::draftDirective},
      {"Ký nháy, kiểm tra thể thức, ký / initialled, checked, signed", &Story::signOnRoute},
      {"Cấp số, đóng dấu, phát hành / numbered, sealed, issued", &Story::issueDirective},
      {"Gửi / dispatched", &Story::dispatchDirective},
      {"Tiếp nhận, giao việc / received, registered, assigned", &Story::receiveEverywhere},
      {"Bản bị sửa bị từ chối / tampered copies are refused", &Story::refuseTampered},
      {"Kiểm toán ngoại tuyến / audited with the service stopped", &Story::auditOffline},
  };
  int number = 0;
  for (const auto& [title, step] : steps) {
    std::printf("[%d/%zu] %s\n", ++number, steps.size(), std::string(title).c_str());
    std::fflush(stdout);
    const auto result = (this->*step)();
    if (!result) return result.error();
    std::printf("      %s\n", result->c_str());
  }
  return kDone;
}

// --- 1: the province ---

Result<std::string> Story::makeOnce(const std::string& login,
                                    const std::string& path,
                                    const Json& body,
                                    const std::string& key,
                                    std::string_view what) {
  const auto made = expect(as(login).postOnce(path, body, "demo-" + key), 201, what);
  if (!made) return made.error();
  return made->at("id").get<std::string>();
}

Result<> Story::addAgencies() {
  for (const auto& row : agencies()) {
    const std::string key(row.key);
    if (notes_.agencies.contains(key)) continue;
    const auto made = makeOnce("admin",
                               "/api/v1/agencies",
                               {{"parent", notes_.agencies.at(std::string(row.parent))},
                                {"code", row.code},
                                {"name", row.name},
                                {"letters", row.letters},
                                {"kind", row.kind}},
                               "agency-" + key,
                               row.name);
    if (!made) return made.error();
    notes_.agencies[key] = *made;
    const auto kept = keepNotes();
    if (!kept) return kept;
  }
  return kDone;
}

Result<> Story::addPerson(const PersonRow& row) {
  const std::string login(row.login);
  const auto person =
      makeOnce("admin",
               "/api/v1/people",
               {{"name", row.name}, {"login", row.login}, {"password", notes_.password}},
               "person-" + login,
               row.name);
  if (!person) return person.error();
  auto grants = Json::array();
  for (const auto& grant : row.grants) {
    grants.push_back({{"role", grant.role}, {"over", notes_.agencies.at(std::string(grant.over))}});
  }
  const auto post = makeOnce("admin",
                             "/api/v1/posts",
                             {{"agency", notes_.agencies.at(std::string(row.agency))},
                              {"title", row.title},
                              {"capacity", row.capacity},
                              {"signsFor", row.signs_for},
                              {"holder", *person},
                              {"grants", std::move(grants)}},
                             "post-" + login,
                             row.title);
  if (!post) return post.error();
  notes_.people[login] = *person;
  notes_.posts[login] = *post;
  return keepNotes();
}

Result<> Story::addPeople() {
  for (const auto& row : people()) {
    if (notes_.posts.contains(std::string(row.login))) continue;
    const auto added = addPerson(row);
    if (!added) return added;
  }
  return kDone;
}

Result<std::string> Story::setUpProvince() {
  const auto there = expect(as("admin").get("/api/v1/agencies"), 200, "agencies");
  if (!there) return there.error();
  for (const auto& agency : there->at("items")) {
    if (agency.at("parent").is_null()) notes_.agencies[std::string(kTop)] = agency.at("id");
  }
  const auto agencies_added = addAgencies();
  if (!agencies_added) return agencies_added.error();
  const auto people_added = addPeople();
  if (!people_added) return people_added.error();
  const auto all = expect(as("admin").get("/api/v1/agencies"), 200, "agencies");
  if (!all) return all.error();
  const auto count = all->at("items").size();
  if (count != agencies().size() + 1) return wentWrong("agencies", std::to_string(count));
  return std::to_string(count) + " cơ quan, đơn vị / agencies and units; " +
         std::to_string(notes_.people.size()) + " người / people";
}

// --- 3: the draft ---

Result<std::string> Story::draftDirective() {
  Bytes pdf;
  auto slots = Json::array();
  if (setting_.file) {
    pdf = *setting_.file;
  } else {
    const auto directive = print::drawDirective(print::demonstrationDirective());
    if (!directive) return directive.error();
    pdf = directive->pdf;
    slots = {slotView("so", directive->number),
             slotView("ngay", directive->date),
             slotView("ky-nhay-1", directive->initials),
             slotView("ky-chinh", directive->signature),
             slotView("con-dau", directive->seal)};
  }
  auto recipients = Json::array();
  for (const auto& row : agencies()) {
    if (row.kind == "department" || row.kind == "commune") {
      recipients.push_back(notes_.agencies.at(std::string(row.key)));
    }
  }
  etag_.clear();
  const auto drafted =
      act("cv.cds",
          "/api/v1/documents",
          {{"agency", notes_.agencies.at(std::string(kTop))},
           {"type", "CT"},
           {"subject",
            "Về việc tăng cường sử dụng chữ ký số và gửi, nhận văn bản điện tử trong các cơ quan "
            "hành chính trên địa bàn tỉnh"},
           {"urgency", "urgent"},
           {"recipients", std::move(recipients)},
           {"slots", std::move(slots)}},
          "draft",
          201);
  if (!drafted) return drafted.error();
  document_ = drafted->at("id");
  out_ = (setting_.settings.data / "out" / document_).lexically_normal();
  std::filesystem::create_directories(out_);
  const auto attached =
      expect(as("cv.cds").put("/api/v1/documents/" + document_ + "/file", pdf, etag_),
             200,
             "attach the PDF");
  if (!attached) return attached.error();
  const auto submitted = act("cv.cds",
                             "/api/v1/documents/" + document_ + "/submit",
                             {{"initials", {notes_.posts.at("gd.khcn")}},
                              {"formChecker", notes_.posts.at("chanhvp")},
                              {"signer", notes_.posts.at("chutich")}},
                             "submit");
  if (!submitted) return submitted.error();
  const auto seen = refresh("cv.cds");
  if (!seen) return seen.error();
  if (seen->at("state") != "submitted")
    return wentWrong("submit", seen->at("state").get<std::string>());
  return "văn bản / document " + document_ + ", " + std::to_string(pdf.size()) + " byte";
}

// --- 4: the route ---

Result<std::string> Story::signOnRoute() {
  struct Turn {
    std::string login;
    std::string state;
  };
  for (const auto& turn :
       {Turn{"gd.khcn", "submitted"}, Turn{"chanhvp", "initialled"}, Turn{"chutich", "signed"}}) {
    const auto waiting =
        expect(as(turn.login).get("/api/v1/documents?box=to-sign"), 200, "box to sign");
    if (!waiting) return waiting.error();
    const auto& items = waiting->at("items");
    const bool there = std::any_of(
        items.begin(), items.end(), [&](const Json& one) { return one.at("id") == document_; });
    if (!there) return wentWrong("box to sign of " + turn.login, "the document is not there");
    const auto current = refresh(turn.login);
    if (!current) return current.error();
    const auto done = act(turn.login,
                          "/api/v1/documents/" + document_ + "/sign",
                          {{"pin", notes_.pin}},
                          "sign as " + turn.login);
    if (!done) return done.error();
    if (done->at("state") != turn.state)
      return wentWrong("sign as " + turn.login, done->at("state").get<std::string>());
  }
  const auto signed_file =
      download("/api/v1/documents/" + document_ + "/file", out_ / "da-ky.pdf", "chutich");
  if (!signed_file) return signed_file.error();
  const auto verdict = judge(*signed_file);
  if (!verdict) return verdict.error();
  const auto good = demand(*verdict, 3, "three signatures");
  if (!good) return good.error();
  return std::string("ba chữ ký PAdES B-T / three PAdES B-T signatures");
}

Result<> Story::demand(const Json& report, std::size_t signatures, std::string_view what) {
  const auto& found = report.at("signatures");
  const bool good = std::all_of(found.begin(), found.end(), [](const Json& one) {
    return one.at("level") == "B-T" && one.at("indication") == "TOTAL-PASSED";
  });
  if (good && found.size() == signatures && report.at("overall") == "TOTAL-PASSED") return kDone;
  return wentWrong(what, report.dump().substr(0, 2000));
}

// --- 5: issue ---

Result<std::string> Story::issueDirective() {
  const auto current = refresh("vanthu");
  if (!current) return current.error();
  const auto done =
      act("vanthu", "/api/v1/documents/" + document_ + "/issue", {{"pin", notes_.pin}}, "issue");
  if (!done) return done.error();
  const auto file =
      download("/api/v1/documents/" + document_ + "/file", out_ / "chi-thi.pdf", "vanthu");
  if (!file) return file.error();
  issued_ = *file;
  const auto verdict = judge(issued_);
  if (!verdict) return verdict.error();
  const auto good = demand(*verdict, 4, "issue");
  if (!good) return good.error();
  const auto* const place =
      setting_.settings.token
          ? "khóa con dấu trong thiết bị SoftHSM2 / the seal's key is in a SoftHSM2 token"
          : "bỏ qua thiết bị khóa, máy này không có SoftHSM2 / no token, skipped: SoftHSM2 was not "
            "here";
  return "số / number " + done->at("code").get<std::string>() + ", " +
         (out_ / "chi-thi.pdf").string() + "; " + place;
}

// --- 6: dispatch ---

Result<std::string> Story::dispatchDirective() {
  const auto current = refresh("vanthu");
  if (!current) return current.error();
  const auto done =
      act("vanthu", "/api/v1/documents/" + document_ + "/dispatch", Json::object(), "dispatch");
  if (!done) return done.error();
  const auto recipients = done->at("recipients").size();
  const auto deliveries =
      expect(as("vanthu").get("/api/v1/documents/" + document_ + "/deliveries"), 200, "deliveries");
  if (!deliveries) return deliveries.error();
  if (deliveries->at("items").size() != recipients)
    return wentWrong("deliveries", "not all recipients");
  for (const auto& row : people()) {
    const bool receives = !row.seal_of.empty() && row.seal_of != kTop && row.seal_of != "vp";
    if (!receives) continue;
    const auto list = expect(
        as(std::string(row.login)).get("/api/v1/incoming?state=arrived"), 200, "incoming list");
    if (!list) return list.error();
    const auto& items = list->at("items");
    if (items.empty() || items.at(0).at("sha256") != done->at("sha256")) {
      return wentWrong("incoming list of " + std::string(row.login), "the directive is not on top");
    }
    const auto copy =
        download("/api/v1/incoming/" + items.at(0).at("id").get<std::string>() + "/file",
                 out_ / ("nhan-" + std::string(row.seal_of) + ".pdf"),
                 std::string(row.login));
    if (!copy) return copy.error();
    if (*copy != issued_) return wentWrong("copy at " + std::string(row.login), "other bytes");
  }
  return std::to_string(recipients) +
         " nơi nhận, từng bản đã đọc lại / recipients, each copy read back: " +
         (out_ / "nhan-*.pdf").string();
}

// --- 7: reception ---

Result<> Story::receiveAt(const std::string& clerk,
                          const std::string& leader,
                          const std::string& worker) {
  const auto list = expect(as(clerk).get("/api/v1/incoming?state=arrived"), 200, "incoming list");
  if (!list) return list.error();
  const auto id = list->at("items").at(0).at("id").get<std::string>();
  const auto path = "/api/v1/incoming/" + id;
  Json incoming;
  for (int tries = 0;; ++tries) {  // the service judges arrivals by itself; we look until it has
    const auto seen = expect(as(clerk).get(path), 200, "incoming");
    if (!seen) return seen.error();
    incoming = *seen;
    if (!incoming.at("verification").get<std::string>().empty()) break;
    if (tries == 300) return wentWrong("verification on arrival", "not within 30 s");
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
  }
  if (incoming.at("verification") != "TOTAL-PASSED") {
    return wentWrong("verification on arrival", incoming.at("verification").get<std::string>());
  }
  const auto registered = act(clerk, path + "/register", Json::object(), "register at " + clerk);
  if (!registered) return registered.error();
  const auto assigned =
      act(leader,
          path + "/assignments",
          {{"lead", notes_.posts.at(worker)},
           {"opinion", "Chủ trì tham mưu triển khai thực hiện, báo cáo kết quả."},
           {"deadline", formatDate(vietnamDate(SystemClock().now() + std::chrono::days{14}))}},
          "assign at " + leader,
          201);
  if (!assigned) return assigned.error();
  return kDone;
}

Result<> Story::returnAt(const std::string& clerk) {
  const auto list = expect(as(clerk).get("/api/v1/incoming?state=arrived"), 200, "incoming list");
  if (!list) return list.error();
  const auto path = "/api/v1/incoming/" + list->at("items").at(0).at("id").get<std::string>();
  const auto seen = expect(as(clerk).get(path), 200, "incoming");
  if (!seen) return seen.error();
  const auto returned = act(
      clerk, path + "/return", {{"reason", "Gửi nhầm nơi nhận; đề nghị kiểm tra lại."}}, "return");
  if (!returned) return returned.error();
  return kDone;
}

Result<std::string> Story::receiveEverywhere() {
  const auto first = receiveAt("vt.nv", "gd.nv", "cv.ccvc");
  if (!first) return first.error();
  const auto second = receiveAt("vt.phuloc", "ct.phuloc", "cc.phuloc");
  if (!second) return second.error();
  const auto returned = returnAt("vt.tp");
  if (!returned) return returned.error();

  const auto deliveries =
      expect(as("vanthu").get("/api/v1/documents/" + document_ + "/deliveries"), 200, "deliveries");
  if (!deliveries) return deliveries.error();
  std::map<std::string, int> states;
  for (const auto& delivery : deliveries->at("items")) states[delivery.at("state")] += 1;
  if (states["assigned"] != 2 || states["returned"] != 1)
    return wentWrong("what the sender sees", deliveries->dump());
  std::string summary = "nơi gửi thấy / the sender sees:";
  for (const auto& [state, count] : states) {
    if (count > 0) summary += " " + state + " " + std::to_string(count) + ";";
  }
  return summary;
}

// --- 8: tampered copies ---

Result<Json> Story::judge(BytesView file) {
  return expect(as("thanhtra").postBytes("/api/v1/verify", file), 200, "verify");
}

Result<std::string> Story::refuseTampered() {
  auto flipped = issued_;
  flipped.at(flipped.size() / 10) ^= 0x01U;
  const auto saved = save("sua-mot-byte.pdf", flipped);
  if (!saved) return saved.error();
  const auto first = judge(flipped);
  if (!first) return first.error();
  const auto& broken = first->at("signatures").at(0);
  if (first->at("overall") != "TOTAL-FAILED" || broken.at("sub_indication") != "HASH_FAILURE") {
    return wentWrong("one byte changed", first->dump().substr(0, 2000));
  }

  const auto overlaid = overlayPage(issued_);
  if (!overlaid) return overlaid.error();
  const auto kept = save("phu-trang.pdf", *overlaid);
  if (!kept) return kept.error();
  const auto second = judge(*overlaid);
  if (!second) return second.error();
  const auto& signature = second->at("signatures").at(0);
  const auto& changes = signature.at("changes");
  const bool named = std::any_of(changes.begin(), changes.end(), [](const Json& one) {
    return one.at("kind") == "page-changed" && one.at("lawful") == false;
  });
  if (second->at("overall") != "TOTAL-FAILED" || signature.at("document") != "modified" ||
      signature.at("intact") != true || !named) {
    return wentWrong("page overlaid", second->dump().substr(0, 2000));
  }
  return "một byte / one byte: " + first->at("overall").get<std::string>() + ", HASH_FAILURE" +
         "; trang bị phủ / page overlaid: " + second->at("overall").get<std::string>() +
         ", document " + signature.at("document").get<std::string>();
}

Result<> Story::refuseRevokedSigner() {
  const auto first = document_;
  const auto first_out = out_;
  const auto drafted = draftDirective();
  if (!drafted) return drafted.error();
  for (const auto* login : {"gd.khcn", "chanhvp"}) {
    const auto current = refresh(login);
    if (!current) return current.error();
    const auto done = act(login,
                          "/api/v1/documents/" + document_ + "/sign",
                          {{"pin", notes_.pin}},
                          "sign a second directive");
    if (!done) return done.error();
  }
  const auto current = refresh("chutich");
  if (!current) return current.error();
  const auto tried =
      as("chutich").post("/api/v1/documents/" + document_ + "/sign", {{"pin", notes_.pin}}, etag_);
  if (!tried) return tried.error();
  if (tried->status != 422 || tried->code() != "certificate_revoked") {
    return wentWrong("a signature with the revoked certificate", told(*tried));
  }
  // It stays in his box for whoever tries the pages, with a certificate that can sign it.
  const auto renewed = personalCertificate("chutich");
  if (!renewed) return renewed.error();
  document_ = first;
  out_ = first_out;
  return kDone;
}

}  // namespace congvan::app::demo
