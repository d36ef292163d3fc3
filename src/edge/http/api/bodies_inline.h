// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace congvan::http {

/// Parses and hands the object to `read`; kept out of the template so that JSON is instantiated
/// once.
Result<> withBody(const Request& request, const std::function<void(Fields&)>& read);

template <typename T>
Result<T> readBody(const Request& request, const std::function<T(Fields&)>& read) {
  std::optional<T> value;
  const auto done = withBody(request, [&](Fields& fields) { value.emplace(read(fields)); });
  if (!done) return done.error();
  return std::move(*value);
}

template <typename IdType, typename Act>
Result<Reply> changeUnderIfMatch(const Request& request, const Act& act, int status) {
  const auto id = pathId(request);
  if (!id) return id.error();
  const auto version = ifMatch(request);
  if (!version) return version.error();
  const auto caller = callerOf(request);
  if (!caller) return caller.error();
  const auto changed = act(*caller, IdType{*id}, *version);
  if (!changed) return changed.error();
  return resourceReply(status, view(*changed), changed->version);
}

}  // namespace congvan::http
