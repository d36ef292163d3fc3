// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/json.h"
#include "base/result.h"

#include <filesystem>
#include <memory>
#include <string>

/// One signed-in person talking to the service over HTTPS, as a browser would.
namespace congvan::app {

class ApiClient {
 public:
  struct Answer {
    int status = 0;
    std::string etag;
    std::string body;
    /// The body as JSON; null when it is something else.
    Json json() const;
    /// The stable code of a problem reply; empty otherwise.
    std::string code() const;
  };

  /// `anchor`: PEM of the root that the server's certificate must chain to.
  ApiClient(std::string host, std::uint16_t port, std::filesystem::path anchor);
  ~ApiClient();
  ApiClient(ApiClient&&) noexcept;

  /// Unavailable `service_not_reachable` for a connection that fails; an HTTP status is never an
  /// error here.
  Result<Answer> get(const std::string& path);
  Result<Answer> post(const std::string& path, const Json& body, const std::string& if_match = {});
  /// Under a key of its own: asked again, the service gives the first answer and does nothing.
  Result<Answer> postOnce(const std::string& path, const Json& body, const std::string& key);
  Result<Answer> put(const std::string& path, BytesView body, const std::string& if_match);
  Result<Answer> postBytes(const std::string& path, BytesView body);

  /// Refusals of the service as `demo_refused` with its code; every later request answers with it
  /// too.
  Result<Json> signIn(const std::string& login, const std::string& password);

 private:
  Result<Answer> send(const std::string& method,
                      const std::string& path,
                      std::string_view type,
                      BytesView body,
                      const std::string& if_match,
                      const std::string& key = {});
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace congvan::app
