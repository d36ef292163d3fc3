// SPDX-License-Identifier: Apache-2.0
#include "app/demo/story.h"
#include "app/files.h"
#include "base/encoding.h"

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/StreamCopier.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <spawn.h>
#include <sstream>
#include <sys/wait.h>
#include <thread>

extern char** environ;

namespace congvan::app::demo {
namespace {

Error wentWrongOffline(std::string_view what, std::string_view why) {
  return Error{Code::RuleRefused,
               "demo_step_failed",
               {{"what", std::string(what)}, {"why", std::string(why)}}};
}

struct Ran {
  int exit_code = -1;
  std::string output;
};

/// `chung-thu/KEY.intent` and `chung-thu/KEY.issued` of each certificate in use.
std::vector<std::filesystem::path> issuanceStems(const std::filesystem::path& out,
                                                 std::string key) {
  std::replace(key.begin(), key.end(), ':', '-');
  return {out / "chung-thu" / (key + ".intent"), out / "chung-thu" / (key + ".issued")};
}

/// A leaf and its proof as files.
Result<> keepLeaf(const std::filesystem::path& stem, const Json& item) {
  if (!item.at("proof").is_string()) return wentWrongOffline("log proof", stem.string());
  const auto leaf = fromBase64(item.at("leaf").get<std::string>());
  if (!leaf) return leaf.error();
  std::filesystem::create_directories(stem.parent_path());
  const auto proof = item.at("proof").get<std::string>();
  const auto kept = writeFile(stem.string() + ".tlog-proof", {asBytes(proof)});
  if (!kept) return kept;
  return writeFile(stem.string() + ".leaf", {*leaf});
}

/// What has to be the same wherever a file is judged: all but the name of the file and the
/// sentences, which tell the time of judgement.
Json verdictOf(const Json& report) {
  Json verdict = {{"overall", report.at("overall")}, {"sha256", report.at("sha256")}};
  for (const auto& one : report.at("signatures")) {
    auto kept = one;
    for (auto& check : kept.at("checks")) check.erase("detail");
    verdict["signatures"].push_back(std::move(kept));
  }
  return verdict;
}

/// Runs this program with arguments, as an auditor would on another machine.
Ran runProgram(const std::filesystem::path& program, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), program.string());
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  std::array<int, 2> pipe_ends{};
  if (::pipe(pipe_ends.data()) != 0) return {};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], 1);
  posix_spawn_file_actions_addclose(&actions, pipe_ends[0]);
  pid_t child = 0;
  const int failed =
      ::posix_spawn(&child, program.c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(pipe_ends[1]);
  Ran ran;
  std::array<char, 4096> block{};
  for (ssize_t got = 0;
       failed == 0 && (got = ::read(pipe_ends[0], block.data(), block.size())) > 0;) {
    ran.output.append(block.data(), static_cast<std::size_t>(got));
  }
  ::close(pipe_ends[0]);
  int status = 0;
  if (failed == 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status)) {
    ran.exit_code = WEXITSTATUS(status);
  }
  return ran;
}

}  // namespace

Result<> Story::save(std::string_view name, BytesView bytes) {
  return writeFile(out_ / name, {bytes});
}

Result<Bytes> Story::download(const std::string& path,
                              const std::filesystem::path& to,
                              const std::string& login) {
  const auto answer = as(login).get(path);
  if (!answer) return answer.error();
  if (answer->status != 200) return wentWrongOffline(path, answer->body.substr(0, 400));
  const auto written = writeFile(to, {asBytes(answer->body)});
  if (!written) return written.error();
  return toBytes(std::string_view(answer->body));
}

Result<> Story::fetchPki(const std::string& path, const std::filesystem::path& to) {
  try {
    Poco::Net::HTTPClientSession session("127.0.0.1", setting_.pki_port);
    Poco::Net::HTTPRequest request(
        Poco::Net::HTTPRequest::HTTP_GET, path, Poco::Net::HTTPRequest::HTTP_1_1);
    session.sendRequest(request);
    Poco::Net::HTTPResponse response;
    std::string body;
    Poco::StreamCopier::copyToString64(session.receiveResponse(response), body);
    if (response.getStatus() != Poco::Net::HTTPResponse::HTTP_OK) {
      return wentWrongOffline(path, std::to_string(response.getStatus()));
    }
    return writeFile(to, {asBytes(body)});
  } catch (const Poco::Exception& failed) {  // the library's only way to say that nobody answers
    return Error{Code::Unavailable, "service_not_reachable", {}, failed.displayText()};
  }
}

/// `stem`.leaf with `stem`.tlog-proof, by `congvan log verify` and the log's public key.
Result<> Story::checkLeaf(const std::filesystem::path& stem, std::string_view log) {
  const auto vkey = readFile(out_ / (std::string(log) + ".vkey"), 4096);
  if (!vkey) return vkey.error();
  auto key = toText(*vkey);
  while (!key.empty() && key.back() == '\n') key.pop_back();
  const auto ran = runProgram(setting_.program,
                              {"log",
                               "verify",
                               stem.string() + ".tlog-proof",
                               "--leaf",
                               stem.string() + ".leaf",
                               "--key",
                               key});
  if (ran.exit_code != 0) return wentWrongOffline("log proof " + stem.string(), ran.output);
  return kDone;
}

Result<> Story::checkProofs() {
  const auto trail = readFile(out_ / "nhat-ky.json");
  if (!trail) return trail.error();
  const auto json = parseJson(asText(*trail), {.bytes = 256U << 20U});
  if (!json) return json.error();
  for (const auto& item : json->at("items")) {
    const auto stem = out_ / "bang-chung" / item.at("id").get<std::string>();
    const auto kept = keepLeaf(stem, item);
    if (!kept) return kept;
    const auto checked = checkLeaf(stem, "records");
    if (!checked) return checked;
  }
  for (const auto& [key, _] : notes_.certificates) {
    for (const auto& stem : issuanceStems(out_, key)) {
      const auto checked = checkLeaf(stem, "issuance");
      if (!checked) return checked;
    }
  }
  return kDone;
}

Result<> Story::downloadIssuanceProofs() {
  for (const auto& [key, certificate] : notes_.certificates) {
    const auto proof = expect(as("chungthu").get("/api/v1/certificates/" + certificate + "/proof"),
                              200,
                              "issuance proof");
    if (!proof) return proof.error();
    for (const auto& stem : issuanceStems(out_, key)) {
      const auto kept = keepLeaf(stem, proof->at(stem.extension().string().substr(1)));
      if (!kept) return kept;
    }
  }
  return kDone;
}

Result<std::string> Story::verifyOffline(std::string_view when) {
  const auto ran = runProgram(setting_.program,
                              {"verify",
                               (out_ / "chi-thi.pdf").string(),
                               "--trust",
                               (out_ / "root.pem").string(),
                               "--extra",
                               (out_ / "goc.crl").string(),
                               "--extra",
                               (out_ / "ca1.crl").string(),
                               "--format",
                               "json"});
  const auto report = parseJson(ran.output, {.bytes = 16U << 20U});
  if (!report) return wentWrongOffline(when, ran.output.substr(0, 400));
  const auto overall = report->at("overall").get<std::string>();
  if (ran.exit_code != 0 || overall != "TOTAL-PASSED")
    return wentWrongOffline(when, ran.output.substr(0, 4000));
  const auto online = readFile(out_ / "kiem-tra.json");
  if (!online) return online.error();
  const auto said = parseJson(asText(*online), {.bytes = 16U << 20U});
  if (!said) return said.error();
  if (verdictOf(*report) != verdictOf(*said)) {
    return wentWrongOffline(when,
                            "another verdict than the service's: " + ran.output.substr(0, 4000));
  }
  return overall;
}

Result<std::string> Story::auditOffline() {
  const auto document = "/api/v1/documents/" + document_;
  struct Wanted {
    std::string path;
    std::string name;
  };
  for (const auto& one : {Wanted{document + "/file", "chi-thi.pdf"},
                          Wanted{document + "/verification", "kiem-tra.json"},
                          Wanted{document + "/verification?format=page", "kiem-tra.html"}}) {
    const auto got = download(one.path, out_ / one.name, "thanhtra");
    if (!got) return got.error();
  }
  // The last events get their proofs with the next checkpoint, a second away at most.
  for (int tries = 0;; ++tries) {
    const auto trail = download(document + "/trail?limit=200", out_ / "nhat-ky.json", "thanhtra");
    if (!trail) return trail.error();
    if (asText(*trail).find(R"("proof":null)") == std::string_view::npos) break;
    if (tries == 50) return wentWrongOffline("trail", "an event has no proof after 10 s");
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
  }
  const auto issuance = downloadIssuanceProofs();
  if (!issuance) return issuance.error();
  for (const auto& [from, name] : {std::pair{"root.pem", "root.pem"},
                                   std::pair{"log/records.vkey", "records.vkey"},
                                   std::pair{"log/issuance.vkey", "issuance.vkey"}}) {
    const auto bytes = readFile(setting_.settings.data / from, 64U << 10U);
    if (!bytes) return bytes.error();
    const auto kept = save(name, *bytes);
    if (!kept) return kept.error();
  }
  for (const auto* name : {"goc.crl", "ca1.crl"}) {
    const auto got = fetchPki(std::string("/pki/") + name, out_ / name);
    if (!got) return got.error();
  }
  service_.off();
  const auto proofs = checkProofs();
  if (!proofs) return proofs.error();
  const auto before = verifyOffline("offline");
  if (!before) return before.error();

  const auto on_again = service_.on();
  if (!on_again) return on_again.error();
  clients_.clear();
  const auto certificate = notes_.certificates.at("chutich");
  const auto revoked = expect(
      as("chungthu").post("/api/v1/certificates/" + certificate + "/revoke", {{"reason", 4}}),
      200,
      "revoke");
  if (!revoked) return revoked.error();
  const auto fetched = fetchPki("/pki/ca1.crl", out_ / "ca1.crl");
  if (!fetched) return fetched.error();
  const auto refused = refuseRevokedSigner();
  if (!refused) return refused.error();
  service_.off();
  const auto after = verifyOffline("offline, after the revocation");
  if (!after) return after.error();
  const auto back = service_.on();
  if (!back) return back.error();
  clients_.clear();
  return "trước và sau khi thu hồi chứng thư / before and after the Chairman's certificate was "
         "revoked: " +
         *before + ", " + *after + "; chữ ký mới bị từ chối / a new signature is refused; " +
         std::to_string(notes_.certificates.size()) +
         " chứng thư có trong nhật ký / certificates proved in the log; " + out_.string();
}

}  // namespace congvan::app::demo
