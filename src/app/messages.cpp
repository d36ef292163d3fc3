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
    {"base64_malformed", "không phải base64", "not base64"},
    {"bundle_malformed", "tệp mục nhật ký hỏng", "the entry bundle of the log is damaged"},
    {"certificate_expired",
     "chứng thư đã hết hạn: {subject}, có giá trị đến {until}",
     "the certificate has expired"},
    {"certificate_malformed", "tệp không phải chứng thư: {file}", "not a certificate"},
    {"certificate_not_for_signing",
     "chứng thư không dùng để ký: {subject}",
     "the certificate's key usage does not allow signing"},
    {"certificate_not_yet_valid",
     "chứng thư chưa có hiệu lực: {subject}, từ {from}",
     "the certificate is not yet valid"},
    {"certified_no_changes",
     "văn bản đã được chứng nhận không cho thay đổi",
     "an earlier certification signature forbids this change"},
    {"checkpoint_malformed",
     "không phải điểm kiểm tra của nhật ký: {file}",
     "not a checkpoint of a log"},
    {"checkpoint_not_signed",
     "điểm kiểm tra không do khóa này ký",
     "the checkpoint is not signed by this key"},
    {"etsi_xml_not_built",
     "chưa có báo cáo dạng ETSI XML",
     "the ETSI XML report is not built yet; use json or text"},
    {"field_already_signed", "trường đã có chữ ký: {field}", "the field is signed already"},
    {"field_exists", "trường đã tồn tại: {field}", "a field of this name exists"},
    {"field_locked",
     "trường đã bị chữ ký trước khóa: {field}",
     "an earlier signature locks the field"},
    {"field_name", "tên trường không hợp lệ: {field}", "not a usable field name"},
    {"field_not_signature", "không phải trường chữ ký: {field}", "not a signature field"},
    {"field_seed_value",
     "trường đặt điều kiện ký không đáp ứng được: {field}",
     "the field makes demands that cannot be met"},
    {"format_not_built",
     "chưa ký được dạng {value}",
     "this format is not built yet; use pades or cades"},
    {"hash_malformed", "không phải băm SHA-256", "not a SHA-256 hash"},
    {"input_too_large", "tệp quá lớn: {file}", "the file is too large"},
    {"input_unreadable", "không đọc được tệp: {file}", "the file cannot be read"},
    {"key_malformed", "tệp không phải khóa bí mật: {file}", "not a private key"},
    {"key_not_of_certificate",
     "khóa bí mật không phải của chứng thư: {subject}",
     "the key does not belong to the certificate"},
    {"key_passphrase_wrong", "sai mật khẩu của khóa: {file}", "wrong passphrase"},
    {"leaf_not_in_tree", "nhật ký không có mục ở vị trí này", "the log has no entry at this index"},
    {"level_not_built", "chưa ký được mức {value}", "this level is not built yet; use B-B or B-T"},
    {"log_without_checkpoint",
     "thư mục không có điểm kiểm tra: {file}",
     "the folder has no checkpoint"},
    {"material_malformed",
     "tệp không phải chứng thư, CRL hay OCSP: {file}",
     "not a certificate, CRL or OCSP answer"},
    {"no_such_proof",
     "không có bằng chứng tiếp nối từ điểm kiểm tra này",
     "no consistency proof exists from this checkpoint"},
    {"note_malformed", "văn bản ký không đúng dạng: {file}", "not a signed note"},
    {"note_too_large", "văn bản ký quá lớn: {file}", "the signed note is too large"},
    {"online_not_built",
     "chưa hỏi được trạng thái qua mạng",
     "fetching over the network is not built yet; hand data in with --extra"},
    {"output_is_input",
     "tệp kết quả trùng tệp gốc: {value}",
     "the result would overwrite the input"},
    {"output_unwritable", "không ghi được tệp: {file}", "the file cannot be written"},
    {"pdf_damaged",
     "tệp PDF bị hỏng, phải sửa mới đọc được",
     "the PDF is damaged; it cannot be signed without repairing it"},
    {"pdf_encrypted", "tệp PDF được mã hóa", "the PDF is encrypted"},
    {"pdf_malformed", "tệp không phải PDF", "not a PDF"},
    {"pdf_too_complex", "tệp PDF vượt giới hạn xử lý", "the PDF passes a limit of complexity"},
    {"pdf_too_large",
     "tệp PDF quá lớn để ký theo bảng tham chiếu của nó",
     "the PDF is too large for its kind of cross-reference"},
    {"scheme_not_for_key", "thuật toán không hợp với khóa", "the algorithm does not fit the key"},
    {"tile_malformed", "tệp băm của nhật ký hỏng", "a tile of the log is damaged"},
    {"tile_missing", "thiếu tệp băm của nhật ký", "a tile of the log is missing"},
    {"tlog_proof_malformed", "không phải bằng chứng nhật ký: {file}", "not a proof of a log"},
    {"tree_root_differs",
     "tệp của nhật ký không khớp điểm kiểm tra",
     "the files of the log do not fit its checkpoint"},
    {"trust_list_not_built",
     "chưa đọc được danh sách tin cậy, bỏ qua: {file}",
     "trust lists are not read yet; passed over"},
    {"tsa_unavailable",
     "máy chủ cấp dấu thời gian không trả lời",
     "the time-stamping authority did not answer"},
    {"usage_file_missing", "chưa nêu tệp nào", "no file is named"},
    {"usage_one_file", "cần đúng một tệp để ký", "exactly one file has to be named"},
    {"usage_option_missing", "thiếu tùy chọn: {option}", "the option is required"},
    {"usage_path_batch",
     "congvan path cần --batch và không có tham số khác",
     "congvan path needs --batch and nothing else"},
    {"usage_unknown_command", "không có lệnh: {command}", "no such command"},
    {"usage_unknown_option", "tùy chọn lạ: {option}", "unknown option"},
    {"usage_value_missing", "tùy chọn thiếu giá trị: {option}", "the option needs a value"},
    {"usage_value_wrong", "giá trị sai: {option} {value}", "the option does not take this value"},
    {"vkey_malformed", "không phải khóa công khai của nhật ký", "not the public key of a log"},
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
