// SPDX-License-Identifier: Apache-2.0
#include "app/messages.h"

#include <array>
#include <string_view>

namespace congvan::app {
namespace {

struct Entry {
  std::string_view reason;
  std::string_view vietnamese;
  std::string_view english;
};

// `{name}` is filled from the error's parameters. Sorted by reason.
constexpr auto kEntries = std::to_array<Entry>({
    {"anchor_malformed", "tệp không phải chứng thư: {file}", "not a certificate"},
    {"etsi_xml_not_built",
     "chưa có báo cáo dạng ETSI XML",
     "the ETSI XML report is not built yet; use json or text"},
    {"input_too_large", "tệp quá lớn: {file}", "the file is too large"},
    {"input_unreadable", "không đọc được tệp: {file}", "the file cannot be read"},
    {"material_malformed",
     "tệp không phải chứng thư, CRL hay OCSP: {file}",
     "not a certificate, CRL or OCSP answer"},
    {"online_not_built",
     "chưa hỏi được trạng thái qua mạng",
     "fetching over the network is not built yet; hand data in with --extra"},
    {"output_unwritable", "không ghi được tệp: {file}", "the file cannot be written"},
    {"usage_file_missing", "chưa nêu tệp nào", "no file is named"},
    {"usage_unknown_command", "không có lệnh: {command}", "no such command"},
    {"usage_unknown_option", "tùy chọn lạ: {option}", "unknown option"},
    {"usage_value_wrong", "giá trị sai: {option} {value}", "the option does not take this value"},
    {"usage_value_missing", "tùy chọn thiếu giá trị: {option}", "the option needs a value"},
});

std::string filled(std::string_view pattern, const Error& error) {
  std::string text(pattern);
  for (const auto& param : error.params) {
    const auto slot = "{" + param.name + "}";
    for (auto at = text.find(slot); at != std::string::npos; at = text.find(slot, at)) {
      text.replace(at, slot.size(), param.value);
      at += param.value.size();
    }
  }
  return text;
}

}  // namespace

std::string message(const Error& error) {
  for (const auto& entry : kEntries) {
    if (entry.reason != error.reason) continue;
    return filled(entry.vietnamese, error) + " / " + filled(entry.english, error) + " [" +
           error.reason + "]";
  }
  std::string text = "không thực hiện được / refused [" + error.reason + "]";
  for (const auto& param : error.params) text += " " + param.name + "=" + param.value;
  if (!error.detail.empty()) text += ": " + error.detail;
  return text;
}

}  // namespace congvan::app
