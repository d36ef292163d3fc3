// SPDX-License-Identifier: Apache-2.0
#include "app/commands.h"
#include "app/house.h"
#include "app/options.h"
#include "app/stop_signal.h"
#include "app/tls.h"

#include <cstdio>

namespace congvan::app {
namespace {

const std::vector<Option> kServeOptions = {
    {"config", "FILE", "tệp cấu hình / settings (congvan.yaml of the data folder)"},
    {"help", "", "trợ giúp / this help"},
};

}  // namespace

Exit runServe(const Arguments& arguments) {
  const auto options = Options::parse(arguments, kServeOptions);
  if (!options) return complain(options.error(), Exit::Usage);
  if (options->has("help")) {
    std::printf("Usage: congvan serve --config FILE\n\n%s", helpText(kServeOptions).c_str());
    return Exit::Good;
  }
  const auto settings = readSettings(options->valueOr("config", "congvan.yaml"));
  if (!settings) return complain(settings.error());

  const StopSignal stop;

  const auto serving = DataFolder(settings->data).serveAs(settings->node);
  if (!serving) return complain(serving.error());
  const auto house = House::open(*settings);
  if (!house) return complain(house.error());
  const auto ready = (*house)->start();
  if (!ready) return complain(ready.error());
  const auto tls = renewTls(**house, DataFolder(settings->data), *settings, When::Starting);
  if (!tls) return complain(tls.error());
  Listeners listeners(**house, *settings);
  const auto listening = listeners.start();
  if (!listening) return complain(listening.error());
  stop.await();
  listeners.stop();
  (*house)->stop();
  return Exit::Good;
}

}  // namespace congvan::app
