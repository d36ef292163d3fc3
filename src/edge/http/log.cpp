// SPDX-License-Identifier: Apache-2.0
#include "edge/http/log.h"

#include "base/json.h"
#include "base/time.h"

#include <nlohmann/json.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace congvan::http {
namespace {

spdlog::logger& logger() {
  static const auto kLogger = [] {
    auto made =
        std::make_shared<spdlog::logger>("http", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    return made;
  }();
  return *kLogger;
}

void line(spdlog::level::level_enum level, std::string_view event, Json fields) {
  fields["event"] = event;
  fields["level"] = std::string_view(spdlog::level::to_string_view(level).data());
  const auto now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  fields["time"] = formatUtc(now);
  logger().log(level, toJsonText(fields));
}

}  // namespace

void Log::started(std::string_view listener, std::string_view address) {
  line(spdlog::level::info, "listener.started", {{"listener", listener}, {"address", address}});
}

void Log::stopped(std::string_view listener) {
  line(spdlog::level::info, "listener.stopped", {{"listener", listener}});
}

void Log::served(const Served& served) {
  line(spdlog::level::info,
       "request.served",
       {{"trace", served.trace},
        {"method", served.method},
        {"path", served.path},
        {"client", served.client},
        {"status", served.status},
        {"micros", served.micros}});
}

void Log::refused(std::string_view trace, const Error& error) {
  line(spdlog::level::info,
       "request.refused",
       {{"trace", trace}, {"reason", error.reason}, {"detail", error.detail}});
}

void Log::fault(std::string_view trace, std::string_view what) {
  line(spdlog::level::err, "request.fault", {{"trace", trace}, {"what", what}});
}

void Log::jobRefused(std::string_view job, const Error& error) {
  line(spdlog::level::warn,
       "job.refused",
       {{"job", job}, {"reason", error.reason}, {"detail", error.detail}});
}

void Log::jobFault(std::string_view job, std::string_view what) {
  line(spdlog::level::err, "job.fault", {{"job", job}, {"what", what}});
}

}  // namespace congvan::http
