// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"
#include "base/result.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace congvan {

/// Reads the members of one JSON object by name, strictly, and is asked once at the end.
///
/// The first failure is kept and later reads return empty values, so that a body of ten fields
/// reads as ten lines. `finish` also refuses members nobody asked for. Texts come back as NFC
/// and are measured in characters, not bytes; control characters but tab and line feed are
/// refused. The object must outlive the reader.
class Fields {
 public:
  /// `where` stands in front of names in errors: `recipients[2].` for example.
  explicit Fields(const Json& object, std::string where = {});

  /// Required, 1 to `longest` characters after trimming.
  std::string text(std::string_view name, std::size_t longest);
  /// Absent, null and empty are all nullopt.
  std::optional<std::string> optionalText(std::string_view name, std::size_t longest);
  /// Required, as sent, not normalised or trimmed, 1 to `longest` bytes: passwords, PINs. The text
  /// of the object itself: a copy would be one more to wipe.
  std::string_view rawText(std::string_view name, std::size_t longest);

  std::int64_t integer(std::string_view name, std::int64_t least, std::int64_t most);
  std::optional<std::int64_t> optionalInteger(std::string_view name,
                                              std::int64_t least,
                                              std::int64_t most);
  /// Required; NaN and infinities are not JSON.
  double number(std::string_view name, double least, double most);
  bool boolean(std::string_view name, bool when_absent);

  std::vector<std::string> texts(std::string_view name, std::size_t most, std::size_t longest);
  /// Objects of a list, to be read by a `Fields` each; empty when absent.
  std::vector<const Json*> objects(std::string_view name, std::size_t most);
  /// One nested object, or nullptr when absent or null.
  const Json* object(std::string_view name);

  /// Notes a failure found by the caller (an unknown enum text, say), unless one is noted already.
  void refuse(std::string_view name, std::string_view reason);
  /// Also takes over the failure of a nested reader.
  void adopt(Fields& nested);
  bool good() const { return !failure_; }

  /// Malformed with `field` and `reason`, or done. TooLarge never: a field too long is malformed.
  Result<> finish();

 private:
  const Json* find(std::string_view name);
  std::optional<std::string> checked(const Json& value, std::string_view name, std::size_t longest);

  const Json& object_;
  std::string where_;
  std::set<std::string, std::less<>> asked_;
  std::optional<Error> failure_;
};

}  // namespace congvan
