// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/authority/request_types.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The register of certificates (NĐ 68/2024): one row for each, as it stood on a day.
namespace congvan::authority {

/// What is true of a certificate at one moment.
enum class Standing {
  Unrecorded,  ///< no event tells of it: it was put in beside the office
  Intended,    ///< the intent was logged, the certificate not made yet
  Abandoned,   ///< the intent came to nothing
  Issued,      ///< in force, and not handed over yet
  Active,      ///< in force
  Suspended,   ///< and not at its end
  Revoked,     ///< also after its end
  Expired,
};

enum class Column {
  Kind,
  Standing,
  Holder,
  Post,
  Unit,
  ManagingBody,
  Form,
  DocumentNumber,
  DocumentDate,
  Requested,
  Returned,
  ReturnedReason,
  Accepted,
  Issued,
  HandedOver,
  RecordNumber,
  DeviceKind,
  DeviceSerial,
  Serial,
  Issuer,
  Subject,
  KeyAlgorithm,
  NotBefore,
  NotAfter,
  Renewals,
  Predecessor,
  RevocationDocument,
  RevocationDocumentDate,
  RevocationReason,
  Revoked,
  InvalidSince,
  CrlNumber,
  Sha256,
};
inline constexpr std::size_t kColumnCount = static_cast<std::size_t>(Column::Sha256) + 1;

struct RegisterRow {
  CertificateId id;
  std::optional<RequestId> request;  ///< that it was made by
  /// By `Column`; empty where there is nothing to tell. Kind, standing and reason are words of this
  /// program, times as `formatVietnam` has them.
  std::vector<std::string> cells = std::vector<std::string>(kColumnCount);

  std::string& at(Column column) { return cells.at(static_cast<std::size_t>(column)); }
  const std::string& at(Column column) const { return cells.at(static_cast<std::size_t>(column)); }
};

struct RegisterFilter {
  std::optional<CertificateKind> kind;
  std::optional<Standing> standing;
  std::optional<directory::AgencyId> agency;  ///< managing body
  std::optional<Uuid> holder;                 ///< a person or an agency
  std::optional<directory::Date> expires_from;
  std::optional<directory::Date> expires_to;  ///< the last day, in Vietnam
  std::optional<directory::Date> day;         ///< as it stood at the end of it; nullopt: now
};

/// How many of a kind stood so.
using Tally = std::map<std::pair<CertificateKind, Standing>, std::int64_t>;

struct RegisterCounts {
  Instant at{};
  Tally counts;
};

/// Certificates in force that end within so many days.
struct ExpiryStep {
  int days_most = 0;
  std::map<CertificateKind, std::int64_t> ending;
  std::int64_t followed = 0;  ///< of these, with a later certificate in force beside them
};

/// A post whose holder has no certificate in force.
struct UncoveredPost {
  directory::PostId post;
  directory::AgencyId agency;
  directory::PersonId person;
  std::string title;
  std::string person_name;
};

std::string_view name(Standing standing);
std::optional<Standing> standing(std::string_view name);
std::string_view name(Column column);
/// `key-compromise`, …
std::string_view reasonWord(pki::RevocationReason reason);

}  // namespace congvan::authority
