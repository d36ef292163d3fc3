// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/files.h"

namespace congvan::storage {

Result<Bytes> Files::read(std::string_view path, std::uint64_t limit_bytes) const {
  const auto file = open(path);
  if (!file) return file.error();
  const auto bytes = (*file)->bytes();
  if (bytes.size() > limit_bytes) {
    return Error{Code::TooLarge, "file_too_large", {}, std::string(path)};
  }
  return toBytes(bytes);
}

std::string_view folderOf(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

Result<> writeDurably(Files& files,
                      std::string_view path,
                      BytesView bytes,
                      std::string_view unique) {
  const auto temporary = std::string(path) + "." + std::string(unique) + ".tmp";
  const auto stale = files.remove(temporary);
  if (!stale) return stale;
  {
    const auto file = files.create(temporary);
    if (!file) return file.error();
    auto written = (*file)->write(bytes);
    if (written) written = (*file)->sync();
    if (!written) {
      const auto removed = files.remove(temporary);
      return removed ? written : removed;
    }
  }
  const auto renamed = files.rename(temporary, path);
  if (!renamed) return renamed;
  return files.syncFolder(folderOf(path));
}

}  // namespace congvan::storage
