// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

/// The words of a report in two languages (messages/vi.json, messages/en.json, built in).
namespace congvan::report {

enum class Language { Vietnamese, English };

/// The text for `key`; the key itself when the catalogue lacks it, so that nothing is hidden.
std::string say(Language language, std::string_view key);

/// `Người ký / Signer`
std::string sayBoth(std::string_view key);

}  // namespace congvan::report
