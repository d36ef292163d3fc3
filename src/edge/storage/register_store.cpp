// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/register_store.h"

#include "edge/storage/columns.h"
#include "edge/storage/office_rows.h"
#include "edge/storage/transactions.h"

#include <span>
#include <utility>

namespace congvan::storage {
namespace {

using authority::CertificateId;
using authority::CertificateKind;
using authority::CertificateRecord;
using authority::CertificateState;
using authority::RegisterQuery;
using authority::RegisterReach;
using authority::RequestRecord;
using authority::RequestState;
using authority::RequestType;

constexpr int kRegisterMost = 200;

/// Asked for by one of these managing bodies, or held by it. `bodies` outlive `where`.
void addBodies(Conditions& where, std::span<const directory::AgencyId> bodies) {
  std::string marks;
  std::vector<Param> params;
  for (const auto& body : bodies) {
    marks += marks.empty() ? "?" : ", ?";
    params.emplace_back(body);
  }
  params.insert(params.end(), bodies.begin(), bodies.end());
  for (const auto type : {RequestType::Revocation, RequestType::Suspension, RequestType::Release}) {
    params.emplace_back(name(type));  // who asked for these need have nothing to do with its holder
  }
  where.addWith("(agency IN (" + marks +
                    ") OR id IN (SELECT certificate FROM certificate_requests WHERE agency IN (" +
                    marks + ") AND type NOT IN (?, ?, ?)))",
                params);
}

Conditions conditionsOf(const RegisterQuery& query) {
  Conditions where;
  where.add("created < ?", {query.created_before});
  if (!query.reach.all) addBodies(where, query.reach.agencies);
  if (query.agency) addBodies(where, {&*query.agency, 1});
  if (query.kind) where.add("kind = ?", {name(*query.kind)});
  if (query.holder) where.add("(person = ? OR agency = ?)", {*query.holder, *query.holder});
  if (query.ends_from) where.add("not_after >= ?", {*query.ends_from});
  if (query.ends_before) {
    // An intent has no end yet.
    where.add("not_after < ? AND not_after > not_before", {*query.ends_before});
  }
  return where;
}

std::vector<Param> idParams(const std::vector<CertificateId>& ids) {
  return {ids.begin(), ids.end()};
}

}  // namespace

Result<std::vector<CertificateRecord>> SqlRegisterStore::newestFirst(
    work::Tx& tx, const RegisterQuery& query, std::optional<CertificateId> before, int limit) {
  auto where = conditionsOf(query);
  if (before) where.add("id < ?", {*before});
  return certificatesBy(connectionOf(tx),
                        where.text() + " ORDER BY id DESC LIMIT ?",
                        where.params({pageLimit(limit, kRegisterMost)}));
}

Result<std::vector<CertificateRecord>> SqlRegisterStore::oldestFirst(
    work::Tx& tx, const RegisterQuery& query, std::optional<CertificateId> after, int limit) {
  auto where = conditionsOf(query);
  if (after) where.add("id > ?", {*after});
  return certificatesBy(connectionOf(tx),
                        where.text() + " ORDER BY id LIMIT ?",
                        where.params({pageLimit(limit, kRegisterMost)}));
}

Result<std::vector<RequestRecord>> SqlRegisterStore::requestsAbout(
    work::Tx& tx, const std::vector<CertificateId>& certificates) {
  if (certificates.empty()) return std::vector<RequestRecord>{};
  Conditions where;
  where.addAnyOf("certificate", idParams(certificates));
  return requestsBy(connectionOf(tx), where.text() + " ORDER BY id", where.params({}));
}

Result<std::vector<CertificateId>> SqlRegisterStore::followed(
    work::Tx& tx, const std::vector<CertificateId>& certificates) {
  if (certificates.empty()) return std::vector<CertificateId>{};
  Conditions where;
  where.addAnyOf("certificate_followed", idParams(certificates));
  where.add("type <> ?", {name(RequestType::Revocation)});
  where.add("state IN (?, ?)", {name(RequestState::Issued), name(RequestState::HandedOver)});
  where.add("certificate IN (SELECT id FROM certificates WHERE state = ?)",
            {name(CertificateState::Issued)});
  const auto rows = connectionOf(tx).query(
      "SELECT DISTINCT certificate_followed FROM certificate_requests" + where.text(),
      where.params({}));
  return all(rows, [](const Row& row) { return row.id<CertificateId>(0); });
}

Result<std::vector<directory::AgencyId>> SqlRegisterStore::agenciesWithSeal(work::Tx& tx,
                                                                            Instant now) {
  const auto rows = connectionOf(tx).query(
      "SELECT DISTINCT agency FROM certificates "
      "WHERE kind = ? AND state = ? AND agency IS NOT NULL AND not_after >= ?",
      {name(CertificateKind::OrganisationSeal), name(CertificateState::Issued), now});
  return all(rows, [](const Row& row) { return row.id<directory::AgencyId>(0); });
}

Result<std::vector<authority::UncoveredPost>> SqlRegisterStore::postsWithoutCertificate(
    work::Tx& tx,
    const RegisterReach& reach,
    Instant now,
    std::optional<directory::PostId> after,
    int limit) {
  const auto today = formatDate(vietnamDate(now));
  Conditions where;
  where.add("p.holder IS NOT NULL AND p.ended IS NULL AND p.valid_from <= ?", {today});
  where.add("(p.valid_to IS NULL OR p.valid_to >= ?)", {today});
  if (!reach.all) where.addAnyOf("p.agency", reach.agencies);
  where.add(
      "NOT EXISTS (SELECT 1 FROM certificates c WHERE c.person = p.holder AND c.kind IN (?, ?) "
      "AND c.state = ? AND c.not_after >= ?)",
      {name(CertificateKind::Person),
       name(CertificateKind::PersonSim),
       name(CertificateState::Issued),
       now});
  if (after) where.add("p.id > ?", {*after});
  const auto rows = connectionOf(tx).query(
      "SELECT p.id, p.agency, p.holder, p.title, h.name FROM posts p "
      "JOIN people h ON h.id = p.holder" +
          where.text() + " ORDER BY p.id LIMIT ?",
      where.params({pageLimit(limit, kRegisterMost)}));
  return all(rows, [](const Row& row) {
    return authority::UncoveredPost{row.id<directory::PostId>(0),
                                    row.id<directory::AgencyId>(1),
                                    row.id<directory::PersonId>(2),
                                    row.text(3),
                                    row.text(4)};
  });
}

}  // namespace congvan::storage
