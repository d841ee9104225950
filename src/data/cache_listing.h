#pragma once

#include <cstdint>
#include <ctime>
#include <filesystem>
#include <vector>

namespace heed {

struct CachedFile {
  std::filesystem::path path;
  uint64_t bytes = 0;
  std::time_t last_used = 0;
};

// What Heed has put into a directory of corpus caches. Whatever else lies there is neither listed nor removed.
struct CacheListing {
  std::vector<CachedFile> corpora;    // the last used first
  std::vector<CachedFile> leftovers;  // half of a cache, of processes that were killed

  uint64_t bytes() const;  // of all
};

// Empty where there is no such directory.
CacheListing list_cache(const std::filesystem::path& directory);

// Removes all leftovers and the corpora that were not used within `days` days (0: every one), and returns what it
// removed. A run that uses a corpus keeps it to its end: only the name is removed, and the disk's space is free when
// the run has ended. What a live process is writing stays. Error where something cannot be removed.
CacheListing prune_cache(const std::filesystem::path& directory, int64_t days);

}  // namespace heed
