// SPDX-License-Identifier: Apache-2.0
#include "app/log_online.h"
#include "app/note_files.h"
#include "app/options.h"
#include "app/stop_signal.h"
#include "app/witness.h"
#include "edge/http/server.h"
#include "trust/crypto/random.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace congvan::app {
namespace {

const std::vector<Option> kWitnessOptions = {
    {"data", "DIR", "thư mục của bên chứng kiến / the witness's own folder: its key and memory"},
    {"listen", "ADDRESS:PORT", "nơi nghe HTTP / where it listens, plain HTTP"},
    {"log",
     "VKEY",
     "khóa của nhật ký được chứng kiến, hoặc tệp chứa nó / key of a log that is witnessed, or a "
     "file with it"},
    {"name", "NAME", "tên của khóa mới / name of a new key, as witness.example.vn"},
    {"help", "", "trợ giúp / this help"},
};

/// Nobody signs in to a witness.
class NoDoorkeeper final : public http::Doorkeeper {
 public:
  Result<directory::Caller> caller(const std::string&,
                                   std::string_view,
                                   directory::Purpose) override {
    return Error{Code::Unauthenticated, "session_missing"};
  }
  Result<directory::Caller> callerOfChange(const std::string&,
                                           const std::string&,
                                           std::string_view,
                                           directory::Purpose) override {
    return Error{Code::Unauthenticated, "session_missing"};
  }
};

/// POST /add-checkpoint and GET /ID/checkpoint of C2SP tlog-witness. 409 says in its body how far
/// this witness has seen; other refusals are problems as everywhere.
void addWitnessRoutes(http::Router& router, Witness& witness) {
  router.add({"POST",
              "/add-checkpoint",
              http::Access::Public,
              http::BodyKind::Small,
              tlog::kAddCheckpointBytesMost,
              [&witness](const http::Request& request) -> Result<http::Reply> {
                auto lines = witness.addCheckpoint(request.body);
                if (lines) {
                  return http::Reply{.type = "text/plain; charset=utf-8", .body = *lines};
                }
                const auto& error = lines.error();
                if (error.reason != "witness_size_differs") return error;
                return http::Reply{.status = 409,
                                   .type = std::string(tlog::kSizeType),
                                   .body = error.params.at(0).value + "\n"};
              }});
  router.add({"GET",
              "/{log}/checkpoint",
              http::Access::Public,
              http::BodyKind::None,
              0,
              [&witness](const http::Request& request) -> Result<http::Reply> {
                auto note = witness.latest(request.parameter("log"));
                if (!note) return note.error();
                http::Reply reply{.type = "text/plain; charset=utf-8", .body = *note};
                reply.headers.emplace_back("Cache-Control", "no-cache");
                return reply;
              }});
}

Error wrongValue(std::string option, const std::string& value) {
  return {Code::Malformed, "usage_value_wrong", {{"option", std::move(option)}, {"value", value}}};
}

/// `127.0.0.1:8090`, `[::1]:8090`.
Result<http::ListenerOptions> readListen(const std::string& given) {
  const auto colon = given.rfind(':');
  http::ListenerOptions options{.name = "witness"};
  if (colon == std::string::npos || colon == 0) return wrongValue("--listen", given);
  options.address = given.substr(0, colon);
  const auto* const end = given.data() + given.size();
  const auto read = std::from_chars(given.data() + colon + 1, end, options.port);
  if (read.ec != std::errc{} || read.ptr != end) return wrongValue("--listen", given);
  if (options.address.starts_with('[') && options.address.ends_with(']')) {
    options.address = options.address.substr(1, options.address.size() - 2);
  }
  return options;
}

Result<std::vector<tlog::NoteVerifier>> readLogs(const std::vector<std::string>& given) {
  std::vector<tlog::NoteVerifier> logs;
  for (const auto& one : given) {
    auto key = readKey(one);
    if (!key) return key.error();
    if (key->type() == tlog::NoteKeyType::CosignatureV1) return wrongValue("--log", one);
    const bool known = std::ranges::any_of(
        logs, [&](const tlog::NoteVerifier& other) { return other.vkey() == key->vkey(); });
    if (!known) logs.push_back(std::move(*key));
  }
  return logs;
}

Exit missing(std::string_view option) {
  return complain({Code::Malformed, "usage_option_missing", {{"option", std::string(option)}}},
                  Exit::Usage);
}

Exit serveWitness(Witness& witness, const http::ListenerOptions& listen) {
  const StopSignal stop;
  const SystemClock clock;
  crypto::SystemRandom random;
  http::Log log;
  NoDoorkeeper nobody;
  http::Router router;
  addWitnessRoutes(router, witness);
  const http::Dispatcher dispatcher(router, nobody, log);
  http::Server server(listen, dispatcher, log, clock, random);
  const auto started = server.start();
  if (!started) return complain(started.error());
  fmt::print("{}\n", witness.verifier().vkey());
  std::fflush(stdout);
  stop.await();
  server.stop();
  return Exit::Good;
}

}  // namespace

Exit runLogWitness(const Arguments& arguments) {
  const auto options = Options::parse(arguments, kWitnessOptions);
  if (!options) return complain(options.error(), Exit::Usage);
  if (options->has("help")) {
    std::printf(
        "Usage: congvan log witness --data DIR --listen ADDRESS:PORT --log VKEY...\n"
        "in khóa công khai của bên chứng kiến khi bắt đầu / prints the witness's public key when "
        "it serves\n\n%s",
        helpText(kWitnessOptions).c_str());
    return Exit::Good;
  }
  for (const auto* const needed : {"data", "listen", "log"}) {
    if (!options->has(needed)) return missing(std::string("--") + needed);
  }
  const auto listen = readListen(*options->value("listen"));
  if (!listen) return complain(listen.error(), Exit::Usage);
  const auto logs = readLogs(options->values("log"));
  if (!logs) return complain(logs.error());
  const SystemClock clock;
  crypto::SystemRandom random;
  const auto witness =
      Witness::open({*options->value("data"), options->valueOr("name", ""), *logs}, clock, random);
  if (!witness) return complain(witness.error());
  return serveWitness(**witness, *listen);
}

}  // namespace congvan::app
