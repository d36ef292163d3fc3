// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"
#include "office/audit/store.h"
#include "office/authority/request_types.h"
#include "office/directory/types.h"
#include "office/exchange/types.h"
#include "office/records/types.h"

#include <vector>

/// Resources as the API shows them (schemas in openapi.yaml).
namespace congvan::http {

Json view(const directory::Caller& caller);
Json view(const directory::Agency& agency);
Json view(const directory::Person& person);
Json view(const directory::Post& post);
Json view(const authority::Order& order);
Json view(const authority::CertificateRecord& record);
Json view(const authority::RequestRecord& request);
Json view(const records::Document& document);
/// As it stands in a list: how many steps and recipients, not which.
Json rowView(const records::Document& document);
Json view(const records::DocumentFile& file);
Json view(const records::Incoming& incoming);
Json view(const records::Verdict& verdict);
Json view(const records::Assignment& assignment);
Json view(const exchange::Delivery& delivery);
Json view(const audit::KeptEvent& event);

/// The same for each of a list.
template <typename T>
Json views(const std::vector<T>& all);

}  // namespace congvan::http
