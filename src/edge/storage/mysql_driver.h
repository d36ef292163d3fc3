// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "edge/storage/database.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace congvan::storage {

struct MySqlOptions {
  /// `unix:///run/mysqld/mysqld.sock` or `tcp://host:3306`, tried in this order, so that all
  /// instances write to the same node of a cluster.
  std::vector<std::string> servers;
  std::string user;
  std::string password;
  std::string schema;
  /// PEM file of the authority of the server's certificate. Required for tcp, but for the loopback.
  std::string tls_ca;
  std::size_t readers = 8;
  std::size_t writers = 8;
  std::chrono::milliseconds wait{10'000};  ///< for a free connection
  std::chrono::seconds connect_limit{5};
  std::chrono::seconds answer_limit{30};  ///< then the connection counts as lost
  std::chrono::seconds lock_limit{5};     ///< then the transaction is tried again
};

/// MariaDB (or MySQL) over Connector/C++ 1.1.
///
/// RuleRefused `database_not_durable`: innodb_flush_log_at_trx_commit is not 1, or the binary log
/// is on and sync_binlog is not 1. RuleRefused `database_binlog_format`: the binary log is on and
/// not in ROW format. RuleRefused `database_tls_required`: tcp to another machine without `tls_ca`.
/// Unavailable `storage_unavailable`: no server answers.
/// Throws `DatabaseFault` for a wrong password or schema, a certificate that `tls_ca` did not sign
/// or that names another host, or a session that is not encrypted though `tls_ca` is given.
Result<std::unique_ptr<Database>> openMySql(const MySqlOptions& options);

}  // namespace congvan::storage
