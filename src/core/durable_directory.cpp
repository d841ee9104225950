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

// What stands in "<name>.tmp-<pid>".
struct Temporary {
  std::string_view name;
  pid_t owner = 0;
};

std::optional<Temporary> temporary_of(const std::string& entry) {
  constexpr std::string_view kMark = ".tmp-";
  const size_t mark = entry.rfind(kMark);
  if (mark == std::string::npos || mark == 0) return std::nullopt;
  const char* const end = entry.data() + entry.size();
  Temporary temporary{std::string_view(entry).substr(0, mark)};
  const auto [rest, error] = std::from_chars(entry.data() + mark + kMark.size(), end, temporary.owner);
  if (error != std::errc() || rest != end || temporary.owner <= 0) return std::nullopt;
  return temporary;
}

bool is_gone(pid_t pid) { return pid == getpid() || (kill(pid, 0) != 0 && errno == ESRCH); }

}  // namespace

PendingDirectory::PendingDirectory(const fs::path& target)
    : target_(without_final_slash(target)), temporary_(temporary_name(target_)) {
  remove_stale_temporaries(parent_directory(target_), target_.filename().string());
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

std::vector<fs::path> stale_temporaries(const fs::path& parent,
                                        const std::function<bool(std::string_view name)>& is_meant) {
  std::vector<fs::path> stale;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(parent, error)) {
    const std::string text = entry.path().filename().string();
    const std::optional<Temporary> temporary = temporary_of(text);
    if (temporary && is_meant(temporary->name) && is_gone(temporary->owner)) stale.push_back(entry.path());
  }
  std::sort(stale.begin(), stale.end());
  return stale;
}

std::vector<fs::path> remove_stale_temporaries(const fs::path& parent, std::string_view name) {
  std::vector<fs::path> stale =
      stale_temporaries(parent, [&](std::string_view found) { return name.empty() || found == name; });
  std::erase_if(stale, [](const fs::path& path) { return !try_remove(path); });
  return stale;
}

}  // namespace heed
