// SPDX-License-Identifier: Apache-2.0
#include "office/authority/register_types.h"

#include "base/names.h"

namespace congvan::authority {
namespace {

constexpr auto kStandings = std::to_array<Named<Standing>>({
    {Standing::Unrecorded, "unrecorded"},
    {Standing::Intended, "intended"},
    {Standing::Abandoned, "abandoned"},
    {Standing::Issued, "issued"},
    {Standing::Active, "active"},
    {Standing::Suspended, "suspended"},
    {Standing::Revoked, "revoked"},
    {Standing::Expired, "expired"},
});

constexpr auto kColumns = std::to_array<Named<Column>>({
    {Column::Kind, "kind"},
    {Column::Standing, "state"},
    {Column::Holder, "holder"},
    {Column::Post, "post"},
    {Column::Unit, "unit"},
    {Column::ManagingBody, "managingBody"},
    {Column::Form, "form"},
    {Column::DocumentNumber, "documentNumber"},
    {Column::DocumentDate, "documentDate"},
    {Column::Requested, "requested"},
    {Column::Returned, "returned"},
    {Column::ReturnedReason, "returnedReason"},
    {Column::Accepted, "accepted"},
    {Column::Issued, "issued"},
    {Column::HandedOver, "handedOver"},
    {Column::RecordNumber, "recordNumber"},
    {Column::DeviceKind, "deviceKind"},
    {Column::DeviceSerial, "deviceSerial"},
    {Column::Serial, "serial"},
    {Column::Issuer, "issuer"},
    {Column::Subject, "subject"},
    {Column::KeyAlgorithm, "keyAlgorithm"},
    {Column::NotBefore, "notBefore"},
    {Column::NotAfter, "notAfter"},
    {Column::Renewals, "renewals"},
    {Column::Predecessor, "predecessor"},
    {Column::RevocationDocument, "revocationDocument"},
    {Column::RevocationDocumentDate, "revocationDocumentDate"},
    {Column::RevocationReason, "revocationReason"},
    {Column::Revoked, "revoked"},
    {Column::InvalidSince, "invalidSince"},
    {Column::CrlNumber, "crlNumber"},
    {Column::Sha256, "sha256"},
});
static_assert(kColumns.size() == kColumnCount);

using pki::RevocationReason;
constexpr auto kReasonWords = std::to_array<Named<RevocationReason>>({
    {RevocationReason::Unspecified, "unspecified"},
    {RevocationReason::KeyCompromise, "key-compromise"},
    {RevocationReason::CaCompromise, "ca-compromise"},
    {RevocationReason::AffiliationChanged, "affiliation-changed"},
    {RevocationReason::Superseded, "superseded"},
    {RevocationReason::CessationOfOperation, "cessation-of-operation"},
    {RevocationReason::CertificateHold, "certificate-hold"},
    {RevocationReason::RemoveFromCrl, "remove-from-crl"},
    {RevocationReason::PrivilegeWithdrawn, "privilege-withdrawn"},
    {RevocationReason::AaCompromise, "aa-compromise"},
});

}  // namespace

std::string_view name(Standing standing) {
  return nameIn(kStandings, standing);
}
std::optional<Standing> standing(std::string_view name) {
  return valueIn(kStandings, name);
}
std::string_view name(Column column) {
  return nameIn(kColumns, column);
}
std::string_view reasonWord(pki::RevocationReason reason) {
  return nameIn(kReasonWords, reason);
}

}  // namespace congvan::authority
