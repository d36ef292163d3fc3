// SPDX-License-Identifier: Apache-2.0
#include "trust/pdf/revisions.h"

#include "trust/pdf/scan.h"

#include <algorithm>
#include <optional>
#include <set>

namespace congvan::pdf {
namespace {

constexpr std::string_view kStartXref = "startxref";
constexpr std::string_view kEndMark = "%%EOF";

struct Section {
  std::size_t at = 0;
  std::size_t past = 0;  ///< somewhere after its table and before its startxref
  std::optional<std::size_t> prev;
};

std::optional<std::size_t> numberAfterStartXref(BytesView file, std::size_t keyword) {
  Scanner scanner(file, keyword + kStartXref.size());
  const auto number = scanner.next();
  if (number.kind != TokenKind::Number) return std::nullopt;
  return wholeNumber(scanner.text(number));
}

/// nullopt: there is no such entry or it is no offset. Of duplicates the last counts, as for QPDF.
std::optional<std::size_t> offsetEntry(BytesView file,
                                       const std::vector<Entry>& entries,
                                       std::string_view key) {
  std::optional<std::size_t> found;
  for (const auto& entry : entries) {
    if (entry.key == key) {
      found = wholeNumber(asText(file.subspan(entry.begin, entry.end - entry.begin)));
    }
  }
  return found;
}

/// Passes the entries of a classic table. Returns where the trailer dictionary has to stand.
std::optional<std::size_t> endOfTable(BytesView file, Scanner scanner) {
  while (true) {
    const auto token = scanner.next();
    if (scanner.text(token) == "trailer") return token.end;
    const auto count_token = scanner.next();
    const auto count = wholeNumber(scanner.text(count_token));
    if (token.kind != TokenKind::Number || !count || *count > file.size() / 18) return std::nullopt;
    for (std::size_t i = 0; i < *count; ++i) {
      auto ahead = scanner;
      if (ahead.text(ahead.next()) == "trailer") break;  // fewer entries than announced
      scanner.next();
      scanner.next();
      scanner.next();
    }
  }
}

std::optional<Section> sectionAt(BytesView file, std::size_t at) {
  if (at >= file.size()) return std::nullopt;
  Scanner scanner(file, at);
  const auto first = scanner.next();
  std::optional<std::size_t> dictionary;
  if (scanner.text(first) == "xref") {
    dictionary = endOfTable(file, scanner);
  } else if (first.kind == TokenKind::Number) {
    scanner.next();
    const auto word = scanner.next();
    if (scanner.text(word) == "obj") dictionary = word.end;
  }
  if (!dictionary) return std::nullopt;
  const auto entries = dictionaryAt(file, *dictionary);
  if (!entries) return std::nullopt;
  const auto past = entries->empty() ? *dictionary : entries->back().end;
  return Section{at, past, offsetEntry(file, *entries, "/Prev")};
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
    if (!section) return unclear("no cross-reference section at " + std::to_string(*next));
    auto from = section->past;
    if (section->prev && *section->prev > section->at) {
      // Linearised: the section of the first page stands first, and the main one, at the end of the
      // same revision, is its /Prev.
      if (!seen.insert(*section->prev).second) return unclear("the chain loops");
      const auto main = sectionAt(file, *section->prev);
      if (!main) return unclear("no cross-reference section at " + std::to_string(*section->prev));
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
