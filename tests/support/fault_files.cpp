// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fault_files.h"

#include <system_error>

namespace congvan::testing {
namespace {

class MemoryView final : public storage::FileView {
 public:
  explicit MemoryView(Bytes bytes) : bytes_(std::move(bytes)) {}
  BytesView bytes() const override { return bytes_; }

 private:
  Bytes bytes_;
};

bool isDirectlyIn(std::string_view path, std::string_view folder) {
  return storage::folderOf(path) == folder;
}

std::string_view lastName(std::string_view path) {
  return path.substr(path.rfind('/') == std::string_view::npos ? 0 : path.rfind('/') + 1);
}

}  // namespace

/// One operation: meets its fault when its number has come up.
template <typename Action>
Result<> FaultFiles::operation(const Action& action) {
  const auto fault = count_++ == armed_ ? fault_ : Fault::None;
  switch (fault) {
    case Fault::None:
      break;
    case Fault::CutBefore:
      throw PowerCut{};
    case Fault::FailsNotStored:
      throw std::system_error(EIO, std::generic_category(), "injected, not stored");
    case Fault::Full:
      return Error{Code::Unavailable, "storage_full"};
    case Fault::CutAfter:
    case Fault::FailsButStored: {
      const auto done = action();
      if (fault == Fault::CutAfter) throw PowerCut{};
      if (done) throw std::system_error(EIO, std::generic_category(), "injected, stored");
      return done;
    }
  }
  return action();
}

class FaultNewFile final : public storage::NewFile {
 public:
  FaultNewFile(FaultFiles& files, std::shared_ptr<FaultFiles::Node> node)
      : files_(files), node_(std::move(node)) {}

  Result<> write(BytesView more) override {
    return files_.operation([&]() -> Result<> {
      append(node_->written, more);
      return kDone;
    });
  }
  Result<> sync() override {
    return files_.operation([&]() -> Result<> {
      node_->synced = node_->written;
      return kDone;
    });
  }

 private:
  FaultFiles& files_;
  std::shared_ptr<FaultFiles::Node> node_;
};

const std::shared_ptr<FaultFiles::Node>* FaultFiles::find(std::string_view path) const {
  const auto found = now_.find(path);
  return found == now_.end() ? nullptr : &found->second;
}

bool FaultFiles::folderExists(std::string_view folder) const {
  const auto* const found = find(folder);
  return folder.empty() || (found != nullptr && (*found)->is_folder);
}

Result<std::unique_ptr<storage::NewFile>> FaultFiles::create(std::string_view path) {
  std::shared_ptr<Node> node = std::make_shared<Node>();
  const auto done = operation([&]() -> Result<> {
    if (!folderExists(storage::folderOf(path))) return Error{Code::NotFound, "folder_missing"};
    if (find(path) != nullptr) return Error{Code::Conflict, "file_exists"};
    now_[std::string(path)] = node;
    return kDone;
  });
  if (!done) return done.error();
  return std::unique_ptr<storage::NewFile>(std::make_unique<FaultNewFile>(*this, std::move(node)));
}

Result<> FaultFiles::rename(std::string_view from, std::string_view to) {
  return operation([&]() -> Result<> {
    const auto source = now_.find(from);
    if (source == now_.end()) return Error{Code::NotFound, "file_missing"};
    now_[std::string(to)] = source->second;
    now_.erase(now_.find(from));
    return kDone;
  });
}

Result<> FaultFiles::syncFolder(std::string_view folder) {
  return operation([&]() -> Result<> {
    if (!folderExists(folder)) return Error{Code::NotFound, "folder_missing"};
    std::erase_if(durable_, [&](const auto& one) { return isDirectlyIn(one.first, folder); });
    for (const auto& [path, node] : now_) {
      if (isDirectlyIn(path, folder)) durable_[path] = node;
    }
    return kDone;
  });
}

Result<> FaultFiles::makeFolders(std::string_view folder) {
  return operation([&]() -> Result<> {
    for (auto path = folder; !path.empty(); path = storage::folderOf(path)) {
      if (find(path) == nullptr) {
        now_[std::string(path)] = std::make_shared<Node>(Node{true, {}, {}});
      }
      durable_[std::string(path)] = now_.find(path)->second;
    }
    return kDone;
  });
}

Result<> FaultFiles::remove(std::string_view path) {
  return operation([&]() -> Result<> {
    const auto found = now_.find(path);
    if (found != now_.end()) now_.erase(found);
    return kDone;
  });
}

Result<> FaultFiles::removeFolder(std::string_view folder) {
  return operation([&]() -> Result<> {
    const auto found = now_.find(folder);
    if (found == now_.end()) return kDone;
    for (const auto& one : now_) {
      if (isDirectlyIn(one.first, folder)) return Error{Code::Conflict, "folder_not_empty"};
    }
    now_.erase(found);
    return kDone;
  });
}

Result<std::unique_ptr<storage::FileView>> FaultFiles::open(std::string_view path) const {
  const auto* const found = find(path);
  if (found == nullptr || (*found)->is_folder) return Error{Code::NotFound, "file_missing"};
  return std::unique_ptr<storage::FileView>(std::make_unique<MemoryView>((*found)->written));
}

Result<std::vector<storage::FolderEntry>> FaultFiles::list(std::string_view folder) const {
  std::vector<storage::FolderEntry> entries;
  for (const auto& [path, node] : now_) {
    if (!isDirectlyIn(path, folder)) continue;
    entries.push_back(
        {std::string(lastName(path)), node->is_folder, node->written.size(), Instant{}});
  }
  return entries;
}

void FaultFiles::restart(Unsynced unsynced, std::uint64_t seed) {
  armed_ = UINT64_MAX;
  fault_ = Fault::None;
  count_ = 0;
  std::mt19937_64 chance(seed);
  const auto heads = [&] { return (chance() & 1U) == 1U; };
  Names left = durable_;
  if (unsynced == Unsynced::Kept) left = now_;
  if (unsynced == Unsynced::Torn) {
    for (const auto& [path, node] : now_) {
      if (heads()) left[path] = node;
    }
    for (const auto& one : durable_) {
      if (find(one.first) == nullptr && heads()) left.erase(one.first);
    }
  }
  now_.clear();
  for (const auto& [path, node] : left) {
    auto bytes = unsynced == Unsynced::Kept ? node->written : node->synced;
    if (unsynced == Unsynced::Torn && node->written.size() > bytes.size()) {
      const auto extra = chance() % (node->written.size() - bytes.size() + 1);
      bytes.assign(node->written.begin(),
                   node->written.begin() + static_cast<std::ptrdiff_t>(bytes.size() + extra));
    }
    now_[path] = std::make_shared<Node>(Node{node->is_folder, bytes, bytes});
  }
  // A name whose folder was lost cannot be reached.
  std::erase_if(now_, [&](const auto& one) { return !folderExists(storage::folderOf(one.first)); });
  durable_ = now_;
}

std::map<std::string, Bytes> FaultFiles::snapshot() const {
  std::map<std::string, Bytes> files;
  for (const auto& [path, node] : now_) {
    if (!node->is_folder) files[path] = node->written;
  }
  return files;
}

}  // namespace congvan::testing
