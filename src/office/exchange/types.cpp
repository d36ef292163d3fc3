// SPDX-License-Identifier: Apache-2.0
#include "office/exchange/types.h"

#include "base/names.h"

namespace congvan::exchange {
namespace {

constexpr auto kDeliveryStates = std::to_array<Named<DeliveryState>>({
    {DeliveryState::Arrived, "arrived"},
    {DeliveryState::Returned, "returned"},
    {DeliveryState::Registered, "registered"},
    {DeliveryState::Assigned, "assigned"},
    {DeliveryState::InProgress, "in-progress"},
    {DeliveryState::Done, "done"},
});

constexpr auto kStatusCodes = std::to_array<Named<DeliveryState>>({
    {DeliveryState::Arrived, "01"},
    {DeliveryState::Returned, "02"},
    {DeliveryState::Registered, "03"},
    {DeliveryState::Assigned, "04"},
    {DeliveryState::InProgress, "05"},
    {DeliveryState::Done, "06"},
});

}  // namespace

std::string_view name(DeliveryState state) {
  return nameIn(kDeliveryStates, state);
}
std::optional<DeliveryState> deliveryState(std::string_view text) {
  return valueIn(kDeliveryStates, text);
}
std::string_view statusCode(DeliveryState state) {
  return nameIn(kStatusCodes, state);
}

Error stateWrong(DeliveryState state) {
  return Error{Code::Conflict, "delivery_state_wrong", {{"state", std::string(name(state))}}};
}

bool mayFollow(DeliveryState before, DeliveryState after) {
  switch (before) {
    case DeliveryState::Arrived:
      return after == DeliveryState::Returned || after == DeliveryState::Registered;
    case DeliveryState::Registered:
      return after == DeliveryState::Assigned || after == DeliveryState::InProgress ||
             after == DeliveryState::Done;
    case DeliveryState::Assigned:
      return after == DeliveryState::InProgress || after == DeliveryState::Done;
    case DeliveryState::InProgress:
      return after == DeliveryState::Done;
    case DeliveryState::Returned:
    case DeliveryState::Done:
      return false;
  }
  return false;
}

}  // namespace congvan::exchange
