// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/revisions.h"

#include "trust/pdf/cross_reference.h"
#include "trust/pdf/scan.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>

namespace congvan::pdf {
namespace {

constexpr std::string_view kStartXref = "startxref";
constexpr std::string_view kEndMark = "%%EOF";

/// What follows the keyword at `keyword`, with nothing but blanks between: some readers take a
/// comment for an offset of 0, and then look for objects all over the file.
std::optional<std::size_t> numberAfterStartXref(BytesView file, std::size_t keyword) {
  auto at = keyword + kStartXref.size();
  while (at < file.size() && isBlank(file[at])) ++at;
  Scanner scanner(file, at);
  const auto token = scanner.next();
  return token.begin == at ? wholeNumber(scanner.text(token)) : std::nullopt;
}

/// The end of the revision whose newest section is `section`: its own `startxref` and `%%EOF`.
std::optional<Revision> closeRevision(BytesView file, std::size_t section, std::size_t from) {
  const auto text = asText(file);
  auto keyword = text.find(kStartXref, from);
  while (keyword != std::string_view::npos) {
    const auto mark = text.find(kEndMark, keyword);
    if (mark == std::string_view::npos) return std::nullopt;
    if (numberAfterStartXref(file, keyword) == section) {
      Revision found{section, mark + kEndMark.size(), mark + kEndMark.size()};
      while (found.blank_end < file.size() && isBlank(file[found.blank_end])) ++found.blank_end;
      return found;
    }
    keyword = text.find(kStartXref, mark);
  }
  return std::nullopt;
}

RevisionList unclear(std::string detail) {
  return {{}, "revisions-unclear: " + std::move(detail)};
}

}  // namespace

RevisionList findRevisions(BytesView file, std::size_t most) {
  const auto keyword = asText(file).rfind(kStartXref);
  if (keyword == std::string_view::npos) return unclear("no startxref");
  auto next = numberAfterStartXref(file, keyword);
  if (!next) return unclear("startxref without a number");

  RevisionList list;
  std::set<std::size_t> seen;
  std::size_t newer_end = file.size();
  while (next) {
    if (seen.size() > 2 * most) return unclear("too many");
    if (!seen.insert(*next).second) return unclear("the chain loops");
    auto section = sectionAt(file, *next);
    if (!section) return unclear("no clear cross-reference section at " + std::to_string(*next));
    auto from = section->past;
    if (section->prev && *section->prev > section->at) {
      // Linearised: the section of the first page stands first, and the main one, at the end of the
      // same revision, is its /Prev.
      if (!seen.insert(*section->prev).second) return unclear("the chain loops");
      const auto main = sectionAt(file, *section->prev);
      if (!main) {
        return unclear("no clear cross-reference section at " + std::to_string(*section->prev));
      }
      from = main->past;
      section->prev = main->prev;
    }
    const auto revision = closeRevision(file.first(newer_end), *next, from);
    if (!revision) return unclear("no startxref and %%EOF for section " + std::to_string(*next));
    list.revisions.push_back(*revision);
    newer_end = revision->section < from ? revision->section : from;
    next = section->prev;
  }
  if (list.revisions.size() > most) return unclear("too many");
  std::reverse(list.revisions.begin(), list.revisions.end());
  return list;
}

}  // namespace congvan::pdf
