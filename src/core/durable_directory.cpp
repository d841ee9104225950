#include "core/durable_directory.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>

#include "core/atomic_file.h"

namespace heed {

namespace {

namespace fs = std::filesystem;

// The pid at the end of "name.tmp-<pid>".
std::optional<pid_t> temporary_owner(const std::string& name) {
  constexpr std::string_view kMark = ".tmp-";
  const size_t mark = name.rfind(kMark);
  if (mark == std::string::npos || mark == 0) return std::nullopt;
  const char* const end = name.data() + name.size();
  pid_t pid = 0;
  const auto [rest, error] = std::from_chars(name.data() + mark + kMark.size(), end, pid);
  if (error != std::errc() || rest != end || pid <= 0) return std::nullopt;
  return pid;
}

bool is_gone(pid_t pid) { return pid == getpid() || (kill(pid, 0) != 0 && errno == ESRCH); }

}  // namespace

PendingDirectory::PendingDirectory(const fs::path& target)
    : target_(without_final_slash(target)), temporary_(temporary_name(target_)) {
  try_remove(temporary_);  // left by a killed process that had our pid
  make_directory(temporary_);
}

PendingDirectory::~PendingDirectory() { try_remove(temporary_); }

void PendingDirectory::write(const std::string& name, std::string_view bytes) const {
  FileWriter file = create(name);
  file.write(bytes);
  file.sync_and_close();
}

void PendingDirectory::commit() {
  sync_directory(temporary_);
  if (fs::exists(fs::symlink_status(target_)))
    exchange_paths(temporary_, target_);  // the destructor removes the old one
  else
    rename_path(temporary_, target_);
  sync_directory(parent_directory(target_));
}

void remove_directory(const fs::path& path) {
  const fs::path temporary = temporary_name(path);
  try_remove(temporary);
  rename_path(path, temporary);
  try_remove(temporary);
}

std::vector<fs::path> remove_stale_temporaries(const fs::path& parent) {
  std::vector<fs::path> stale;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(parent, error)) {
    const std::optional<pid_t> owner = temporary_owner(entry.path().filename().string());
    if (owner && is_gone(*owner)) stale.push_back(entry.path());
  }
  std::sort(stale.begin(), stale.end());
  std::erase_if(stale, [](const fs::path& path) { return !try_remove(path); });
  return stale;
}

}  // namespace heed
