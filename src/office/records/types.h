// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/directory/types.h"
#include "office/exchange/types.h"
#include "office/work/blobs.h"
#include "office/work/jobs.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Outgoing and incoming documents as NĐ 30/2020 has them.
namespace congvan::records {

using directory::AgencyId;
using directory::Date;
using directory::PersonId;
using directory::PostId;
using DocumentId = Id<struct DocumentTag>;
using IncomingId = Id<struct IncomingTag>;
using AssignmentId = Id<struct AssignmentTag>;

enum class DocumentState {
  Draft,       ///< dự thảo
  Submitted,   ///< đã trình: prepared once, the route runs
  Returned,    ///< trả lại người soạn
  Initialled,  ///< đã ký nháy và kiểm tra thể thức, chờ ký
  Signed,      ///< đã ký, chờ văn thư
  Issuing,     ///< đã cấp số, đang đóng dấu; a failed seal stays here and is retried
  Issued,      ///< đã phát hành
  Dispatched,  ///< đã gửi
  Cancelled,   ///< đã hủy số: its number stays in the register and is never given again
};

enum class Urgency {
  Normal,
  Urgent,
  VeryUrgent,
  Immediate
};  ///< thường, khẩn, thượng khẩn, hỏa tốc

enum class StepKind {
  Initial,    ///< ký nháy nội dung
  FormCheck,  ///< kiểm tra thể thức
  Sign,       ///< ký chính thức
};

/// One stop of the route, done in order. `field` is the signature field it fills.
struct Step {
  StepKind kind = StepKind::Initial;
  PostId post;
  std::string field;
  std::optional<PersonId> done_by;
  std::optional<Instant> done_at;
};

/// Where the fields go, in points of the shown page from its lower left corner.
struct Slot {
  std::string field;
  int page = 0;
  double left = 0;
  double bottom = 0;
  double width = 0;
  double height = 0;
};

struct Document {
  DocumentId id;
  AgencyId agency;      ///< issues it: its register, number, seal
  AgencyId drafted_in;  ///< unit or agency of the drafter
  PersonId drafter;
  PostId drafter_post;
  std::string type;     ///< letters of NĐ 30 annex III: `CT`, `QĐ`, …
  std::string subject;  ///< trích yếu, at most 500 characters
  Urgency urgency = Urgency::Normal;
  DocumentState state = DocumentState::Draft;
  std::string return_reason;  ///< of the last return, or of cancelling the number
  std::optional<std::int64_t> number;
  std::string notation;  ///< `CT-UBND`
  std::optional<Date> issue_date;
  work::BlobHash file;  ///< the newest version
  std::int64_t file_size = 0;
  std::vector<Step> steps;  ///< in order
  std::vector<Slot> slots;
  std::vector<AgencyId> recipients;
  /// Completes the time-stamps of its signatures; nullopt: none is lacking.
  std::optional<work::JobId> timestamp_job;
  Instant created{};
  Instant changed{};
  std::int64_t version = 1;
};

enum class FilePurpose { Draft, Prepared, Initialled, FormChecked, Signed, Issued, Timestamped };

/// One version of the file; all are kept.
struct DocumentFile {
  DocumentId document;
  int ordinal = 0;
  FilePurpose purpose = FilePurpose::Draft;
  work::BlobHash blob;
  std::int64_t size = 0;
  std::optional<PersonId> by;
  Instant at{};
};

/// A document as the receiving agency has it. Facts of the document are copied at arrival: what was
/// received does not change when the sender's record does.
struct Incoming {
  IncomingId id;
  AgencyId agency;  ///< receiver
  exchange::DeliveryId delivery;
  AgencyId sender;
  std::string sender_name;
  std::string type;
  std::string code;  ///< `05/CT-UBND`
  Date issue_date{};
  std::string subject;
  Urgency urgency = Urgency::Normal;
  work::BlobHash file;
  std::int64_t file_size = 0;
  exchange::DeliveryState state = exchange::DeliveryState::Arrived;
  std::string verification;  ///< overall verdict on arrival: `TOTAL-PASSED`, …; empty until judged
  std::optional<work::BlobHash> verification_report;  ///< JSON
  std::optional<std::int64_t> arrival_number;
  std::optional<Date> arrival_date;
  std::string return_reason;
  Instant arrived{};
  Instant changed{};
  std::int64_t version = 1;
};

/// One judgement of an arrival; all are kept, and the newest stands in the arrival too.
struct Verdict {
  IncomingId incoming;
  int ordinal = 0;
  work::BlobHash file;         ///< that was judged
  std::string verification;    ///< overall verdict
  work::BlobHash report;       ///< JSON
  std::optional<PersonId> by;  ///< who asked for it anew; nullopt: nobody had to
  Instant at{};
};

enum class AssignmentState { Open, InProgress, Done };

/// Bút phê: who handles it until when.
struct Assignment {
  AssignmentId id;
  IncomingId incoming;
  std::string code;     ///< of the document, read with it
  std::string subject;  ///< likewise
  PersonId by;
  PostId by_post;
  PostId lead;  ///< chủ trì
  std::string opinion;
  std::optional<Date> deadline;
  AssignmentState state = AssignmentState::Open;
  std::string result;
  Instant created{};
  Instant changed{};
  std::int64_t version = 1;
};

std::string_view name(DocumentState state);
std::string_view name(Urgency urgency);
std::string_view name(StepKind kind);
std::string_view name(FilePurpose purpose);
std::string_view name(AssignmentState state);
std::optional<DocumentState> documentState(std::string_view name);
std::optional<Urgency> urgency(std::string_view name);
std::optional<StepKind> stepKind(std::string_view name);
std::optional<FilePurpose> filePurpose(std::string_view name);
std::optional<AssignmentState> assignmentState(std::string_view name);

}  // namespace congvan::records
