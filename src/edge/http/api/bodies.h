// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"
#include "base/json_fields.h"
#include "edge/http/api/views.h"
#include "edge/http/message.h"
#include "office/directory/types.h"
#include "trust/crypto/secret.h"

#include <functional>
#include <optional>
#include <string>

/// What endpoints share when they read requests and write replies.
namespace congvan::http {

/// Reads the JSON body with `read` and closes the reader: unknown members are refused.
template <typename T>
Result<T> readBody(const Request& request, const std::function<T(Fields&)>& read);

/// A PIN or password out of a body, in NFC, wiped when it goes.
crypto::SecretBytes secretField(Fields& fields, std::string_view name);

/// A body that is one text of at most 2000 characters.
Result<std::string> readTextBody(const Request& request, std::string_view name);
/// A body that is `{"pin"}`.
Result<crypto::SecretBytes> readPinBody(const Request& request);

/// The `{id}` of the path. Malformed `id_malformed`.
Result<Uuid> pathId(const Request& request, std::string_view name = "id");

/// An id member of a body; notes the failure in `fields` and answers a nil id then.
Uuid idField(Fields& fields, std::string_view name);
std::optional<Uuid> optionalIdField(Fields& fields, std::string_view name);

/// The version in If-Match (`"v5"`). Malformed `if_match_missing` (428) or `if_match_malformed`.
Result<std::int64_t> ifMatch(const Request& request);

/// The caller, with the retry key of the request when it named one. `content` stands for the body
/// where that was streamed. Malformed `idempotency_key_malformed`.
Result<directory::Caller> callerOf(const Request& request, std::string_view content = {});

/// An act on what the path names, under If-Match: `act(caller, id, version)` gives what it became.
template <typename IdType, typename Act>
Result<Reply> changeUnderIfMatch(const Request& request, const Act& act, int status = 200);

/// `limit` (1 to 200, default 50) and `after` of a list.
struct PageRequest {
  std::optional<Uuid> after;
  int limit = 50;
};
Result<PageRequest> pageOf(const Request& request);

/// 200 or 201 with the resource's version as ETag.
Reply resourceReply(int status, const Json& json, std::int64_t version);
/// `{"items": […], "next": "id" | null}`: `next` is set when the page is full.
Reply listReply(Json items, std::string_view last_id, int limit);
/// The same for a list that is never cut.
Reply wholeListReply(Json items);
Reply jsonReply(const Json& json);

/// A file for download: never shown inline from our origin, unless it is a PDF asked for by a page
/// of ours.
Reply fileReply(std::shared_ptr<work::OpenBlob> blob, std::string_view type, std::string_view name);

}  // namespace congvan::http

#include "edge/http/api/bodies_inline.h"
