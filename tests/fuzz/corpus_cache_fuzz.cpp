// A cache of a tokenised corpus that is not what it was.
#include "data/corpus_cache.h"
#include "fuzz/fuzz_input.h"

using namespace heed;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text = fuzz::text_of(data, size);
  const fuzz::MemoryFile file(text);
  fuzz::accepts([&] {
    const std::optional<CorpusCache> cache = CorpusCache::open(file.path());
    if (!cache) return;
    int64_t sum = 0;
    for (int64_t i = 0; i < cache->size(); ++i) {
      const CachedPair pair = cache->pair(i);
      for (const auto ids : {pair.source, pair.target})
        for (const int32_t id : ids) sum += id;
      for (const auto part : {pair.source_text, pair.target_text})
        for (const char c : part) sum += c;
    }
    fuzz::require(sum + 1 != sum, "every byte can be read");
  });
  return 0;
}
