// SPDX-License-Identifier: Apache-2.0
#include "base/encoding.h"
#include "edge/http/api/bodies.h"
#include "edge/http/api/services.h"
#include "trust/report/report.h"

#include <nlohmann/json.hpp>

namespace congvan::http {
namespace {

/// POST /api/v1/verify   the file itself; any signed file, judged against the province's trust;
/// nothing is kept
///
/// 200 the report of DESIGN 4.1, whatever the verdict. 413.
Result<Reply> verifyFile(const Services& services, const Request& request) {
  // Through the disk, so that memory does not grow with the file; it goes with the writer.
  const auto writer = services.blobs.create(services.limits.upload_bytes);
  if (!writer) return writer.error();
  const auto received =
      request.upload->pump([&](BytesView block) { return (*writer)->write(block); });
  if (!received) return received.error();
  const auto upload = (*writer)->look();
  if (!upload) return upload.error();
  const auto outcome = services.signer.judgeBytes((*upload)->bytes());
  if (!outcome) return outcome.error();
  return jsonReply(report::toJson(outcome->verdict, {"upload", toHex(outcome->sha256)}));
}

}  // namespace

void addVerificationRoutes(Router& router, const Services& services) {
  Endpoints(router, services, 0)
      .upload("POST", "/api/v1/verify", services.limits.upload_bytes, &verifyFile);
}

}  // namespace congvan::http
