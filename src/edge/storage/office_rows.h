// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "edge/storage/database.h"
#include "office/authority/request_types.h"

/// Rows that several stores read; `rest` is what follows the FROM.
namespace congvan::storage {

std::vector<authority::CertificateRecord> certificatesBy(Connection& connection,
                                                         const std::string& rest,
                                                         const std::vector<Param>& params);
std::vector<authority::RequestRecord> requestsBy(Connection& connection,
                                                 const std::string& rest,
                                                 const std::vector<Param>& params);

}  // namespace congvan::storage
