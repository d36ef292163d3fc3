// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "edge/http/api/limits.h"
#include "edge/http/router.h"
#include "office/authority/authority.h"
#include "office/authority/issuance_desk.h"
#include "office/authority/ocsp_desk.h"
#include "office/authority/personal_numbers.h"
#include "office/authority/register.h"
#include "office/authority/request_lists.h"
#include "office/authority/requests.h"
#include "office/directory/authentication.h"
#include "office/directory/directory.h"
#include "office/records/evidence_desk.h"
#include "office/records/outgoing.h"
#include "office/records/reception.h"
#include "office/signing/custody.h"
#include "office/signing/document_signer.h"
#include "office/work/blobs.h"
#include "office/work/tables.h"

/// The use cases that the endpoints call, and the endpoints themselves, one file a resource.
namespace congvan::http {

/// Everything lives longer than the server.
struct Services {
  directory::Authentication& authentication;
  directory::Directory& directory;
  authority::Authority& authority;
  authority::OcspDesk& ocsp;
  authority::RequestDesk& requests;
  authority::PersonalNumbersDesk& numbers;
  signing::Custody& custody;
  signing::DocumentSigner& signer;
  records::Outgoing& outgoing;
  records::Reception& reception;
  records::EvidenceDesk& evidence;
  authority::IssuanceDesk& issued;
  authority::RegisterDesk& register_desk;
  authority::RequestLists& request_lists;
  work::Tables& tables;
  work::Blobs& blobs;
  const Clock& clock;
  ApiLimits limits = {};
};

/// Adds the endpoints of signed-in people to a router. Everything lives longer than the server.
class Endpoints {
 public:
  using Handler = std::function<Result<Reply>(const Services&, const Request&)>;

  /// `body_limit` is that of the JSON bodies.
  Endpoints(Router& router, const Services& services, std::uint64_t body_limit)
      : router_(router), services_(services), body_limit_(body_limit) {}

  void reading(std::string pattern, Handler handler);
  void changing(std::string pattern, Handler handler);
  /// The body is a file and streamed.
  void upload(std::string method, std::string pattern, std::uint64_t limit, Handler handler);

 private:
  void add(Route route, Handler handler);

  Router& router_;
  const Services& services_;
  std::uint64_t body_limit_;
};

void addSessionRoutes(Router& router, const Services& services);
void addDirectoryRoutes(Router& router, const Services& services);
void addCertificateRoutes(Router& router, const Services& services);
void addRequestRoutes(Router& router, const Services& services);
void addRequestListRoutes(Router& router, const Services& services);
void addRegisterRoutes(Router& router, const Services& services);
void addDocumentRoutes(Router& router, const Services& services);
void addIncomingRoutes(Router& router, const Services& services);
void addVerificationRoutes(Router& router, const Services& services);
/// GET /openapi.json
void addContractRoute(Router& router);

/// The PKI listener: certificates, CRLs, time-stamps.
void addPkiRoutes(Router& router, const Services& services);
/// What follows it in a target is one value, base64 with its slashes, and no path: the listener has
/// to be told (`ListenerOptions::opaque_prefix`).
inline constexpr std::string_view kOcspGetPrefix = "/pki/ocsp/";
/// The PKI listener: whether certificates are good.
void addOcspRoutes(Router& router, const Services& services);

}  // namespace congvan::http
