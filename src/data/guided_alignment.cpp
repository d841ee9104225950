#include "data/guided_alignment.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "core/error.h"
#include "core/line_reader.h"

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

int32_t count_words(std::span<const int32_t> ids, const Tokenizer& tokenizer) {
  const std::vector<int32_t> words = words_of_pieces(ids, tokenizer);
  return words.empty() ? 0 : words.back() + 1;
}

}  // namespace

std::string training_fingerprint(const ParallelCorpus& corpus, const GuidedAlignment* guide) {
  return guide ? sha256_hex(corpus.fingerprint() + guide->fingerprint()) : corpus.fingerprint();
}

std::vector<int32_t> words_of_pieces(std::span<const int32_t> ids, const Tokenizer& tokenizer) {
  const bool plain = tokenizer.model_bytes().empty();
  std::vector<int32_t> words;
  int32_t word = -1;
  for (const int32_t id : ids) {
    if (plain || word < 0 || tokenizer.vocabulary().piece(id).starts_with(kBeginsWord)) ++word;
    words.push_back(word);
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
                                      const Tokenizers& tokenizers, const DataConfig& limits) {
  GuidedAlignment alignment(tokenizers);
  Sha256 content;
  for (const std::string& path : files) alignment.files_.push_back(read_file(path, content));
  alignment.fingerprint_ = content.hex();
  alignment.check(files, corpus, limits);
  return alignment;
}

// With the pieces as they are without noise: words are the same with it. A side that was cut has lost words that its
// line has, and its links may lead there.
void GuidedAlignment::check(const std::vector<std::string>& files, const ParallelCorpus& corpus,
                            const DataConfig& limits) const {
  const auto lacks = [](int32_t word, std::span<const int32_t> side, int32_t words, int64_t limit) {
    return word >= words && static_cast<int64_t>(side.size()) < limit;
  };
  for (int64_t i = 0; i < corpus.size(); ++i) {
    const CachedPair pair = corpus.pair(i);
    const auto place = [&] { return fmt::format("{}:{}", files.at(pair.file), pair.line); };
    if (pair.line > files_[pair.file].ends.size())
      throw DataError(fmt::format("{}: {} lines, but {} goes on: expected one for each pair of data.train",
                                  files[pair.file], files_[pair.file].ends.size(), corpus.place(i)));
    const int32_t sources = count_words(pair.source, *tokenizers_->source),
                  targets = count_words(pair.target, *tokenizers_->target);
    for (const WordLink& link : of_line(pair.file, pair.line))
      if (lacks(link.source, pair.source, sources, limits.max_source_length) ||
          lacks(link.target, pair.target, targets, limits.max_target_length))
        throw DataError(fmt::format("{}: {}-{} is beyond the pair, which has {} source and {} target words", place(),
                                    link.source, link.target, sources, targets));
  }
  size_t lines = 0;
  for (const File& file : files_) lines += file.ends.size();
  if (static_cast<int64_t>(lines) != corpus.counts().read)
    throw DataError(fmt::format("{}: {} lines, but data.train has {} pairs: expected one for each",
                                fmt::join(files, ", "), lines, corpus.counts().read));
}

std::span<const GuidedAlignment::WordLink> GuidedAlignment::of_line(uint32_t file, uint32_t line) const {
  const File& lines = files_[file];
  const size_t first = line > 1 ? lines.ends[line - 2] : 0;
  return std::span(lines.links).subspan(first, lines.ends[line - 1] - first);
}

std::vector<PieceLink> GuidedAlignment::links(const CachedPair& pair, std::span<const int32_t> source,
                                              std::span<const int32_t> target) const {
  const std::vector<int32_t> source_words = words_of_pieces(source, *tokenizers_->source),
                             target_words = words_of_pieces(target, *tokenizers_->target);
  std::vector<PieceLink> links;
  for (const WordLink& link : of_line(pair.file, pair.line)) {
    const auto [first_target, last_target] = std::equal_range(target_words.begin(), target_words.end(), link.target);
    const auto [first_source, last_source] = std::equal_range(source_words.begin(), source_words.end(), link.source);
    for (auto t = first_target; t != last_target; ++t)
      for (auto s = first_source; s != last_source; ++s)
        links.push_back(
            {static_cast<int32_t>(s - source_words.begin()), static_cast<int32_t>(t - target_words.begin())});
  }
  return links;
}

}  // namespace heed
