// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/property.h"
#include "trust/pdf/form.h"

#include <algorithm>

namespace congvan {
namespace {

using fuzz::require;

Bytes joined(BytesView file, BytesView update) {
  auto whole = toBytes(file);
  append(whole, update);
  return whole;
}

bool lists(BytesView file, const std::string& field, bool filled) {
  const auto found = pdf::listFields(file);
  return found && std::ranges::any_of(*found, [&](const pdf::FieldFound& one) {
           return one.name == field && one.filled == filled;
         });
}

pdf::SignaturePlan planFor(const std::string& field) {
  pdf::SignaturePlan plan;
  plan.field = field;
  plan.reason = "Phê duyệt";
  plan.hole_size = 64;
  return plan;
}

/// Fields are added, then the seal among them is put on and the text filled, as an office does.
void checkRoute(BytesView file) {
  pdf::FieldPlan text;
  text.name = "Fuzz text";
  text.kind = pdf::FieldKind::Text;
  text.spot = pdf::Spot{0, {10, 10, 50, 20}};
  pdf::FieldPlan seal;
  seal.name = "Fuzz seal";
  seal.locks = {"Fuzz text"};
  const auto added = pdf::appendFields(file, {text, seal});
  if (!added) return;
  const auto prepared = joined(file, *added);
  require(lists(prepared, "Fuzz text", false), "a new text field is there and empty");
  require(lists(prepared, "Fuzz seal", false), "a new signature field is there and empty");

  auto plan = planFor("Fuzz seal");
  plan.values = {{"Fuzz text", "05/CT-UBND", {}}};
  const auto sealed = pdf::appendSignature(prepared, plan);
  require(sealed || sealed.error().reason == "pdf_too_complex", "prepared fields can be filled");
  if (sealed) {
    require(lists(joined(prepared, sealed->bytes), "Fuzz seal", true), "the seal is there");
  }
}

void checkNewSignature(BytesView file) {
  const auto signature = pdf::appendSignature(file, planFor("Fuzz"));
  if (!signature) return;
  require(asText(signature->bytes).substr(signature->hole_at, 64) == std::string(64, '0'),
          "the hole is where it is said to be");
  require(lists(joined(file, signature->bytes), "Fuzz", true), "the signature is there");
}

}  // namespace
}  // namespace congvan

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const congvan::BytesView file(data, size);
  congvan::checkRoute(file);
  congvan::checkNewSignature(file);
  (void)congvan::pdf::listPages(file, 1000);
  return 0;
}
