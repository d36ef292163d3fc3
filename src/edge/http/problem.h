// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "edge/http/message.h"

namespace congvan::http {

enum class Language { Vietnamese, English };

/// English when `accept` prefers it over Vietnamese; Vietnamese otherwise.
Language languageOf(std::string_view accept);

/// The HTTP status of an error code: the only place where the two meet.
int statusOf(const Error& error);

/// An RFC 9457 problem: `type`, `title`, `status`, `detail` for a person in both languages' order
/// of preference, `code` (the stable reason), `params`, `traceId`. `Error::detail` never gets out.
Reply problem(const Error& error, std::string_view trace, Language language);

/// What a fault shows: the trace id and nothing else.
Reply internalProblem(std::string_view trace, Language language);

/// The sentence of the catalogue for a reason, with its parameters filled in; nullopt: not in the
/// catalogue.
std::optional<std::string> sentence(const Error& error, Language language);

/// What the catalogue calls `key` (`group.name`); the key itself when it does not know it.
std::string word(std::string_view key, Language language);

}  // namespace congvan::http
