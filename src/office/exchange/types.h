// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "office/work/blobs.h"

#include <optional>
#include <string>
#include <string_view>

/// Carrying issued documents from one agency to another. In this issue both live in one instance;
/// the states are those of QĐ 28/2018 Đ10.2.h, with the codes used on the national trunk.
namespace congvan::exchange {

using DeliveryId = Id<struct DeliveryTag>;

enum class DeliveryState {
  Arrived,     ///< 01 đã đến
  Returned,    ///< 02 từ chối nhận (trả lại)
  Registered,  ///< 03 đã tiếp nhận
  Assigned,    ///< 04 đã chuyển xử lý
  InProgress,  ///< 05 đang xử lý
  Done,        ///< 06 đã hoàn thành
};

/// One document on its way to one agency: what the sender sees. `(document, recipient, attempt)` is
/// unique, so a repeated dispatch is the same delivery.
struct Delivery {
  DeliveryId id;
  Uuid document{};
  Uuid sender{};     ///< agency
  Uuid recipient{};  ///< agency
  int attempt = 1;   ///< the sendings of a document to one recipient, counted
  work::BlobHash file;
  DeliveryState state = DeliveryState::Arrived;
  std::string note;  ///< reason of a return, for the sender
  std::optional<Uuid>
      receipt;  ///< audit event of the arrival: its leaf in the records log proves the delivery
  Instant sent{};
  Instant changed{};
  std::int64_t version = 1;
};

std::string_view name(DeliveryState state);
std::optional<DeliveryState> deliveryState(std::string_view name);
/// Two digits, `01` to `06`.
std::string_view statusCode(DeliveryState state);
/// Conflict `delivery_state_wrong` naming `state`.
Error stateWrong(DeliveryState state);
/// 01→02|03, 03→04, 03|04→05, 03..05→06; nothing leaves 02 and 06.
bool mayFollow(DeliveryState before, DeliveryState after);

}  // namespace congvan::exchange
