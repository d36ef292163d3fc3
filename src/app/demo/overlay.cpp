// SPDX-License-Identifier: Apache-2.0
#include "app/demo/overlay.h"

#include "trust/pdf/update.h"

#include <charconv>
#include <optional>

namespace congvan::app::demo {
namespace {

struct PageObject {
  int number = 0;
  std::string body;
};

/// The newest page object that stands uncompressed in the file.
std::optional<PageObject> findPage(std::string_view file) {
  for (auto at = file.rfind("/Type /Page"); at != std::string_view::npos && at > 0;
       at = file.rfind("/Type /Page", at - 1)) {
    if (file.substr(at).starts_with("/Type /Pages")) continue;
    const auto begin = file.rfind(" 0 obj", at);
    const auto end = file.find("endobj", at);
    if (begin == std::string_view::npos || end == std::string_view::npos) continue;
    auto digits = begin;
    while (digits > 0 && file[digits - 1] >= '0' && file[digits - 1] <= '9') --digits;
    PageObject page;
    std::from_chars(file.data() + digits, file.data() + begin, page.number);
    page.body = file.substr(begin + 6, end - begin - 6);
    if (page.number > 0 && page.body.find("/Contents") != std::string::npos) return page;
  }
  return std::nullopt;
}

int highestNumber(std::string_view file) {
  int highest = 0;
  for (auto at = file.find("/Size "); at != std::string_view::npos;
       at = file.find("/Size ", at + 1)) {
    int size = 0;
    std::from_chars(file.data() + at + 6, file.data() + std::min(file.size(), at + 16), size);
    highest = std::max(highest, size);
  }
  return highest;
}

std::string rootReference(std::string_view file) {
  const auto at = file.rfind("/Root ");
  if (at == std::string_view::npos) return {};
  const auto end = file.find('R', at + 6);
  return std::string(file.substr(at, end - at + 1));
}

}  // namespace

Result<Bytes> overlayPage(BytesView file) {
  const auto text = asText(file);
  auto page = findPage(text);
  auto base = pdf::readEnd(file);
  if (!base) return base.error();
  const auto root = rootReference(text);
  if (!page || root.empty()) return Error{Code::Malformed, "pdf_damaged"};
  base->next_number = highestNumber(text);
  base->trailer_entries = root;
  pdf::Update update(*base);
  const auto overlay = update.create();
  update.putStream(overlay, "", "q 1 1 1 rg 60 300 480 300 re f Q\n");
  const auto contents = page->body.find("/Contents");
  const auto old_begin = contents + 9;
  const auto old_end = page->body.find('R', old_begin) + 1;
  const auto old = page->body.substr(old_begin, old_end - old_begin);
  page->body.replace(
      old_begin, old_end - old_begin, " [" + old + " " + pdf::reference(overlay) + "]");
  update.put({page->number, 0}, page->body);
  const auto written = update.finish();
  if (!written) return written.error();
  Bytes forged = toBytes(file);
  append(forged, written->bytes);
  return forged;
}

}  // namespace congvan::app::demo
