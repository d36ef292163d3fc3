// SPDX-License-Identifier: Apache-2.0
#include "trust/formats/pades/byte_ranges.h"

#include <algorithm>

namespace congvan::pades {
namespace {

/// nullopt: negative, past the end of the file, or going backwards.
std::optional<std::vector<Span>> spansOf(const std::vector<std::int64_t>& range, std::size_t size) {
  std::vector<Span> spans;
  std::size_t before = 0;
  for (std::size_t i = 0; i + 1 < range.size(); i += 2) {
    if (range[i] < 0 || range[i + 1] < 0) return std::nullopt;
    const auto begin = static_cast<std::size_t>(range[i]);
    const auto length = static_cast<std::size_t>(range[i + 1]);
    if (begin > size || length > size - begin || begin < before) return std::nullopt;
    spans.push_back({begin, begin + length});
    before = begin + length;
  }
  return spans;
}

std::string words(const std::vector<std::int64_t>& range) {
  std::string text = "[";
  for (const auto number : range) text += (text.size() > 1 ? " " : "") + std::to_string(number);
  return text + "]";
}

}  // namespace

Coverage coverageOf(BytesView file, const pdf::SignatureDictionary& signature) {
  Coverage coverage;
  const auto& range = signature.byte_range;
  if (range.empty() || range.size() % 2 != 0) {
    coverage.breaches.push_back("byte-range-form: " + words(range));
    return coverage;
  }
  auto spans = spansOf(range, file.size());
  if (!spans) {
    coverage.breaches.push_back("byte-range-bounds: " + words(range) +
                                " is negative, overlaps, or passes the end of the file");
    return coverage;
  }
  coverage.spans = std::move(*spans);
  coverage.end = coverage.spans.back().end;
  if (coverage.spans.size() != 2) {
    coverage.breaches.push_back("byte-range-form: " + words(range) + " is not two ranges");
  } else if (coverage.spans.front().begin != 0) {
    coverage.breaches.push_back("byte-range-start: " + words(range) + " does not begin at 0");
  } else if (coverage.spans[0].end != signature.contents_at ||
             coverage.spans[1].begin != signature.contents_end) {
    coverage.breaches.push_back(
        "byte-range-hole: " + words(range) + " leaves out something else than the /Contents at " +
        std::to_string(signature.contents_at) + " to " + std::to_string(signature.contents_end));
  } else {
    coverage.exact = signature.contents_end > signature.contents_at;
  }
  return coverage;
}

ByteRangeDigests::ByteRangeDigests(BytesView file)
    : file_(file), budget_(8 * file.size() + (std::size_t{64} << 20U)) {}

bool ByteRangeDigests::spend(std::size_t bytes) {
  if (bytes > budget_) return false;
  budget_ -= bytes;
  return true;
}

Bytes ByteRangeDigests::digest(crypto::DigestAlgorithm algorithm, const Coverage& coverage) {
  if (coverage.spans.empty() || !crypto::digestAvailable(algorithm)) return {};
  auto rest = coverage.spans.begin();
  auto mine = crypto::Digest(algorithm);
  if (rest->begin == 0) {
    auto& running =
        running_.try_emplace(algorithm, Running{crypto::Digest(algorithm), 0}).first->second;
    if (running.at > rest->end) running = {crypto::Digest(algorithm), 0};
    if (!spend(rest->end - running.at)) return {};
    running.digest.update(file_.subspan(running.at, rest->end - running.at));
    running.at = rest->end;
    mine = running.digest.fork();
    ++rest;
  }
  for (; rest != coverage.spans.end(); ++rest) {
    if (!spend(rest->end - rest->begin)) return {};
    mine.update(file_.subspan(rest->begin, rest->end - rest->begin));
  }
  return mine.finish();
}

Bytes ByteRangeDigests::wholeFile() {
  if (!running_.contains(crypto::DigestAlgorithm::Sha256)) return {};
  Coverage all;
  all.spans = {{0, file_.size()}};
  return digest(crypto::DigestAlgorithm::Sha256, all);
}

}  // namespace congvan::pades
