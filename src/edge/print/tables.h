// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "office/work/tables.h"

#include <filesystem>

namespace congvan::print {

/// The port `work::Tables`: CSV by RFC 4180 and XLSX by libxlsxwriter. What is on its way lies in
/// `scratch` (XLSX) and among the temporary files of `blobs`, and is kept nowhere after it was
/// handed out.
class TableFiles final : public work::Tables {
 public:
  TableFiles(work::Blobs& blobs, std::filesystem::path scratch)
      : blobs_(blobs), scratch_(std::move(scratch)) {}

  Result<std::unique_ptr<work::TableWriter>> begin(work::TableFormat format,
                                                   const work::TableHead& head) override;

 private:
  work::Blobs& blobs_;
  const std::filesystem::path scratch_;
};

/// As a field of a CSV: quoted where it has to be. A cell that a spreadsheet program would run as a
/// formula gets an apostrophe in front, as those programs themselves write such text.
std::string csvField(std::string_view cell);

}  // namespace congvan::print
