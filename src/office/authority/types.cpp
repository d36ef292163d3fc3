// SPDX-License-Identifier: Apache-2.0
#include "office/authority/types.h"

#include "base/names.h"

namespace congvan::authority {
namespace {

constexpr auto kCertificateKinds = std::to_array<Named<CertificateKind>>({
    {CertificateKind::Root, "root"},
    {CertificateKind::Issuing, "issuing"},
    {CertificateKind::Cross, "cross"},
    {CertificateKind::Person, "person"},
    {CertificateKind::PersonSim, "person-sim"},
    {CertificateKind::OrganisationSeal, "organisation-seal"},
    {CertificateKind::Device, "device"},
    {CertificateKind::Tsa, "tsa"},
    {CertificateKind::Ocsp, "ocsp"},
    {CertificateKind::TlsServer, "tls-server"},
});

constexpr auto kCertificateStates = std::to_array<Named<CertificateState>>({
    {CertificateState::Intended, "intended"},
    {CertificateState::Issued, "issued"},
    {CertificateState::Abandoned, "abandoned"},
    {CertificateState::Revoked, "revoked"},
    {CertificateState::Suspended, "suspended"},
});

constexpr auto kOrderStates = std::to_array<Named<OrderState>>({
    {OrderState::Open, "open"},
    {OrderState::Used, "used"},
    {OrderState::Cancelled, "cancelled"},
});

}  // namespace

std::string crlName(std::string_view issuer, std::int64_t shard) {
  auto name = std::string(issuer);
  return shard == 0 ? name : name + "." + std::to_string(shard);
}
std::string_view name(CertificateKind kind) {
  return nameIn(kCertificateKinds, kind);
}
std::string_view name(CertificateState state) {
  return nameIn(kCertificateStates, state);
}
std::string_view name(OrderState state) {
  return nameIn(kOrderStates, state);
}
std::optional<CertificateKind> certificateKind(std::string_view text) {
  return valueIn(kCertificateKinds, text);
}
std::optional<CertificateState> certificateState(std::string_view text) {
  return valueIn(kCertificateStates, text);
}
std::optional<OrderState> orderState(std::string_view text) {
  return valueIn(kOrderStates, text);
}

}  // namespace congvan::authority
