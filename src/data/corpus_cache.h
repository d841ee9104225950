#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/file_bytes.h"
#include "core/file_operations.h"
#include "core/temporary.h"

namespace heed {

// What became of the pairs of a corpus.
struct CorpusCounts {
  int64_t read = 0;
  int64_t empty = 0;                               // dropped: a side without tokens
  int64_t too_long = 0;                            // dropped: a side over its limit
  int64_t invalid = 0;                             // dropped: a side that is not UTF-8, under data.invalid_utf8: skip
  int64_t truncated = 0;                           // kept, cut to the limit
  int64_t unread = 0;                              // of these two: a side over data.max_characters
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
  std::vector<int32_t> source, target;
  std::string source_text, target_text;
  uint32_t file = 0;  // which of the corpus's files, from 0
  uint32_t line = 0;  // line in it, from 1
};

// What a cache's numbers lie below: a cache is a file like any other, and its ids are about to pick rows of matrices.
struct CacheLimits {
  int64_t source_ids = 0, target_ids = 0;  // pieces of the vocabularies
  int64_t files = 0;                       // of the corpus
};

class CorpusCache;

// A corpus in one file: records; an index of them, which holds their places, lengths and digests; a trailer that ends
// in the SHA-256 of index and trailer. So opening a cache costs its index (24 bytes a pair: of 100 GB some 2 to 10 GB),
// and every record is checked whenever it is read. Numbers are in the machine's byte order. A cache appears under its
// name whole or not at all.
class CorpusCacheWriter {
 public:
  CorpusCacheWriter(const std::filesystem::path& path, const CacheLimits& limits);

  void add(const CachedPair& pair);

  // The cache, opened before it got its name: whoever removes that at once takes nothing away. Error where it cannot be
  // written or reads back damaged.
  CorpusCache commit(const CorpusCounts& counts);

 private:
  void write(std::string_view bytes);
  void flush();

  std::filesystem::path path_;
  CacheLimits limits_;
  Temporary temporary_;  // removes what was not committed
  FileWriter file_;
  std::string buffer_, index_;
  uint64_t offset_ = 0;
};

// Random access to such a file, kept open: it outlives its name. The index lies in memory. Safe to read from several
// threads.
class CorpusCache {
 public:
  // Nothing where the file is missing, has another format or a damaged index. The file's time becomes that of this
  // opening (where the system lets it): it tells when a cache was last used.
  static std::optional<CorpusCache> open(const std::filesystem::path& path, const CacheLimits& limits);

  int64_t size() const { return static_cast<int64_t>(index_.size()); }

  // DataError where its record is not what was written, be it that the file was damaged, truncated or written to since.
  // The file is then removed, so that the next opening finds none.
  CachedPair pair(int64_t i) const;

  int32_t source_length(int64_t i) const { return static_cast<int32_t>(entry(i).source_length); }
  int32_t target_length(int64_t i) const { return static_cast<int32_t>(entry(i).target_length); }
  const CorpusCounts& counts() const { return counts_; }

 private:
  friend class CorpusCacheWriter;
  struct Entry {
    uint64_t offset;                        // of the record in the file; it ends where the next one begins
    uint32_t source_length, target_length;  // tokens
    uint64_t digest;                        // of the record
  };
  struct Record {                         // its beginning; ids and texts follow
    uint32_t source_bytes, target_bytes;  // of the texts
    uint32_t file, line;
  };
  struct Trailer {
    char format[8];
    uint64_t index_offset, size;
    CorpusCounts counts;
  };

  CorpusCache(std::filesystem::path path, RegularFile file, const CacheLimits& limits)
      : path_(std::move(path)), file_(std::move(file)), limits_(limits) {}
  const Entry& entry(int64_t i) const { return index_[static_cast<size_t>(i)]; }
  uint64_t record_end(int64_t i) const { return i + 1 < size() ? entry(i + 1).offset : records_end_; }
  bool read_index();
  bool index_is_sound() const;
  std::optional<CachedPair> read_pair(int64_t i) const;

  std::filesystem::path path_;
  RegularFile file_;
  CacheLimits limits_;
  std::vector<Entry> index_;
  uint64_t records_end_ = 0;
  CorpusCounts counts_;
};

// The names of caches in their directory: those of corpora with this fingerprint, and whether one is such a name.
std::string corpus_cache_name(const std::string& fingerprint);
bool is_corpus_cache_name(std::string_view name);

}  // namespace heed
