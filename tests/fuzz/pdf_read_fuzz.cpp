// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/property.h"
#include "trust/formats/pades/read.h"

namespace congvan {
namespace {

using fuzz::require;

void checkFacts(const evidence::PdfFacts& facts) {
  require(facts.revision <= facts.revisions, "a revision that is there");
  if (facts.covers_whole_file) {
    require(facts.byte_range.size() == 4 && facts.byte_range[0] == 0, "whole means from the start");
    require(facts.later_changes && facts.later_changes->empty(), "whole means nothing after");
  }
}

}  // namespace
}  // namespace congvan

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using congvan::fuzz::require;
  const auto file = congvan::pades::read({data, size});
  if (!file) {
    require(file.error().reason.starts_with("pdf_"), "a refusal that is known");
    return 0;
  }
  require(file->timestamps.size() == file->pdf_timestamps.size(), "facts for each timestamp");
  for (const auto& one : file->signatures) {
    require(one.pdf.has_value(), "facts for each signature");
    congvan::checkFacts(*one.pdf);
  }
  for (const auto& facts : file->pdf_timestamps) congvan::checkFacts(facts);
  return 0;
}
