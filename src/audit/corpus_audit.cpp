#include "audit/corpus_audit.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "audit/shared_words.h"
#include "core/utf8.h"
#include "core/work.h"
#include "data/pair_reader.h"
#include "text/word_numbers.h"

namespace heed {
namespace {

constexpr int64_t kPairsOfAStep = 1000;  // between two reports

double ratio_of(int64_t part, int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

// A corpus's kept pairs, asked for in its own order.
class KeptPairs {
 public:
  explicit KeptPairs(const ParallelCorpus* corpus) : corpus_(corpus) { advance(); }

  std::optional<CachedPair> take(const TextPair& text) {
    if (!next_ || next_->file != text.file || next_->line != text.line) return std::nullopt;
    std::optional<CachedPair> pair = std::move(next_);
    advance();
    return pair;
  }

 private:
  void advance() {
    next_.reset();
    if (corpus_ != nullptr && number_ < corpus_->size()) next_ = corpus_->pair(number_++);
  }

  const ParallelCorpus* corpus_;
  int64_t number_ = 0;
  std::optional<CachedPair> next_;
};

struct LineFate {
  bool is_empty = false;  // no pieces
  bool is_long = false;   // for what the config allows
};

// Adds up one side.
class SideReader {
 public:
  SideReader(SideAudit& side, const Tokenizer& tokenizer, int64_t max_pieces, int64_t max_characters)
      : side_(side),
        tokenizer_(tokenizer),
        kinds_(tokenizer),
        max_pieces_(max_pieces),
        max_characters_(max_characters) {}

  // Of a line that is UTF-8; `known` are its pieces, as far as a cache holds them.
  LineFate add(std::string_view line, const std::vector<int32_t>* known, int64_t pair) {
    const std::string_view read = first_characters(line, max_characters_);
    const bool is_whole = known != nullptr && static_cast<int64_t>(known->size()) < max_pieces_;
    const std::vector<int32_t> cut = is_whole ? std::vector<int32_t>() : tokenizer_.encode(read);
    const std::vector<int32_t>& ids = is_whole ? *known : cut;
    const PieceCounts odd = kinds_.count(ids);
    side_.odd.unknown += odd.unknown;
    side_.odd.bytes += odd.bytes;
    side_.pieces.add(static_cast<int64_t>(ids.size()));
    side_.words += count_words(read);
    census_.add(line, pair);
    return {ids.empty(), static_cast<int64_t>(ids.size()) > max_pieces_ || read.size() < line.size()};
  }

  void finish() { side_.outside = census_.outside(tokenizer_); }

 private:
  SideAudit& side_;
  const Tokenizer& tokenizer_;
  const PieceKinds kinds_;
  const int64_t max_pieces_, max_characters_;
  CharacterCensus census_;
};

LineReaderOptions silent_reading(InvalidUtf8 policy) {
  LineReaderOptions options = corpus_reading(policy);
  options.notices = false;  // training's own reading gives them
  return options;
}

class CorpusReading {
 public:
  CorpusReading(const CorpusConfig& files, const DataConfig& options, const Tokenizers& tokenizers,
                const ParallelCorpus* cache)
      : kept_(cache),
        reader_(files, silent_reading(options.invalid_utf8)),
        source_(result_.audit.source, *tokenizers.source, options.max_source_length, options.max_characters),
        target_(result_.audit.target, *tokenizers.target, options.max_target_length, options.max_characters),
        work_("auditing " + std::filesystem::path(files.source.front()).filename().string(), "pairs") {
    result_.audit.files = files;
    result_.audit.ends.resize(files.source.size());
  }

  ShapedAudit read() {
    CorpusAudit& audit = result_.audit;
    for (TextPair text; reader_.next(text);) {
      add(text);
      for (size_t file = text.file; file < audit.ends.size(); ++file) audit.ends[file] = audit.pairs;
      if (audit.pairs % kPairsOfAStep == 0) work_.advance(kPairsOfAStep);
    }
    source_.finish();
    target_.finish();
    audit.ratio = length_ratio(result_.pairs);
    audit.shifts = find_shifts(result_.pairs, shared_);
    return std::move(result_);
  }

 private:
  void add(const TextPair& text) {
    CorpusAudit& audit = result_.audit;
    const int64_t number = audit.pairs++;
    const std::optional<CachedPair> kept = kept_.take(text);
    if (text.invalid) {
      audit.invalid.add(number);
      result_.pairs.emplace_back();
      shared_.add("", "");
      return;
    }
    const PairShape shape{shape_of(text.source), shape_of(text.target)};
    result_.pairs.push_back(shape);
    shared_.add(text.source, text.target);
    audit.source.characters += shape.source.characters;
    audit.target.characters += shape.target.characters;
    const LineFate source = source_.add(text.source, kept ? &kept->source : nullptr, number);
    const LineFate target = target_.add(text.target, kept ? &kept->target : nullptr, number);
    if (source.is_empty || target.is_empty)
      audit.empty.add(number);
    else if (source.is_long || target.is_long)
      audit.too_long.add(number);
    if (shape.has_text() && text.source == text.target) audit.equal_sides.add(number);
  }

  ShapedAudit result_;
  SharedWords shared_;
  KeptPairs kept_;
  PairReader reader_;
  SideReader source_, target_;
  Work work_;
};

}  // namespace

double SideAudit::pieces_a_word() const { return ratio_of(pieces.total(), words); }
double SideAudit::pieces_a_character() const { return ratio_of(pieces.total(), characters); }

PairPlace CorpusAudit::where(int64_t pair) const {
  const auto file = static_cast<size_t>(std::upper_bound(ends.begin(), ends.end(), pair) - ends.begin());
  return {file, pair - (file == 0 ? 0 : ends[file - 1]) + 1};
}

std::string CorpusAudit::place(int64_t pair) const {
  const PairPlace found = where(pair);
  return files.source.at(found.file) + ":" + std::to_string(found.line);
}

ShapedAudit audit_corpus(const CorpusConfig& files, const DataConfig& options, const Tokenizers& tokenizers,
                         const ParallelCorpus* cache) {
  ShapedAudit result = CorpusReading(files, options, tokenizers, cache).read();
  result.audit.repeats = PairIndex(result.pairs).repeats();
  return result;
}

}  // namespace heed
