#include "data/guided_alignment.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/error.h"
#include "core/line_reader.h"
#include "core/spaceless_scripts.h"
#include "core/thread_team.h"
#include "core/utf8.h"
#include "core/work.h"
#include "data/pair_reader.h"
#include "text/whole_words.h"
#include "text/word_numbers.h"

namespace heed {
namespace {

constexpr std::string_view kBeginsWord = "\u2581";  // sentencepiece's sign for the space before a word

// "3-4"; false for anything else.
template <class Link>
bool read_link(std::string_view text, Link& link) {
  const char* const end = text.data() + text.size();
  const auto [dash, error] = std::from_chars(text.data(), end, link.source);
  if (error != std::errc() || dash == end || *dash != '-') return false;
  const auto [rest, second] = std::from_chars(dash + 1, end, link.target);
  return second == std::errc() && rest == end && link.source >= 0 && link.target >= 0;
}

bool has_spaceless(std::string_view piece) {
  for (size_t offset = 0; offset < piece.size(); offset += utf8_character_length(piece, offset))
    if (is_written_without_spaces(code_point_at(piece, offset))) return true;
  return false;
}

// A line's words: the number of the word of each piece that is used, and how many words there are.
struct SideWords {
  std::vector<int32_t> of_pieces;
  int32_t count = 0;
  bool is_whole = true;  // false: the rest of the line was left unread, or its pieces were
};

SideWords words_of_line(const Tokenizer& tokenizer, const std::string& line, const DataConfig& data, int64_t limit) {
  SideWords words;
  const std::string_view read = first_characters(line, data.max_characters);
  const std::vector<int> numbers = word_numbers(read, tokenizer.cut(read));
  words.of_pieces.assign(numbers.begin(), numbers.end());
  if (!numbers.empty()) words.count = 1 + *std::max_element(numbers.begin(), numbers.end());
  words.count = std::max(words.count, static_cast<int32_t>(count_words(read)));  // the last may have no piece
  words.is_whole = read.size() == line.size();
  words.of_pieces.resize(std::min(words.of_pieces.size(), static_cast<size_t>(limit)));
  return words;
}

}  // namespace

struct GuidedAlignment::TextOfPair {
  TextPair text;
  CachedPair cached;      // the same in the corpus,
  int64_t sentence = -1;  // as this sentence of it; -1: dropped
  SideWords source, target;
};

std::string fingerprint_of(const GuidedAlignment* guide) { return guide ? guide->fingerprint() : "none"; }

std::vector<int32_t> words_of_pieces(std::span<const int32_t> ids, const Tokenizer& tokenizer) {
  const bool plain = tokenizer.type() == TokenizerType::kNone || tokenizer.type() == TokenizerType::kWord;
  const auto piece = [&](size_t i) -> const std::string& { return tokenizer.vocabulary().piece(ids[i]); };
  std::vector<int32_t> words;
  for (size_t first = 0; first < ids.size();) {
    size_t end = first + 1;
    bool of_pieces = has_spaceless(piece(first));
    for (; !plain && end < ids.size() && !piece(end).starts_with(kBeginsWord); ++end)
      of_pieces |= has_spaceless(piece(end));
    for (size_t i = first; i < end; ++i) {
      const bool begins = i == first || (of_pieces && piece(i - 1) != kBeginsWord);
      words.push_back(words.empty() ? 0 : words.back() + (begins ? 1 : 0));
    }
    first = end;
  }
  return words;
}

GuidedAlignment::File GuidedAlignment::read_file(const std::string& path, Sha256& content) {
  File file;
  LineReader reader(path);
  for (std::string line; reader.next(line);) {
    content.update(line);
    content.update("\n");
    for (const std::string_view text : split_tokens(line)) {
      WordLink link{};
      if (!read_link(text, link))
        throw DataError(fmt::format("{}:{}: expected links like 0-0 1-2 (source word, target word), found '{}'", path,
                                    file.ends.size() + 1, text.substr(0, 40)));
      file.links.push_back(link);
    }
    file.ends.push_back(file.links.size());
  }
  return file;
}

GuidedAlignment GuidedAlignment::read(const std::vector<std::string>& files, const ParallelCorpus& corpus,
                                      const Tokenizers& tokenizers, const DataConfig& data) {
  GuidedAlignment alignment(tokenizers);
  Sha256 content;
  for (const std::string& path : files) alignment.files_.push_back(read_file(path, content));
  alignment.fingerprint_ = content.hex();
  alignment.look_at(files, corpus, data);
  return alignment;
}

void GuidedAlignment::check(const std::string& file, const TextOfPair& text) const {
  for (const WordLink& link : of_line(text.text.file, text.text.line))
    if ((link.source >= text.source.count && text.source.is_whole) ||
        (link.target >= text.target.count && text.target.is_whole))
      throw DataError(fmt::format("{}:{}: {}-{} is beyond the pair, which has {} source and {} target words", file,
                                  text.text.line, link.source, link.target, text.source.count, text.target.count));
}

GuidedAlignment::PairWords GuidedAlignment::told_by_pieces(const CachedPair& pair) const {
  return {words_of_pieces(pair.source, *tokenizers_->source), words_of_pieces(pair.target, *tokenizers_->target)};
}

// A corpus's text beside the corpus itself, in blocks.
class GuidedAlignment::TextOfCorpus {
 public:
  TextOfCorpus(const ParallelCorpus& corpus, const DataConfig& data)
      : corpus_(corpus), reader_(data.train, corpus_reading(data.invalid_utf8)) {
    meet();
  }

  // False at the end.
  bool next(std::vector<TextOfPair>& block) {
    constexpr size_t kBlock = 4096;
    block.clear();
    for (TextPair text; block.size() < kBlock && reader_.next(text);) {
      const bool is_kept = expected_.file == text.file && expected_.line == text.line;
      block.push_back({std::move(text), {}, -1, {}, {}});
      if (!is_kept) continue;
      block.back().cached = std::move(expected_);
      block.back().sentence = sentence_++;
      meet();
    }
    return !block.empty();
  }

 private:
  void meet() { expected_ = sentence_ < corpus_.size() ? corpus_.pair(sentence_) : CachedPair(); }

  const ParallelCorpus& corpus_;
  PairReader reader_;
  int64_t sentence_ = 0;  // the first that the text has not reached
  CachedPair expected_;   // and its pair; of line 0 at the end
};

void GuidedAlignment::tell_words(TextOfPair& pair, const DataConfig& data) const {
  if (pair.sentence < 0) return;
  pair.source = words_of_line(*tokenizers_->source, pair.text.source, data, data.max_source_length);
  pair.target = words_of_line(*tokenizers_->target, pair.text.target, data, data.max_target_length);
}

void GuidedAlignment::look_at(const std::vector<std::string>& files, const ParallelCorpus& corpus,
                              const DataConfig& data) {
  constexpr int64_t kGrain = 64;
  std::vector<uint32_t> lines(files.size(), 0);
  const auto refuse_count = [&](size_t file, const std::string& found) {
    throw DataError(fmt::format("{}: {} lines, but {} {}: expected one for each of its lines", files[file],
                                files_[file].ends.size(), data.train.source[file], found));
  };
  Work work("looking at aligned words", "pairs", corpus.counts().read);
  TextOfCorpus texts(corpus, data);
  for (std::vector<TextOfPair> block; texts.next(block);) {
    parallel_for(static_cast<int64_t>(block.size()), kGrain, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) tell_words(block[static_cast<size_t>(i)], data);
    });
    for (TextOfPair& one : block) {
      lines[one.text.file] = one.text.line;
      if (one.text.line > files_[one.text.file].ends.size()) refuse_count(one.text.file, "goes on");
      if (one.sentence >= 0) keep_words(files[one.text.file], one);
    }
    work.advance(static_cast<int64_t>(block.size()));
  }
  for (size_t file = 0; file < files.size(); ++file)
    if (lines[file] < files_[file].ends.size()) refuse_count(file, fmt::format("has {}", lines[file]));
}

void GuidedAlignment::keep_words(const std::string& file, TextOfPair& pair) {
  check(file, pair);
  const PairWords told = told_by_pieces(pair.cached);
  if (told.source != pair.source.of_pieces || told.target != pair.target.of_pieces)
    words_[pair.sentence] = {std::move(pair.source.of_pieces), std::move(pair.target.of_pieces)};
}

int64_t GuidedAlignment::count() const {
  size_t count = 0;
  for (const File& file : files_) count += file.links.size();
  return static_cast<int64_t>(count);
}

std::span<const GuidedAlignment::WordLink> GuidedAlignment::of_line(uint32_t file, uint32_t line) const {
  const File& lines = files_[file];
  const size_t first = line > 1 ? lines.ends[line - 2] : 0;
  return std::span(lines.links).subspan(first, lines.ends[line - 1] - first);
}

std::vector<PieceLink> GuidedAlignment::links(int64_t sentence, const CachedPair& pair, bool is_noisy) const {
  const auto known = is_noisy ? words_.end() : words_.find(sentence);
  const PairWords words = known == words_.end() ? told_by_pieces(pair) : known->second;
  const auto pieces_of = [](const std::vector<int32_t>& all, int32_t word) {
    std::vector<int32_t> pieces;
    for (size_t i = 0; i < all.size(); ++i)
      if (all[i] == word) pieces.push_back(static_cast<int32_t>(i));
    return pieces;
  };
  std::vector<PieceLink> links;
  for (const WordLink& link : of_line(pair.file, pair.line)) {
    const std::vector<int32_t> sources = pieces_of(words.source, link.source);
    for (const int32_t target : pieces_of(words.target, link.target))
      for (const int32_t source : sources) links.push_back({source, target});
  }
  return links;
}

}  // namespace heed
