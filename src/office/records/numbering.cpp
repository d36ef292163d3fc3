// SPDX-License-Identifier: Apache-2.0
#include "office/records/numbering.h"

#include <algorithm>

namespace congvan::records {
namespace {

std::string twoDigits(std::int64_t value) {
  const auto text = std::to_string(value);
  return text.size() < 2 ? "0" + text : text;
}

}  // namespace

const std::vector<DocumentType>& documentTypes() {
  static const std::vector<DocumentType> kTypes = {
      {"NQ", "Nghị quyết"},      {"QĐ", "Quyết định"},       {"CT", "Chỉ thị"},
      {"QC", "Quy chế"},         {"QyĐ", "Quy định"},        {"TC", "Thông cáo"},
      {"TB", "Thông báo"},       {"HD", "Hướng dẫn"},        {"CTr", "Chương trình"},
      {"KH", "Kế hoạch"},        {"PA", "Phương án"},        {"ĐA", "Đề án"},
      {"DA", "Dự án"},           {"BC", "Báo cáo"},          {"BB", "Biên bản"},
      {"TTr", "Tờ trình"},       {"HĐ", "Hợp đồng"},         {"CĐ", "Công điện"},
      {"BGN", "Bản ghi nhớ"},    {"BTT", "Bản thỏa thuận"},  {"GUQ", "Giấy ủy quyền"},
      {"GM", "Giấy mời"},        {"GGT", "Giấy giới thiệu"}, {"GNP", "Giấy nghỉ phép"},
      {"PG", "Phiếu gửi"},       {"PC", "Phiếu chuyển"},     {"PB", "Phiếu báo"},
      {kLetterType, "Công văn"},
  };
  return kTypes;
}

const DocumentType* documentType(std::string_view letters) {
  const auto& types = documentTypes();
  const auto found = std::ranges::find(types, letters, &DocumentType::letters);
  return found == types.end() ? nullptr : &*found;
}

std::string numberText(std::int64_t number) {
  return twoDigits(number);
}

std::string notation(std::string_view type_letters,
                     std::string_view agency_letters,
                     std::string_view drafter_letters) {
  if (type_letters == kLetterType) {
    return std::string(agency_letters) + (drafter_letters.empty() ? "" : "-") +
           std::string(drafter_letters);
  }
  return std::string(type_letters) + "-" + std::string(agency_letters);
}

std::string codeText(std::int64_t number, std::string_view notation) {
  return numberText(number) + "/" + std::string(notation);
}

std::string fileNameOf(std::string_view code) {
  std::string file_name;
  for (const char c : code) {
    const bool ascii = static_cast<unsigned char>(c) < 0x80U;
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '-' || c == '_';
    file_name.push_back(!ascii || plain ? c : '-');
  }
  return file_name + ".pdf";
}

std::string dateText(std::chrono::year_month_day date) {
  const auto month = static_cast<unsigned>(date.month());
  return "ngày " + twoDigits(static_cast<unsigned>(date.day())) + " tháng " +
         (month <= 2 ? twoDigits(month) : std::to_string(month)) + " năm " +
         std::to_string(static_cast<int>(date.year()));
}

}  // namespace congvan::records
