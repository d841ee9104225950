#include "core/temporary.h"

#include <algorithm>
#include <cctype>
#include <climits>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/file_operations.h"

namespace heed {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMark = ".tmp-";
constexpr size_t kRandomCharacters = 6;  // mkdtemp's
constexpr size_t kLongestName = NAME_MAX - kMark.size() - kRandomCharacters;
constexpr const char* kLock = "lock";
constexpr const char* kContent = "content";

// NAME of NAME.tmp-XXXXXX, "" for any other name.
std::string_view target_name(std::string_view name) {
  const size_t ending = kMark.size() + kRandomCharacters;
  if (name.size() <= ending) return {};
  const std::string_view mark = name.substr(name.size() - ending, kMark.size());
  const std::string_view random = name.substr(name.size() - kRandomCharacters);
  const bool is_random =
      std::all_of(random.begin(), random.end(), [](unsigned char c) { return std::isalnum(c) != 0; });
  return mark == kMark && is_random ? name.substr(0, name.size() - ending) : std::string_view();
}

// A person's directory of such a name holds other things.
bool looks_like_ours(const fs::path& directory) {
  std::error_code error;
  if (!fs::is_directory(fs::symlink_status(directory, error)) || error) return false;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error))
    if (const fs::path name = entry->path().filename(); name != kLock && name != kContent) return false;
  return !error;
}

// The lock of a leftover, taken; nothing where somebody lives who holds it, or nobody can know.
std::optional<FileLock> lock_of_leftover(const fs::path& directory) {
  if (!looks_like_ours(directory)) return std::nullopt;
  try {
    FileLock lock(directory / kLock);
    if (lock.state() == FileLock::State::kHeld) return lock;
  } catch (const Error&) {  // another user's, or just removed
  }
  return std::nullopt;
}

// The content goes while the lock is held; NFS cannot remove the directory of an open file.
bool remove_locked(const fs::path& directory, std::optional<FileLock>& lock) {
  const bool removed = try_remove(directory / kContent);
  lock.reset();
  return try_remove(directory) && removed;
}

}  // namespace

Temporary::Temporary(const fs::path& target) : target_(without_final_slash(target)) {
  const std::string name = target_.filename().string().substr(0, kLongestName);
  remove_stale_temporaries(parent_directory(target_), [&](std::string_view found) { return found == name; });
  while (true) {
    directory_ =
        make_directory_beside(target_.parent_path() / name, std::string(kMark) + std::string(kRandomCharacters, 'X'));
    lock_.reset();
    try {
      lock_.emplace(directory_ / kLock);
    } catch (const Error&) {
      if (!fs::exists(directory_)) continue;  // taken for a leftover before it was locked
      try_remove(directory_);
      throw;
    }
    if (lock_->state() != FileLock::State::kAnothers && lock_->file().leads_to(directory_ / kLock)) break;
  }
  content_ = content_of(directory_);
}

Temporary::~Temporary() { remove_locked(directory_, lock_); }

void Temporary::commit() {
  const bool is_directory = fs::is_directory(fs::symlink_status(content_));
  if (is_directory && fs::exists(fs::symlink_status(target_)))
    exchange_paths(content_, target_);
  else
    rename_path(content_, target_);
  sync_directory(parent_directory(target_));
}

fs::path Temporary::content_of(const fs::path& leftover) { return leftover / kContent; }

std::vector<fs::path> stale_temporaries(const fs::path& parent, const MeantTargets& is_meant) {
  std::vector<fs::path> stale;
  std::error_code error;
  for (fs::directory_iterator entry(parent, error), end; !error && entry != end; entry.increment(error)) {
    const std::string text = entry->path().filename().string();
    const std::string_view name = target_name(text);
    const bool meant = !name.empty() && (!is_meant || is_meant(name));
    if (meant && lock_of_leftover(entry->path())) stale.push_back(entry->path());
  }
  std::sort(stale.begin(), stale.end());
  return stale;
}

std::vector<fs::path> remove_stale_temporaries(const fs::path& parent, const MeantTargets& is_meant) {
  std::vector<fs::path> stale = stale_temporaries(parent, is_meant);
  std::erase_if(stale, [](const fs::path& path) {
    std::optional<FileLock> lock = lock_of_leftover(path);
    return !lock || !remove_locked(path, lock);
  });
  return stale;
}

}  // namespace heed
