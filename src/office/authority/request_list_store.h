// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/authority/request_types.h"
#include "office/work/transactions.h"

#include <vector>

namespace congvan::authority {

using RequestListId = Id<struct RequestListTag>;

/// What a list says once for all its lines; who entered it, and in which post.
struct RequestList {
  RequestListId id;
  CertificateKind kind = CertificateKind::Person;
  directory::AgencyId agency;  ///< managing body
  std::string document_number;
  directory::Date document_date{};
  Uuid entered_by{};
  directory::PostId post;
  Instant created{};
};

enum class RowState { Waiting, Entered, Refused };

struct RequestListRow {
  std::int64_t line = 0;  ///< in the file, from 1
  std::string who;        ///< e-mail address or id, as it was given
  std::optional<Uuid> person;
  std::string device_name;
  Bytes csr;
  RowState state = RowState::Waiting;
  std::optional<RequestId> request;
  std::string reason;  ///< of a refusal
  std::vector<Param> params;
};

std::string_view name(RowState state);
std::optional<RowState> rowState(std::string_view name);

/// A port.
class RequestListStore {
 public:
  virtual ~RequestListStore() = default;

  virtual Result<> add(work::Tx& tx,
                       const RequestList& list,
                       const std::vector<RequestListRow>& rows) = 0;
  virtual Result<RequestList> find(work::Tx& tx,
                                   RequestListId id) = 0;  ///< NotFound `request_list_missing`
  /// All of them, by line.
  virtual Result<std::vector<RequestListRow>> rows(work::Tx& tx, RequestListId id) = 0;
  /// The first one that still waits; nullopt: none does.
  virtual Result<std::optional<RequestListRow>> waiting(work::Tx& tx, RequestListId id) = 0;
  /// What became of a line that waited. Stale `version_stale`: it waits no more.
  virtual Result<> settle(work::Tx& tx, RequestListId id, const RequestListRow& row) = 0;
  virtual Result<std::vector<directory::Person>> peopleWithEmail(work::Tx& tx,
                                                                 std::string_view email) = 0;
};

}  // namespace congvan::authority
