// SPDX-License-Identifier: Apache-2.0
#include "edge/http/api/services.h"
#include "edge/http/embedded.h"

namespace congvan::http {

void addContractRoute(Router& router) {
  router.add({"GET",
              "/openapi.json",
              Access::Public,
              BodyKind::None,
              0,
              [](const Request&) -> Result<Reply> {
                return jsonReply(200, std::string(embeddedContract().front().text));
              }});
}

}  // namespace congvan::http
