#include "data/cache_listing.h"

#include <sys/stat.h>

#include <algorithm>
#include <optional>

#include "core/error.h"
#include "core/failure_text.h"
#include "core/temporary.h"
#include "data/corpus_cache.h"

namespace heed {
namespace {

namespace fs = std::filesystem;

constexpr std::time_t kDay = 24 * 60 * 60;

// Nothing for what is no regular file, or has just been removed by another process.
std::optional<CachedFile> regular_file(const fs::path& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return CachedFile{path, static_cast<uint64_t>(status.st_size), status.st_mtime};
}

void remove_file(const CachedFile& file) {
  std::error_code error;
  fs::remove(file.path, error);
  if (error) throw Error(file.path.string() + ": cannot be removed: " + failure_text(file.path, error.value()));
}

}  // namespace

uint64_t CacheListing::bytes() const {
  uint64_t sum = 0;
  for (const auto* files : {&corpora, &leftovers})
    for (const CachedFile& file : *files) sum += file.bytes;
  return sum;
}

CacheListing list_cache(const fs::path& directory) {
  CacheListing listing;
  if (!fs::exists(directory)) return listing;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory))
    if (is_corpus_cache_name(entry.path().filename().string()))
      if (const auto file = regular_file(entry.path())) listing.corpora.push_back(*file);
  std::sort(listing.corpora.begin(), listing.corpora.end(), [](const CachedFile& a, const CachedFile& b) {
    return a.last_used != b.last_used ? a.last_used > b.last_used : a.path < b.path;
  });
  for (const fs::path& path : stale_temporaries(directory, is_corpus_cache_name)) {
    const auto half = regular_file(Temporary::content_of(path));
    listing.leftovers.push_back(half ? CachedFile{path, half->bytes, half->last_used} : CachedFile{path});
  }
  return listing;
}

CacheListing prune_cache(const fs::path& directory, int64_t days) {
  CacheListing old = list_cache(directory);
  const std::time_t oldest_kept = std::time(nullptr) - days * kDay;
  std::erase_if(old.corpora, [&](const CachedFile& corpus) { return days > 0 && corpus.last_used >= oldest_kept; });
  for (const CachedFile& corpus : old.corpora) remove_file(corpus);
  const std::vector<fs::path> removed = remove_stale_temporaries(directory, is_corpus_cache_name);
  std::erase_if(old.leftovers, [&](const CachedFile& leftover) {
    return !std::binary_search(removed.begin(), removed.end(), leftover.path);
  });
  return old;
}

}  // namespace heed
