// SPDX-License-Identifier: Apache-2.0
#include "app/log_text.h"

#include "base/encoding.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>

namespace congvan::app {
namespace {

struct FindingText {
  std::string_view reason;
  std::string_view text;
};

// Sorted by reason.
constexpr auto kFindings = std::to_array<FindingText>({
    {"abandoned_after_issued",
     "chứng thư đã cấp lại bị ghi là bỏ / abandoned although it was issued"},
    {"bundle_malformed", "tệp mục nhật ký hỏng / the entry bundle is damaged"},
    {"bundle_missing", "thiếu tệp mục nhật ký / the entry bundle is missing"},
    {"certificate_differs",
     "chứng thư trong sổ khác với chứng thư đã ghi / the register's certificate is not the one "
     "that the log has"},
    {"certificate_not_logged",
     "chứng thư trong sổ không có trong nhật ký / a certificate of the register that the log does "
     "not have"},
    {"checkpoint_malformed", "điểm kiểm tra không đúng dạng / not a checkpoint"},
    {"checkpoint_not_signed", "điểm kiểm tra không do khóa này ký / not signed by this key"},
    {"checkpoint_origin", "điểm kiểm tra của nhật ký khác / the checkpoint of another log"},
    {"cosignature_missing",
     "bên chứng kiến chưa ký điểm kiểm tra này / the witness has not cosigned this checkpoint"},
    {"cosignature_wrong",
     "chữ ký của bên chứng kiến không đúng / the witness's signature does not hold"},
    {"document_differs",
     "hồ sơ văn bản khác với sự việc đã ghi / the document's row is not what its events say"},
    {"document_without_event", "văn bản không có sự việc nào / a document without any event"},
    {"entries_differ",
     "các mục được cung cấp không phải là các mục đã ký / the entries that are served are not "
     "those that were signed"},
    {"entry_after_register",
     "có thể cấp sau khi xuất sổ / issued after the register was exported, it seems"},
    {"entry_without_certificate",
     "đã ghi là cấp mà sổ không có / issued by the log and not in the register"},
    {"event_beyond_log",
     "sự việc nhận vị trí mà nhật ký chưa có / an event claims a place the log has not come to"},
    {"event_changed",
     "sự việc đã bị sửa: nhật ký cam kết nội dung khác / the event was changed: the log commits to "
     "something else"},
    {"event_tampered",
     "chính dịch vụ báo sự việc đã bị sửa / the service itself says that it is not what the log "
     "holds"},
    {"event_unreadable", "dòng lưu không phải là sự việc / what is kept is no event"},
    {"event_without_leaf",
     "sự việc bị thêm vào: nhật ký không có / the event was put in: the log has no leaf for it"},
    {"event_without_proof",
     "chưa có bằng chứng, tải lại sau / no proof yet, download it again later"},
    {"intent_open", "ý định cấp chưa có kết quả / an intent without its certificate yet"},
    {"intent_overdue",
     "ý định cấp để quá lâu không có kết quả / an intent that stayed without its certificate too "
     "long"},
    {"intent_used_twice", "một ý định cấp hai chứng thư / two certificates for one intent"},
    {"issued_after_abandoned", "cấp sau khi đã bỏ / issued after it was abandoned"},
    {"issued_serial_differs", "số sê-ri khác với ý định / serial number is not that of the intent"},
    {"issued_without_intent", "cấp mà không có ý định trước / issued without an earlier intent"},
    {"leaf_hash_differs", "mục khác với băm của nó / entries are not those that were hashed"},
    {"leaf_malformed", "mục không đúng dạng / not an entry of this format"},
    {"leaf_not_for_log", "mục không thuộc loại nhật ký này / an entry of another kind of log"},
    {"leaf_without_event",
     "sự việc đã bị xóa: nhật ký còn mục của nó / the event was removed: the log still has its "
     "leaf"},
    {"partial_differs",
     "tệp từng phần không khớp / a partial file is no beginning of the full one"},
    {"previous_ahead", "điểm kiểm tra cũ dài hơn nhật ký / the log is shorter than it was"},
    {"previous_differs", "lịch sử đã bị thay đổi / the log does not continue this checkpoint"},
    {"previous_malformed", "điểm kiểm tra cũ không đúng dạng / not a checkpoint"},
    {"previous_not_signed", "điểm kiểm tra cũ không do khóa này ký / not signed by this key"},
    {"previous_origin", "điểm kiểm tra cũ của nhật ký khác / the checkpoint of another log"},
    {"proof_wrong",
     "bằng chứng không dẫn từ sự việc tới gốc đã ký: sự việc hay bằng chứng đã bị sửa / the proof "
     "does not lead from what the event says to the signed root: either was changed"},
    {"root_differs", "các mục không cho ra gốc đã ký / the entries do not give the signed root"},
    {"serial_reused", "số sê-ri dùng hai lần / a serial number is used twice"},
    {"serial_twice_in_register",
     "số sê-ri đứng hai lần trong sổ / a serial number stands twice in the register"},
    {"status_without_certificate",
     "trạng thái của chứng thư không có trong nhật ký / status of a certificate not in the log"},
    {"tile_differs", "tệp băm không khớp tầng dưới / a tile is not the hash of the level below"},
    {"tile_malformed", "tệp băm hỏng / the tile is damaged"},
    {"tile_missing", "thiếu tệp băm / the tile is missing"},
    {"tlog_proof_malformed", "bằng chứng không đúng dạng / not a proof of this format"},
});

std::string_view statusName(tlog::CertificateStatus status) {
  switch (status) {
    case tlog::CertificateStatus::Active:
      return "active";
    case tlog::CertificateStatus::Suspended:
      return "suspended";
    case tlog::CertificateStatus::Revoked:
      return "revoked";
    case tlog::CertificateStatus::Abandoned:
      return "abandoned";
  }
  return "unknown";
}

Json leafJson(const tlog::EventLeaf& leaf) {
  return {{"kind", "event"}, {"commitment", toHex(leaf.commitment)}};
}

Json leafJson(const tlog::IntentLeaf& leaf) {
  return {{"kind", "intent"},
          {"time", formatUtc(leaf.time)},
          {"request", leaf.request.text()},
          {"approvals", toHex(leaf.approvals)},
          {"profile", leaf.profile},
          {"serial", toHex(leaf.serial)},
          {"tbs_sha256", toHex(leaf.tbs)}};
}

Json leafJson(const tlog::IssuedLeaf& leaf) {
  return {{"kind", "issued"},
          {"time", formatUtc(leaf.time)},
          {"intent_index", leaf.intent_index},
          {"serial", toHex(leaf.serial)},
          {"certificate_sha256", toHex(leaf.certificate)}};
}

Json leafJson(const tlog::StatusLeaf& leaf) {
  return {{"kind", "status"},
          {"time", formatUtc(leaf.time)},
          {"serial", toHex(leaf.serial)},
          {"status", statusName(leaf.status)},
          {"reason", leaf.reason}};
}

}  // namespace

std::string_view findingText(std::string_view reason) {
  for (const auto& one : kFindings) {
    if (one.reason == reason) return one.text;
  }
  return "không rõ / unknown";
}

std::string findingLine(const tlog::Finding& finding) {
  const auto text = findingText(finding.reason);
  const auto* const gravity =
      finding.gravity == tlog::Gravity::Broken ? "HỎNG / BROKEN" : "chờ / open";
  return fmt::format("{}: {}: {} [{}]", gravity, finding.where, text, finding.reason);
}

Json findingJson(const tlog::Finding& finding) {
  return {{"gravity", finding.gravity == tlog::Gravity::Broken ? "broken" : "open"},
          {"reason", finding.reason},
          {"where", finding.where}};
}

std::string entryLine(std::uint64_t index, BytesView entry) {
  auto json = entryJson(index, entry);
  std::string line = fmt::format("{:>10}", index);
  json.erase("index");
  for (const auto& [name, value] : json.items()) {
    line +=
        fmt::format(" {}={}", name, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return line;
}

Json entryJson(std::uint64_t index, BytesView entry) {
  const auto leaf = tlog::parseLeaf(entry);
  Json json = leaf ? std::visit([](const auto& one) { return leafJson(one); }, *leaf)
                   : Json{{"kind", "other"}, {"bytes", toHex(entry)}};
  json["index"] = index;
  json["leaf_hash"] = toHex(tlog::leafHash(entry));
  return json;
}

}  // namespace congvan::app
