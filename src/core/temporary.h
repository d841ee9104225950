#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "core/file_lock.h"

namespace heed {

// Where the new content of a file, link or directory is prepared before it takes that name in one step: a directory
// beside the target, TARGET.tmp-XXXXXX (six random characters; of a name that is too long for that, its beginning),
// with two entries,
//   lock      locked by whoever prepares (core/file_lock.h)
//   content   what is prepared
// What a process that was killed leaves behind has a lock that nobody holds. The next Temporary of that target, or
// remove_stale_temporaries, removes it.
class Temporary {
 public:
  // Removes leftovers of the same target, then makes the directory, without content. Error where it cannot be made.
  explicit Temporary(const std::filesystem::path& target);
  ~Temporary();  // removes it with all that is in it
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;

  const std::filesystem::path& content() const { return content_; }

  // Where one that has been left behind has it.
  static std::filesystem::path content_of(const std::filesystem::path& leftover);

  // Gives the content, which must be synced, the target's name and syncs the parent. Where something is there already,
  // a file or link replaces it, and a directory changes places with it (renameat2 RENAME_EXCHANGE; Error on file
  // systems without it), so that it is removed in the end.
  void commit();

 private:
  std::filesystem::path target_, directory_, content_;
  std::optional<FileLock> lock_;
};

// The leftovers in `parent` of targets whose NAME `is_meant` (empty: any), in the order of their names. Where the file
// system has no locks there are none.
using MeantTargets = std::function<bool(std::string_view name)>;
std::vector<std::filesystem::path> stale_temporaries(const std::filesystem::path& parent,
                                                     const MeantTargets& is_meant = {});

// Removes those and returns the ones it could remove.
std::vector<std::filesystem::path> remove_stale_temporaries(const std::filesystem::path& parent,
                                                            const MeantTargets& is_meant = {});

}  // namespace heed
