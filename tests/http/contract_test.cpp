// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"
#include "edge/http/api/services.h"
#include "edge/http/embedded.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <set>

namespace congvan::http {
namespace {

/// Routes need services only when they are asked, and nobody asks here: plain storage stands in.
struct NoServices {
  alignas(64) std::array<std::byte, 16> room{};
  template <typename T>
  T& as() {
    return *reinterpret_cast<T*>(room.data());
  }
  SystemClock clock;
  Services services{as<directory::Authentication>(),
                    as<directory::Directory>(),
                    as<authority::Authority>(),
                    as<authority::OcspDesk>(),
                    as<authority::RequestDesk>(),
                    as<authority::PersonalNumbersDesk>(),
                    as<signing::Custody>(),
                    as<signing::DocumentSigner>(),
                    as<records::Outgoing>(),
                    as<records::Reception>(),
                    as<records::EvidenceDesk>(),
                    as<authority::IssuanceDesk>(),
                    as<authority::RegisterDesk>(),
                    as<authority::RequestLists>(),
                    as<work::Tables>(),
                    as<work::Blobs>(),
                    clock};
};

Router everyRoute(const Services& services) {
  Router router;
  addSessionRoutes(router, services);
  addDirectoryRoutes(router, services);
  addCertificateRoutes(router, services);
  addRequestRoutes(router, services);
  addRequestListRoutes(router, services);
  addRegisterRoutes(router, services);
  addDocumentRoutes(router, services);
  addIncomingRoutes(router, services);
  addVerificationRoutes(router, services);
  addPkiRoutes(router, services);
  addOcspRoutes(router, services);
  addContractRoute(router);
  return router;
}

const Json& contract() {
  static const auto kContract = Json::parse(embeddedContract().front().text);
  return kContract;
}

const Json* operationOf(const Route& route) {
  std::string method = route.method;
  for (auto& c : method) c = static_cast<char>(c - 'A' + 'a');
  const auto path = contract()["paths"].find(route.pattern);
  if (path == contract()["paths"].end()) return nullptr;
  const auto operation = path->find(method);
  return operation == path->end() ? nullptr : &*operation;
}

/// The logs and the health of the service are wired in the program, not in this room.
bool isOfTheProgram(const std::string& path) {
  return path.starts_with("/log/") || path == "/livez" || path == "/readyz" || path == "/metrics";
}

TEST(Contract, HasEveryRoute) {
  NoServices none;
  const auto router = everyRoute(none.services);
  for (const auto& route : router.routes()) {
    EXPECT_NE(operationOf(route), nullptr) << route.method << " " << route.pattern;
  }
}

TEST(Contract, HasNoOperationWithoutARoute) {
  NoServices none;
  const auto router = everyRoute(none.services);
  std::set<std::string> served;
  for (const auto& route : router.routes()) served.insert(route.method + " " + route.pattern);

  for (const auto& [path, operations] : contract()["paths"].items()) {
    if (isOfTheProgram(path)) continue;
    for (const auto& [method, operation] : operations.items()) {
      std::string upper = method;
      for (auto& c : upper) c = static_cast<char>(c - 'a' + 'A');
      EXPECT_TRUE(served.contains(upper + " " + path)) << upper << " " << path;
    }
  }
}

TEST(Contract, SaysWhoMayComeInAndHowMuchTheyMaySend) {
  NoServices none;
  const auto router = everyRoute(none.services);
  for (const auto& route : router.routes()) {
    const auto* operation = operationOf(route);
    ASSERT_NE(operation, nullptr);
    const auto name = route.method + " " + route.pattern;
    EXPECT_EQ((*operation)["security"].empty(), route.access == Access::Public) << name;
    const auto text = operation->dump();
    EXPECT_EQ(text.find("parameters/Csrf") != std::string::npos, route.access == Access::Change)
        << name;
    EXPECT_EQ(operation->value("x-body-limit", std::uint64_t{0}),
              route.body == BodyKind::None ? 0 : route.body_limit)
        << name;
  }
}

}  // namespace
}  // namespace congvan::http
