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

}  // namespace congvan::http
