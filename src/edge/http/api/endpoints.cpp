// SPDX-License-Identifier: Apache-2.0
#include "edge/http/api/services.h"

namespace congvan::http {

void Endpoints::reading(std::string pattern, Handler handler) {
  add({"GET", std::move(pattern), Access::Session, BodyKind::None, 0, {}}, std::move(handler));
}

void Endpoints::changing(std::string pattern, Handler handler) {
  add({"POST", std::move(pattern), Access::Change, BodyKind::Json, body_limit_, {}},
      std::move(handler));
}

void Endpoints::upload(std::string method,
                       std::string pattern,
                       std::uint64_t limit,
                       Handler handler) {
  add({std::move(method), std::move(pattern), Access::Change, BodyKind::Upload, limit, {}},
      std::move(handler));
}

void Endpoints::add(Route route, Handler handler) {
  route.action = [&services = services_, handler = std::move(handler)](const Request& request) {
    return handler(services, request);
  };
  router_.add(std::move(route));
}

}  // namespace congvan::http
