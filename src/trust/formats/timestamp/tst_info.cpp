// SPDX-License-Identifier: Apache-2.0
#include "trust/formats/timestamp/tst_info.h"

#include "trust/crypto/der.h"
#include "trust/formats/timestamp/ber.h"

namespace congvan::timestamp {
namespace {

namespace der = crypto::der;

void readImprint(der::Reader& fields, TstInfo& info) {
  der::Reader imprint = fields.sequence();
  der::Reader algorithm = imprint.sequence();
  info.algorithm = crypto::digestByOid(algorithm.oid());
  info.imprint = toBytes(imprint.expect(der::kOctetString));
  if (!algorithm.good() || !imprint.finish()) fields.fail();
}

void readTimeField(der::Reader& fields, TstInfo& info) {
  const der::Element element = fields.any();
  const auto time = element.tag == der::kGeneralizedTime ? readTime(element) : std::nullopt;
  if (!time) return fields.fail();
  info.time = *time;
}

// RFC 3161 2.4.2 with RFC 5280 4.2: nobody may pass over a critical one that they do not know, and
// we know none.
bool hasCritical(BytesView extensions) {
  der::Reader list(extensions);
  while (!list.atEnd()) {
    der::Reader extension = list.sequence();
    extension.oid();
    if (extension.peek() == der::kBoolean && extension.boolean()) return true;
    extension.expect(der::kOctetString);
    if (!extension.finish()) return true;
  }
  return !list.finish();
}

}  // namespace

std::optional<TstInfo> readTstInfo(BytesView content) {
  const auto normal = normalise(content);
  if (!normal || normal->used != content.size()) return std::nullopt;
  der::Reader outer(normal->bytes);
  der::Reader fields = outer.sequence();
  TstInfo info;
  const bool version_one = fields.smallInteger() == 1;
  info.policy = fields.oid();
  readImprint(fields, info);
  info.serial = toBytes(fields.expect(der::kInteger));
  readTimeField(fields, info);
  fields.optional(der::kSequence);  // accuracy
  fields.optional(der::kBoolean);   // ordering
  if (const auto nonce = fields.optional(der::kInteger)) info.nonce = toBytes(*nonce);
  fields.optional(der::contextConstructed(0));  // tsa
  if (const auto extensions = fields.optional(der::contextConstructed(1)))
    info.critical_extension = hasCritical(*extensions);
  if (!version_one || !fields.finish()) return std::nullopt;
  return info;
}

}  // namespace congvan::timestamp
