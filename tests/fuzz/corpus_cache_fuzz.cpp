// A cache of a tokenised corpus that is not what it was, with the digests that belong to it: without them none of it
// would be looked at any further.
#include "data/corpus_cache.h"

#include <cstring>

#include "core/sha256.h"
#include "fuzz/fuzz_input.h"

using namespace heed;

namespace {

constexpr CacheLimits kLimits{50, 60, 2};
constexpr size_t kDigestDigits = 64, kRecordDigits = 16, kEntryBytes = 24, kDigestInEntry = 16;
constexpr size_t kTrailerBytes = 8 + 2 * sizeof(uint64_t) + sizeof(CorpusCounts);

uint64_t number_at(const std::string& bytes, size_t place) {
  uint64_t number = 0;
  std::memcpy(&number, bytes.data() + place, sizeof(number));
  return number;
}

// Of records, in their entries, and of index and trailer at the end (data/corpus_cache.h).
std::string with_digests(std::string bytes) {
  if (bytes.size() < kTrailerBytes + kDigestDigits) return bytes;
  const size_t end = bytes.size() - kDigestDigits, trailer = end - kTrailerBytes;
  const uint64_t index = number_at(bytes, trailer + 8);
  if (index > trailer) return bytes;
  for (size_t entry = index; entry + kEntryBytes <= trailer; entry += kEntryBytes) {
    const bool is_last = entry + 2 * kEntryBytes > trailer;
    const uint64_t begin = number_at(bytes, entry), next = is_last ? index : number_at(bytes, entry + kEntryBytes);
    if (begin > next || next > index) continue;
    const std::string digits = sha256_hex(std::string_view(bytes).substr(begin, next - begin)).substr(0, kRecordDigits);
    const uint64_t digest = std::stoull(digits, nullptr, 16);
    std::memcpy(bytes.data() + entry + kDigestInEntry, &digest, sizeof(digest));
  }
  return bytes.substr(0, end) + sha256_hex(std::string_view(bytes).substr(index, end - index));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text = with_digests(fuzz::text_of(data, size));
  const fuzz::MemoryFile file(text);
  const std::optional<CorpusCache> cache = CorpusCache::open(file.path(), kLimits);
  if (!cache) return 0;
  for (int64_t i = 0; i < cache->size(); ++i) {
    fuzz::accepts([&] {
      const CachedPair pair = cache->pair(i);
      for (const int32_t id : pair.source) fuzz::require(id >= 0 && id < kLimits.source_ids, "source ids are bounded");
      for (const int32_t id : pair.target) fuzz::require(id >= 0 && id < kLimits.target_ids, "target ids are bounded");
      fuzz::require(pair.file < kLimits.files, "files are bounded");
    });
  }
  return 0;
}
