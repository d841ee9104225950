#include "data/corpus_builder.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "core/count_text.h"
#include "core/error.h"
#include "core/utf8.h"
#include "core/work.h"
#include "data/pair_reader.h"
#include "text/round_trip.h"

namespace heed {
namespace {

// Lines read ahead, then tokenised by all cores: enough to keep them busy, little enough for any memory.
constexpr size_t kWindowPairs = 8192;
constexpr size_t kWindowBytes = size_t{16} << 20;
constexpr size_t kChunkPairs = 64;  // of a core at a time

struct EncodedPair {
  TextPair text;  // normalised once encoded, where texts are kept
  std::vector<int32_t> source, target;
  bool long_source = false, long_target = false;  // over data.max_characters, the rest left unread
  bool target_comes_back = true;
};

int64_t count_unknown(const std::vector<int32_t>& ids, const Tokenizer& tokenizer) {
  return std::count(ids.begin(), ids.end(), static_cast<int32_t>(tokenizer.vocabulary().special().unk));
}

class CorpusBuilder {
 public:
  CorpusBuilder(const std::filesystem::path& path, const CorpusConfig& files, const DataConfig& options,
                const Tokenizers& tokenizers, const CorpusUse& use)
      : files_(files),
        options_(options),
        tokenizers_(tokenizers),
        use_(use),
        reader_(files, corpus_reading(options.invalid_utf8)),
        writer_(path, cache_limits(files, tokenizers)),
        work_("tokenising " + std::filesystem::path(files.source.front()).filename().string(), "pairs") {}

  CorpusCache build() {
    while (read_window()) {
      encode_window();
      for (EncodedPair& pair : window_) keep_or_drop(pair);
    }
    if (counts_.kept() == 0) {
      throw DataError((files_.source.empty() ? std::string("corpus") : files_.source.front()) + ": no pairs left of " +
                      count_text(counts_.read) + " (" + count_text(counts_.empty) + " empty, " +
                      count_text(counts_.too_long) + " too long, " + count_text(counts_.invalid) + " not UTF-8)");
    }
    return writer_.commit(counts_);
  }

 private:
  bool read_window() {
    window_.clear();
    size_t bytes = 0;
    while (window_.size() < kWindowPairs && bytes < kWindowBytes) {
      EncodedPair pair;
      if (!reader_.next(pair.text)) break;
      bytes += pair.text.source.size() + pair.text.target.size();
      window_.push_back(std::move(pair));
    }
    return !window_.empty();
  }

  void encode(EncodedPair& pair) const {
    if (pair.text.invalid && use_.pairs == PairRule::kTraining) return;
    pair.long_source = cut_characters(pair.text.source);
    pair.long_target = cut_characters(pair.text.target);
    pair.source = tokenizers_.source->encode(pair.text.source);
    pair.target = tokenizers_.target->encode(pair.text.target);
    pair.target_comes_back = comes_back(*tokenizers_.target, pair.target, pair.text.target);
    if (!use_.keeps_text()) return;
    pair.text.source = tokenizers_.source->normalized(pair.text.source);
    pair.text.target = tokenizers_.target->normalized(pair.text.target);
  }

  // True where there are more of them than are read.
  bool cut_characters(std::string& line) const {
    const size_t readable = first_characters(line, options_.max_characters).size();
    const bool is_long = readable < line.size();
    line.resize(readable);
    return is_long;
  }

  // The pairs from `begin`; false where there are none.
  bool encode_chunk(size_t begin) {
    const size_t end = std::min(begin + kChunkPairs, window_.size());
    if (begin >= end) return false;
    for (size_t i = begin; i < end; ++i) encode(window_[i]);
    work_.advance(static_cast<int64_t>(end - begin));
    return true;
  }

  void encode_window() {
    std::atomic<size_t> next = 0;
    std::exception_ptr error;
    std::mutex error_mutex;
    const auto work = [&] {
      try {
        while (encode_chunk(next.fetch_add(kChunkPairs))) continue;
      } catch (...) {
        const std::lock_guard lock(error_mutex);
        error = std::current_exception();
      }
    };
    {
      std::vector<std::jthread> threads;
      try {
        for (unsigned t = 1; t < std::thread::hardware_concurrency(); ++t) threads.emplace_back(work);
      } catch (const std::system_error&) {  // no more threads to be had: fewer do the same
      }
      work();
    }
    if (error) std::rethrow_exception(error);
  }

  void keep_or_drop(EncodedPair& pair) {
    ++counts_.read;
    const bool drops = use_.pairs == PairRule::kTraining;
    const bool empty = pair.source.empty() || pair.target.empty();
    if (pair.text.invalid) ++(drops ? counts_.invalid : counts_.emptied);
    if (empty && drops && !pair.text.invalid) ++counts_.empty;
    if (drops && (pair.text.invalid || empty)) return;
    if (fits_limits(pair)) keep(pair);
  }

  // A side over its limit is cut, unless data.too_long says that the pair is dropped (false) or refused.
  bool fits_limits(EncodedPair& pair) {
    const auto source_limit = static_cast<size_t>(options_.max_source_length);
    const auto target_limit = static_cast<size_t>(options_.max_target_length);
    const bool long_source = pair.long_source || pair.source.size() > source_limit;
    const bool long_target = pair.long_target || pair.target.size() > target_limit;
    if (!long_source && !long_target) return true;
    if (options_.too_long == TooLong::kError) fail_too_long(pair, long_source);
    if (pair.long_source || pair.long_target) ++counts_.unread;
    const bool drops = options_.too_long == TooLong::kDrop && use_.pairs == PairRule::kTraining;
    ++(drops ? counts_.too_long : counts_.truncated);
    pair.source.resize(std::min(pair.source.size(), source_limit));
    pair.target.resize(std::min(pair.target.size(), target_limit));
    return !drops;
  }

  [[noreturn]] void fail_too_long(const EncodedPair& pair, bool source) const {
    const std::string file = (source ? files_.source : files_.target)[pair.text.file];
    const std::string place = file + ":" + std::to_string(pair.text.line) + ": ";
    const std::string advice = "; shorten the line or set data.too_long: drop or truncate";
    if (source ? pair.long_source : pair.long_target)
      throw DataError(place + "more characters than data.max_characters (" + count_text(options_.max_characters) + ")" +
                      advice);
    throw DataError(place + count_text(static_cast<int64_t>((source ? pair.source : pair.target).size())) +
                    " tokens, more than data.max_" + (source ? "source" : "target") + "_length (" +
                    count_text(source ? options_.max_source_length : options_.max_target_length) + ")" + advice);
  }

  void keep(EncodedPair& pair) {
    counts_.source_tokens += static_cast<int64_t>(pair.source.size());
    counts_.target_tokens += static_cast<int64_t>(pair.target.size());
    counts_.source_unknown += count_unknown(pair.source, *tokenizers_.source);
    counts_.target_unknown += count_unknown(pair.target, *tokenizers_.target);
    if (!pair.target_comes_back && counts_.changed++ == 0) counts_.first_changed = kept_;
    ++kept_;
    CachedPair record{std::move(pair.source), std::move(pair.target), {}, {}, pair.text.file, pair.text.line};
    if (use_.keeps_text()) {
      record.source_text = std::move(pair.text.source);
      record.target_text = std::move(pair.text.target);
    }
    writer_.add(record);
  }

  const CorpusConfig& files_;
  const DataConfig& options_;
  const Tokenizers& tokenizers_;
  const CorpusUse use_;
  PairReader reader_;
  CorpusCacheWriter writer_;
  CorpusCounts counts_;
  int64_t kept_ = 0;
  std::vector<EncodedPair> window_;
  Work work_;
};

}  // namespace

CorpusCache build_corpus_cache(const std::filesystem::path& path, const CorpusConfig& files, const DataConfig& options,
                               const Tokenizers& tokenizers, const CorpusUse& use) {
  return CorpusBuilder(path, files, options, tokenizers, use).build();
}

}  // namespace heed
