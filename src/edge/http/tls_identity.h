// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <memory>
#include <mutex>
#include <string>

using SSL_CTX = struct ssl_ctx_st;

namespace congvan::http {

struct TlsFiles {
  std::string certificate;  ///< PEM path, chain included
  std::string key;          ///< PEM path
};

/// The certificate that a listener shows, which may change while it listens: whoever connects from
/// then on is shown the new one, connections that stand keep theirs. Safe from any thread.
class TlsIdentity {
 public:
  /// Unavailable `tls_files_unusable`: unreadable, or not a pair; what was shown before still is.
  Result<> load(const TlsFiles& files);
  /// Handshakes in `context` show it. It must outlive them.
  void showIn(SSL_CTX* context);

 private:
  std::shared_ptr<SSL_CTX> current();

  std::mutex mutex_;
  std::shared_ptr<SSL_CTX> current_;  // holds certificate, chain and key, and no connections
};

}  // namespace congvan::http
