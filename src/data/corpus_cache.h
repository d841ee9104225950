#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/file_operations.h"
#include "core/sha256.h"
#include "core/temporary.h"
#include "data/mapped_file.h"

namespace heed {

// What became of the pairs of a corpus.
struct CorpusCounts {
  int64_t read = 0;
  int64_t empty = 0;                               // dropped: a side without tokens
  int64_t too_long = 0;                            // dropped: a side over its limit
  int64_t invalid = 0;                             // dropped: a side that is not UTF-8, under data.invalid_utf8: skip
  int64_t truncated = 0;                           // kept, cut to the limit
  int64_t emptied = 0;                             // kept, a side that is not UTF-8 read as empty
  int64_t source_tokens = 0, target_tokens = 0;    // of the kept pairs, without bos and eos
  int64_t source_unknown = 0, target_unknown = 0;  // of those tokens
  int64_t changed = 0;                             // kept, with a target line that does not come back (round_trip.h)
  int64_t first_changed = 0;                       // the number of the first of them

  int64_t dropped() const { return empty + too_long + invalid; }
  int64_t kept() const { return read - dropped(); }
};

// One pair as the cache keeps it. Texts are empty unless they were asked for.
struct CachedPair {
  std::span<const int32_t> source, target;
  std::string_view source_text, target_text;
  uint32_t file = 0;  // which of the corpus's files, from 0
  uint32_t line = 0;  // line in it, from 1
};

class CorpusCache;

// A corpus in one file: records, an index of them, a trailer that ends in the SHA-256 of everything before it. Numbers
// are in the machine's byte order. It appears under its name whole or not at all.
class CorpusCacheWriter {
 public:
  explicit CorpusCacheWriter(const std::filesystem::path& path);

  void add(const CachedPair& pair);

  // The cache, opened before it got its name: whoever removes that at once takes nothing away. Error where it cannot be
  // written or reads back damaged.
  CorpusCache commit(const CorpusCounts& counts);

 private:
  void write(std::string_view bytes);
  void flush();

  std::filesystem::path path_;
  Temporary temporary_;  // removes what was not committed
  FileWriter file_;
  Sha256 digest_;
  std::string buffer_, index_;
  uint64_t offset_ = 0;
};

// Random access to such a file through a memory map, which outlives the file's name. Safe to read from several threads.
class CorpusCache {
 public:
  // Nothing where the file is missing, is damaged or has another format. The file's time becomes that of this opening
  // (where the system lets it): it tells when a cache was last used.
  static std::optional<CorpusCache> open(const std::filesystem::path& path);

  int64_t size() const { return static_cast<int64_t>(index_.size()); }
  CachedPair pair(int64_t i) const;
  int32_t source_length(int64_t i) const { return static_cast<int32_t>(entry(i).source_length); }
  int32_t target_length(int64_t i) const { return static_cast<int32_t>(entry(i).target_length); }
  const CorpusCounts& counts() const { return counts_; }

 private:
  friend class CorpusCacheWriter;
  struct Entry {
    uint64_t offset;
    uint32_t source_length, target_length;  // tokens
    uint32_t source_bytes, target_bytes;    // of the texts
    uint32_t file, line;
  };
  struct Trailer {
    char format[8];
    uint64_t index_offset, size;
    CorpusCounts counts;
  };

  explicit CorpusCache(MappedFile file) : file_(std::move(file)) {}
  const Entry& entry(int64_t i) const { return index_[static_cast<size_t>(i)]; }

  MappedFile file_;
  std::span<const Entry> index_;
  CorpusCounts counts_;
};

// The names of caches in their directory: those of corpora with this fingerprint, and whether one is such a name.
std::string corpus_cache_name(const std::string& fingerprint);
bool is_corpus_cache_name(std::string_view name);

}  // namespace heed
