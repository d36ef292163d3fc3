// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/authority/authority.h"
#include "office/directory/working_days.h"

#include <functional>
#include <initializer_list>

/// The desk where certificates are asked for (NĐ 68/2024): a request is entered, confirmed by the
/// managing body, accepted by one officer and approved by another. Nobody gives alone, and nobody
/// to themselves.
namespace congvan::authority {

class RequestDesk {
 public:
  struct Tools {
    work::Transactions& transactions;
    RequestStore& requests;
    CertificateStore& certificates;
    directory::DirectoryStore& directory;
    Authority& authority;
    Profiles& profiles;
    audit::Trail& trail;
    work::Once once;
    const Clock& clock;
    Random& random;
  };
  /// Safe from any thread.
  explicit RequestDesk(const Tools& tools);

  /// Reads rules and calendar, so that a service with bad ones does not start.
  Result<> check();

  // --- the managing body ---

  /// By a clerk of the managing body, whose word it then is, or by the holder, whom the clerk
  /// confirms later. Forbidden `role_missing`; RuleRefused `holder_wrong`, `key_source_wrong`,
  /// `seal_needs_clerk`, `request_text_wrong`, `request_document_missing`, `followed_wrong`,
  /// `renewal_window`, `renewals_used_up`, `key_not_allowed`, `key_form`, `key_reused`,
  /// `possession_not_proved`, `revocation_reason_wrong`, `invalidity_in_future`; Malformed
  /// `request_malformed` (the CSR); Conflict `seal_active`, `certificate_followed` (another request
  /// for one in its place was approved).
  Result<RequestRecord> enter(const directory::Caller& caller, const RequestContent& content);

  /// The same in the transaction of whoever calls; nothing is kept for a retry.
  Result<RequestRecord> enter(work::Tx& tx,
                              const directory::Caller& caller,
                              const RequestContent& content);

  // Of the following each refuses NotFound `request_missing` (or not for the caller to see), Stale
  // `version_stale` and Conflict `request_state_wrong`.

  /// Says it anew, after it was returned or while nobody accepted it. By whoever may enter it.
  Result<RequestRecord> correct(const directory::Caller& caller,
                                RequestId id,
                                std::int64_t version,
                                const RequestContent& content);
  /// The managing body's clerk stands by what its person entered. RuleRefused
  /// `request_document_missing`; Conflict `request_confirmed`.
  Result<RequestRecord> confirm(const directory::Caller& caller,
                                RequestId id,
                                std::int64_t version,
                                const std::string& document_number,
                                directory::Date document_date);
  /// By whoever entered it, its holder or the managing body's clerk, until the certificate is made.
  Result<RequestRecord> withdraw(const directory::Caller& caller,
                                 RequestId id,
                                 std::int64_t version);

  // --- officers: Forbidden `role_missing`, RuleRefused `request_for_oneself` ---

  /// For correction. RuleRefused `reason_missing`.
  Result<RequestRecord> sendBack(const directory::Caller& officer,
                                 RequestId id,
                                 std::int64_t version,
                                 const std::string& reason);
  /// It is complete; a suspension is carried out with it, confirmed or not. Conflict
  /// `request_not_confirmed`.
  Result<RequestRecord> accept(const directory::Caller& officer,
                               RequestId id,
                               std::int64_t version);
  /// Gives the word of a second officer for what `content_hash` says; makes the order, revokes or
  /// releases in the same transaction. RuleRefused `approver_not_other`: they entered, confirmed or
  /// accepted it; Stale `request_changed`: it says something else now. What `enter` refuses is
  /// asked again.
  Result<RequestRecord> approve(const directory::Caller& officer,
                                RequestId id,
                                std::int64_t version,
                                BytesView content_hash);
  /// For good, until the certificate is made. RuleRefused `reason_missing`.
  Result<RequestRecord> refuse(const directory::Caller& officer,
                               RequestId id,
                               std::int64_t version,
                               const std::string& reason);
  /// Makes the certificate of an approved request that came with a CSR. RuleRefused
  /// `key_source_wrong`; otherwise as Authority::issue.
  Result<CertificateRecord> issue(const directory::Caller& officer,
                                  RequestId id,
                                  std::int64_t version);
  /// RuleRefused `request_text_wrong`.
  Result<RequestRecord> handOver(const directory::Caller& officer,
                                 RequestId id,
                                 std::int64_t version,
                                 const HandOver& how);

  // --- reading: officers and auditors over the managing body, its clerks, the holder, whoever
  // entered it ---

  Result<RequestRecord> find(const directory::Caller& caller, RequestId id);
  Result<std::vector<RequestRecord>> list(const directory::Caller& caller,
                                          const RequestFilter& filter);

 private:
  using Change = std::function<Result<>(work::Tx&, RequestRecord&)>;
  Result<RequestRecord> change(const directory::Caller& caller,
                               RequestId id,
                               std::int64_t version,
                               audit::EventKind kind,
                               const Change& act);
  Result<> keep(work::Tx& tx,
                const directory::Caller& caller,
                audit::EventKind kind,
                const RequestRecord& record);
  Result<RequestRecord> seen(work::Tx& tx, const directory::Caller& caller, RequestId id);
  Result<bool> maySee(work::Tx& tx, const directory::Caller& caller, const RequestRecord& record);
  Result<bool> isClerk(work::Tx& tx, const directory::Caller& caller, directory::AgencyId agency);
  Result<> take(work::Tx& tx,
                const directory::Caller& caller,
                const RequestContent& content,
                RequestRecord& record);
  Result<> complete(RequestRecord& record, const Act& by);
  Result<> end(work::Tx& tx, RequestRecord& record, RequestState state);
  Result<> requireOfficer(work::Tx& tx,
                          const directory::Caller& officer,
                          const RequestRecord& record);
  Result<> settleApproval(work::Tx& tx, const directory::Caller& officer, RequestRecord& record);
  Result<> revokeAsAsked(work::Tx& tx, const directory::Caller& officer, RequestRecord& record);
  Result<> suspendAsAsked(work::Tx& tx, const directory::Caller& officer, RequestRecord& record);
  Result<> releaseAsAsked(work::Tx& tx, const directory::Caller& officer, RequestRecord& record);
  /// What is asked for fits together and may be given now.
  Result<> contentMayStand(work::Tx& tx, const RequestContent& content, std::int64_t renewals);
  Result<> holderFits(work::Tx& tx, const RequestContent& content);
  Result<> keyFits(work::Tx& tx, const RequestContent& content);
  Result<> followedFits(work::Tx& tx, const RequestContent& content, std::int64_t renewals);
  Result<> renewalFits(std::int64_t renewals, Instant not_after);
  Result<std::int64_t> renewalsWith(work::Tx& tx, const RequestContent& content);
  Result<RequestContent> tidy(const RequestContent& content) const;

  work::Transactions& transactions_;
  RequestStore& requests_;
  CertificateStore& certificates_;
  directory::DirectoryStore& directory_;
  Authority& authority_;
  Profiles& profiles_;
  audit::Trail& trail_;
  work::Once once_;
  const Clock& clock_;
  Ids ids_;
};

}  // namespace congvan::authority
