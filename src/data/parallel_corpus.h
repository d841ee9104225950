#pragma once

#include <cstdint>
#include <string>

#include "config/data_config.h"
#include "data/corpus_cache.h"
#include "text/tokenizer_training.h"
#include "text/tokenizers.h"

namespace heed {

// Tokens of a pair, without bos and eos.
struct PairLengths {
  int32_t source = 0;
  int32_t target = 0;
};

// Subword noise cuts texts anew in every epoch: for it the cache keeps them, normalised.
enum class KeepText { kNo, kYes };

// What becomes of pairs that are no good training text.
//   kTraining   a pair with an empty side or one that is not UTF-8 is dropped; a side over its limit as data.too_long
//               says
//   kEveryLine  no pair is dropped, so that loss and translations are measured on the same lines: a side over its
//               limit is cut as the translator cuts sources (under too_long: error refused), an empty one is the empty
//               sentence, one that is not UTF-8 (under invalid_utf8: skip) reads as empty, as LineReader reads it
enum class PairRule { kTraining, kEveryLine };

// What a corpus is opened for.
struct CorpusUse {
  KeepText keep_text = KeepText::kNo;
  PairRule pairs = PairRule::kTraining;
  bool copies_words = false;  // copying writes what is unknown (data/outside_words.h), from the text, which is kept

  bool keeps_text() const { return keep_text == KeepText::kYes || copies_words; }
};

// A parallel corpus in tokens: read and tokenised once, then read from a cache file, pair by pair, so that it may be
// larger than memory (which holds 24 bytes of each pair). Sentences are numbered from 0 in the order of the files,
// dropped pairs left out. Immutable and safe to read from several threads.
class ParallelCorpus {
 public:
  // Opens the cache of these files, tokenizers and limits, or makes it (with all cores), and logs one line about what
  // was kept and dropped. A cache with a damaged index is made anew, with a notice.
  // DataError: files not parallel, invalid text, a long pair under TooLong::kError, no pair left. Error: a file that
  // cannot be read (a pipe, say: a corpus is read twice) or a cache that cannot be written.
  static ParallelCorpus open(const CorpusConfig& files, const DataConfig& options, const Tokenizers& tokenizers,
                             const CorpusUse& use = {});

  int64_t size() const { return cache_.size(); }
  PairLengths lengths(int64_t i) const { return {cache_.source_length(i), cache_.target_length(i)}; }

  // With keeps_text() its texts are Tokenizer::normalized of the lines. DataError where the cache file was spoiled
  // meanwhile (CorpusCache::pair).
  CachedPair pair(int64_t i) const { return cache_.pair(i); }

  std::string place(int64_t i) const;  // "train.en:4711", for messages

  const CorpusCounts& counts() const { return cache_.counts(); }

  // SHA-256 of all that decides the content: the files' bytes, tokenizers, limits and use, not names or directories.
  const std::string& fingerprint() const { return fingerprint_; }

 private:
  ParallelCorpus(CorpusCache cache, CorpusConfig files, std::string fingerprint);

  CorpusCache cache_;
  CorpusConfig files_;
  std::string fingerprint_;
};

// What the ids and places in a cache of this corpus lie below.
CacheLimits cache_limits(const CorpusConfig& files, const Tokenizers& tokenizers);

// What the vocabularies of a run are made from: its training corpus.
TrainingTexts training_texts(const DataConfig& options);

// Where caches lie: data.cache_directory, else $XDG_CACHE_HOME/heed/corpora, else ~/.cache/heed/corpora. ConfigError
// where nothing names a home.
std::filesystem::path corpus_cache_directory(const DataConfig& options);

}  // namespace heed
