// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/records/types.h"

#include <string>
#include <string_view>
#include <vector>

/// The parts of a document that are kept as JSON texts. Reading throws when a text is not one that
/// was written here.
namespace congvan::storage {

std::string stepsColumn(const std::vector<records::Step>& steps);
std::vector<records::Step> stepsFrom(std::string_view column);

std::string slotsColumn(const std::vector<records::Slot>& slots);
std::vector<records::Slot> slotsFrom(std::string_view column);

std::string recipientsColumn(const std::vector<records::AgencyId>& recipients);
std::vector<records::AgencyId> recipientsFrom(std::string_view column);

}  // namespace congvan::storage
