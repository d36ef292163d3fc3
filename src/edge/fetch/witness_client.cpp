// SPDX-License-Identifier: Apache-2.0
#include "edge/fetch/witness_client.h"

namespace congvan::fetch {

Result<std::variant<audit::WitnessClient::Cosigned, audit::WitnessClient::Seen>> HttpWitness::ask(
    const tlog::AddCheckpoint& request) {
  constexpr std::size_t kAnswerBytes = 64U << 10U;
  constexpr std::chrono::seconds kAnswerTime{5};
  constexpr int kOk = 200;
  constexpr int kConflict = 409;
  constexpr int kUnprocessable = 422;
  const auto reply =
      send(Post{.url = url_ + "/add-checkpoint",
                .content_type = "text/plain; charset=utf-8",
                .accept = "text/plain, text/x.tlog.size",
                .body = toBytes(tlog::addCheckpointText(request))},
           {.time = kAnswerTime, .reply_bytes = kAnswerBytes, .addresses = Addresses::Any});
  if (!reply) return reply.error();
  const auto text = toText(reply->body);
  if (reply->status == kOk) return std::variant<Cosigned, Seen>(Cosigned{text});
  if (reply->status == kConflict && reply->contentType() == tlog::kSizeType) {
    const auto size = tlog::parseSizeAnswer(text);
    if (!size) return size.error();
    return std::variant<Cosigned, Seen>(Seen{*size});
  }
  if (reply->status == kConflict || reply->status == kUnprocessable) {
    return Error{Code::Conflict, "witness_disagrees"};
  }
  return Error{Code::Unavailable, "witness_refused", {{"status", std::to_string(reply->status)}}};
}

}  // namespace congvan::fetch
