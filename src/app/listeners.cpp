// SPDX-License-Identifier: Apache-2.0
#include "app/house.h"
#include "app/metrics.h"
#include "app/pages.h"
#include "app/tls.h"
#include "edge/storage/tile_files.h"
#include "trust/tlog/tile.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace congvan::app {
namespace {

class SessionDoorkeeper final : public http::Doorkeeper {
 public:
  explicit SessionDoorkeeper(directory::Authentication& authentication)
      : authentication_(authentication) {}
  Result<directory::Caller> caller(const std::string& token,
                                   std::string_view trace,
                                   directory::Purpose purpose) override {
    return authentication_.caller(token, trace, purpose);
  }
  Result<directory::Caller> callerOfChange(const std::string& token,
                                           const std::string& csrf,
                                           std::string_view trace,
                                           directory::Purpose purpose) override {
    return authentication_.callerOfChange(token, csrf, trace, purpose);
  }

 private:
  directory::Authentication& authentication_;
};

Result<http::Reply> noteReply(const Result<std::optional<std::string>>& checkpoint) {
  if (!checkpoint) return checkpoint.error();
  if (!*checkpoint) return Error{Code::NotFound, "checkpoint_missing"};
  http::Reply reply{.type = "text/plain; charset=utf-8", .body = **checkpoint};
  reply.headers.emplace_back("Cache-Control", "no-cache");
  return reply;
}

/// GET /log/{log}/checkpoint and /log/{log}/tile/…, as C2SP tlog-tiles names them, and
/// /log/{log}/cosigned. Tiles never change.
void addLogRoutes(http::Router& router, House& house) {
  const auto logNamed = [&house](const std::string& name) -> RunningLog* {
    if (name == "issuance") return &house.issuanceLog();
    if (name == "records") return &house.recordsLog();
    return nullptr;
  };
  router.add({"GET",
              "/log/{log}/checkpoint",
              http::Access::Public,
              http::BodyKind::None,
              0,
              [logNamed](const http::Request& request) -> Result<http::Reply> {
                auto* log = logNamed(request.parameter("log"));
                if (log == nullptr) return Error{Code::NotFound, "route_missing"};
                return noteReply(log->files().published());
              }});
  // The newest that the witnesses vouch for: older than the checkpoint by what they are far away.
  router.add({"GET",
              "/log/{log}/cosigned",
              http::Access::Public,
              http::BodyKind::None,
              0,
              [logNamed](const http::Request& request) -> Result<http::Reply> {
                auto* log = logNamed(request.parameter("log"));
                if (log == nullptr) return Error{Code::NotFound, "route_missing"};
                return noteReply(log->files().cosigned());
              }});
  router.add({"GET",
              "/log/{log}/{path...}",
              http::Access::Public,
              http::BodyKind::None,
              0,
              [logNamed](const http::Request& request) -> Result<http::Reply> {
                auto* log = logNamed(request.parameter("log"));
                if (log == nullptr) return Error{Code::NotFound, "route_missing"};
                const auto tile = tlog::parseTilePath(request.parameter("path"));
                if (!tile) return Error{Code::NotFound, "route_missing"};
                const auto file = log->files().open(*tile);
                if (!file) return file.error();
                http::Reply reply{.type = "application/octet-stream",
                                  .body = toText((*file)->bytes())};
                reply.headers.emplace_back("Cache-Control", "public, max-age=31536000, immutable");
                return reply;
              }});
}

/// A line for each witness that did not cosign when last asked. No reason to be not ready.
std::string awayWitnesses(House& house) {
  std::string lines;
  const std::pair<std::string_view, RunningLog&> logs[] = {{"issuance", house.issuanceLog()},
                                                           {"records", house.recordsLog()}};
  for (const auto& [name, log] : logs) {
    for (const auto& witness : log.witnesses()) {
      if (!witness.trouble) continue;
      lines += fmt::format("witness {} {}: {}\n", name, witness.name, witness.trouble->reason);
    }
  }
  return lines;
}

/// What ails the clock, and with it the built-in time-stamping authority. No reason to be not ready
/// either: documents are signed without a time-stamp meanwhile and completed later, and what
/// silences time servers would silence every instance at once.
std::string clockLines(House& house) {
  auto* watch = house.clockWatch();
  if (watch == nullptr) return "clock: not checked, no servers (tsa.clock.servers)\n";
  std::string lines;
  if (const auto vouched = watch->vouch(house.clock().now()); !vouched) {
    lines += fmt::format("tsa: timeNotAvailable, {}\n", vouched.error().reason);
  }
  for (const auto& source : watch->heard()) {
    if (!source.trouble) continue;
    lines += fmt::format("clock {}: {}\n", source.name, source.trouble->reason);
  }
  return lines;
}

/// A line for each foreign revocation list that could not be fetched when last asked for: what is
/// kept counts until it is over, and signatures go on without.
std::string missingLists(const House& house) {
  std::string lines;
  for (const auto& one : house.foreignLists().known()) {
    if (one.trouble) lines += fmt::format("crl {}: {}\n", one.url, one.trouble->reason);
  }
  return lines;
}

/// GET /livez: the process runs. GET /readyz: it can do its work; 503 with the reason otherwise.
void addHealthRoutes(http::Router& router, House& house) {
  router.add({"GET",
              "/livez",
              http::Access::Public,
              http::BodyKind::None,
              0,
              [](const http::Request&) -> Result<http::Reply> {
                return http::Reply{.type = "text/plain", .body = "ok\n"};
              }});
  router.add({"GET",
              "/readyz",
              http::Access::Public,
              http::BodyKind::None,
              0,
              [&house](const http::Request&) -> Result<http::Reply> {
                if (auto trouble = house.trouble()) {
                  return Error{Code::Unavailable, trouble->reason, {}, trouble->detail};
                }
                return http::Reply{.type = "text/plain",
                                   .body = "ok\n" + awayWitnesses(house) + clockLines(house) +
                                           missingLists(house)};
              }});
}

/// GET /metrics, for Prometheus. On the private listener alone: it tells how busy who is.
void addMetricsRoute(http::Router& router, std::function<std::string()> text) {
  router.add({"GET",
              "/metrics",
              http::Access::Public,
              http::BodyKind::None,
              0,
              [text = std::move(text)](const http::Request&) -> Result<http::Reply> {
                return http::Reply{.type = std::string(http::Exposition::kType), .body = text()};
              }});
}

http::ListenerOptions optionsOf(std::string name,
                                const ListenerSettings& wanted,
                                const Settings& settings) {
  http::ListenerOptions options{.name = std::move(name),
                                .address = wanted.address,
                                .port = wanted.port,
                                .connections_per_address = settings.connections_per_address,
                                .trusted_proxies = settings.trusted_proxies};
  // There alone: other listeners have files behind their paths.
  if (options.name == "pki") options.opaque_prefix = http::kOcspGetPrefix;
  if (wanted.tls) {
    const DataFolder folder(settings.data);
    options.tls = http::TlsFiles{folder.tlsCertificate().string(), folder.tlsKey().string()};
  }
  return options;
}

}  // namespace

Listeners::Listeners(House& house, const Settings& settings)
    : house_(house),
      settings_(settings),
      doorkeeper_(std::make_unique<SessionDoorkeeper>(house.services().authentication)),
      app_dispatcher_(app_router_, *doorkeeper_, log_),
      pki_dispatcher_(pki_router_, *doorkeeper_, log_),
      internal_dispatcher_(internal_router_, *doorkeeper_, log_) {
  const auto& services = house.services();
  http::addSessionRoutes(app_router_, services);
  http::addDirectoryRoutes(app_router_, services);
  http::addCertificateRoutes(app_router_, services);
  http::addRequestRoutes(app_router_, services);
  http::addRequestListRoutes(app_router_, services);
  http::addRegisterRoutes(app_router_, services);
  http::addDocumentRoutes(app_router_, services);
  http::addIncomingRoutes(app_router_, services);
  http::addVerificationRoutes(app_router_, services);
  http::addContractRoute(app_router_);
  addPageRoutes(app_router_, settings.pages);
  http::addPkiRoutes(pki_router_, services);
  http::addOcspRoutes(pki_router_, services);
  addLogRoutes(pki_router_, house);
  addHealthRoutes(internal_router_, house);
  addMetricsRoute(internal_router_, [this, started = std::chrono::steady_clock::now()] {
    const std::array<const http::Traffic*, 3> all{
        &app_->traffic(), &pki_->traffic(), &internal_->traffic()};
    return metricsText(house_, all, started);
  });

  const auto listener =
      [&](std::string name, const ListenerSettings& wanted, const http::Dispatcher& dispatcher) {
        return std::make_unique<http::Server>(optionsOf(std::move(name), wanted, settings),
                                              dispatcher,
                                              log_,
                                              house.clock(),
                                              house.random());
      };
  app_ = listener("app", settings.app, app_dispatcher_);
  pki_ = listener("pki", settings.pki, pki_dispatcher_);
  internal_ = listener("private", settings.internal, internal_dispatcher_);
}

Listeners::~Listeners() {
  stop();
}

Result<> Listeners::start() {
  for (auto* server : {pki_.get(), app_.get(), internal_.get()}) {
    const auto started = server->start();
    if (!started) return started;
  }
  renewals_.start([this](const std::stop_token&) { return renewTls(); });
  return kDone;
}

Result<> Listeners::renewTls() {
  const auto renewed = app::renewTls(house_, DataFolder(settings_.data), settings_, When::Running);
  if (!renewed) return renewed;
  for (auto* server : {pki_.get(), app_.get(), internal_.get()}) {
    const auto taken = server->reloadTls();
    if (!taken) return taken;
  }
  return kDone;
}

void Listeners::stop() {
  renewals_.stop();
  for (auto* server : {app_.get(), pki_.get(), internal_.get()}) server->stop();
}

}  // namespace congvan::app
