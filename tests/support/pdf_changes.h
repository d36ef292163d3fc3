// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/pdf_updates.h"
#include "trust/pdf/changes.h"

#include <gtest/gtest.h>

#include <stdexcept>

/// What the last revision of a file did to the one before it.
namespace congvan::test {

inline std::vector<pdf::Change> changesOf(const std::string& text) {
  const auto list = pdf::findRevisions(asBytes(text), 16);
  EXPECT_EQ(list.problem, "");
  pdf::ChangeHistory history(asBytes(text), list.revisions);
  const auto& made = history.of(list.revisions.size());
  if (!made) throw std::runtime_error(made.error().reason + " " + made.error().detail);
  return *made;
}

}  // namespace congvan::test
