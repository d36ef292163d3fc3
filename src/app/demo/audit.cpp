// SPDX-License-Identifier: Apache-2.0
#include "app/demo/story.h"
#include "app/files.h"
#include "base/encoding.h"

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/StreamCopier.h>

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

/// Every event's leaf and proof, checked with `congvan log verify` against the log's public key.
Result<> Story::checkProofs() {
  const auto trail = readFile(out_ / "nhat-ky.json");
  if (!trail) return trail.error();
  const auto json = parseJson(asText(*trail), {.bytes = 256U << 20U});
  if (!json) return json.error();
  const auto vkey = readFile(setting_.settings.data / "log" / "records.vkey", 4096);
  if (!vkey) return vkey.error();
  auto key = toText(*vkey);
  while (!key.empty() && key.back() == '\n') key.pop_back();
  const auto folder = out_ / "bang-chung";
  std::filesystem::create_directories(folder);
  for (const auto& item : json->at("items")) {
    if (!item.at("proof").is_string())
      return wentWrongOffline("log proof", item.at("kind").get<std::string>());
    const auto stem = item.at("id").get<std::string>();
    const auto leaf = fromBase64(item.at("leaf").get<std::string>());
    if (!leaf) return leaf.error();
    const auto proof_text = item.at("proof").get<std::string>();
    const auto kept = writeFile(folder / (stem + ".tlog-proof"), {asBytes(proof_text)});
    if (!kept) return kept;
    const auto kept_leaf = writeFile(folder / (stem + ".leaf"), {*leaf});
    if (!kept_leaf) return kept_leaf;
    const auto ran = runProgram(setting_.program,
                                {"log",
                                 "verify",
                                 (folder / (stem + ".tlog-proof")).string(),
                                 "--leaf",
                                 (folder / (stem + ".leaf")).string(),
                                 "--key",
                                 key});
    if (ran.exit_code != 0) return wentWrongOffline("log proof of " + stem, ran.output);
  }
  return kDone;
}

Result<std::string> Story::verifyOffline(std::string_view when) {
  const auto ran = runProgram(setting_.program,
                              {"verify",
                               (out_ / "chi-thi.pdf").string(),
                               "--trust",
                               (setting_.settings.data / "root.pem").string(),
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
  notes_.certificates.erase("chutich");
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
         out_.string();
}

}  // namespace congvan::app::demo
