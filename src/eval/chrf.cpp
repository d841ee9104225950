#include "eval/chrf.h"

#include <fmt/format.h>

#include <string_view>

#include "eval/lower_case.h"
#include "eval/ngrams.h"
#include "eval/text_line.h"

namespace heed {
namespace {

// The n-grams of a line: of characters, and of words.
struct LineCounts {
  size_t num_characters = 0, num_words = 0;
  NgramCounts characters, words;
};

// Lines that are compared with each other.
class LineNgrams {
 public:
  explicit LineNgrams(const ChrfOptions& options)
      : options_(options),
        characters_(static_cast<size_t>(options.char_order)),
        word_ngrams_(static_cast<size_t>(options.word_order)) {}

  LineCounts count(const std::string& line);
  // The statistics of both.
  std::vector<double> compare(const LineCounts& hypothesis, const LineCounts& reference) const;

 private:
  const ChrfOptions& options_;
  NgramIndex characters_;
  NgramIndex word_ngrams_;
  WordIndex words_;
};

bool is_ascii_punctuation(char32_t c) {
  return (c >= U'!' && c <= U'/') || (c >= U':' && c <= U'@') || (c >= U'[' && c <= U'`') || (c >= U'{' && c <= U'~');
}

// One trailing punctuation mark, else one leading mark, becomes a word of its own: "(hi)" gives "(hi" and ")".
std::vector<std::u32string> separate_punctuation(const std::vector<std::u32string_view>& words) {
  std::vector<std::u32string> separated;
  for (const auto word : words) {
    if (word.size() > 1 && is_ascii_punctuation(word.back())) {
      separated.emplace_back(word.substr(0, word.size() - 1));
      separated.emplace_back(word.substr(word.size() - 1));
    } else if (word.size() > 1 && is_ascii_punctuation(word.front())) {
      separated.emplace_back(word.substr(0, 1));
      separated.emplace_back(word.substr(1));
    } else {
      separated.emplace_back(word);
    }
  }
  return separated;
}

LineCounts LineNgrams::count(const std::string& line) {
  const std::u32string text = options_.lowercase ? lower_case(decode_line(line)) : decode_line(line);
  const auto words = split_at_space(text);
  std::vector<uint32_t> characters;
  characters.reserve(text.size());
  for (const auto word : words) characters.insert(characters.end(), word.begin(), word.end());
  LineCounts counts{characters.size(), 0, characters_.count(characters), {}};
  if (options_.word_order == 0) return counts;
  const std::vector<uint32_t> ids = words_.ids(separate_punctuation(words));
  counts.num_words = ids.size();
  counts.words = word_ngrams_.count(ids);
  return counts;
}

std::vector<double> LineNgrams::compare(const LineCounts& hypothesis, const LineCounts& reference) const {
  std::vector<double> statistics;
  const auto add = [&](size_t ours, size_t theirs, const std::vector<int64_t>& both) {
    for (size_t n = 1; n <= both.size(); ++n) {
      const int64_t of_reference = ngrams_in(theirs, n);
      // A hypothesis is not blamed for n-grams of an order its reference is too short for.
      const int64_t of_hypothesis = of_reference > 0 ? ngrams_in(ours, n) : 0;
      for (const int64_t count : {of_hypothesis, of_reference, both[n - 1]})
        statistics.push_back(static_cast<double>(count));
    }
  };
  add(hypothesis.num_characters, reference.num_characters,
      characters_.matches(hypothesis.characters, reference.characters));
  add(hypothesis.num_words, reference.num_words, word_ngrams_.matches(hypothesis.words, reference.words));
  return statistics;
}

template <class A>
A f_score(std::span<const A> sums, int beta) {
  A precision = 0, recall = 0;
  int orders = 0;
  for (size_t n = 0; n + 2 < sums.size(); n += 3) {
    const A of_hypothesis = sums[n], of_reference = sums[n + 1], both = sums[n + 2];
    if (of_hypothesis == 0 || of_reference == 0) continue;
    precision += both / of_hypothesis;
    recall += both / of_reference;
    ++orders;
  }
  if (orders == 0) return 0;
  precision /= static_cast<A>(orders);
  recall /= static_cast<A>(orders);
  if (precision + recall == 0) return 0;
  const A factor = static_cast<A>(beta * beta);
  A score = (1 + factor) * precision * recall;
  score /= factor * precision + recall;
  return 100 * score;
}

}  // namespace

Chrf::Chrf(const ChrfOptions& options, const std::string& num_references)
    : options_(options), num_references_(num_references) {}

std::vector<double> Chrf::statistics(const std::string& hypothesis_line,
                                     std::span<const std::string> references) const {
  LineNgrams ngrams(options_);
  const LineCounts hypothesis = ngrams.count(hypothesis_line);
  std::vector<double> best;
  double best_score = -1;
  for (const std::string& reference : references) {
    std::vector<double> statistics = ngrams.compare(hypothesis, ngrams.count(reference));
    const double score = f_score<double>(statistics, options_.beta);
    if (score <= best_score) continue;
    best_score = score;
    best = std::move(statistics);
  }
  return best;
}

double Chrf::value(std::span<const double> sums) const { return f_score(sums, options_.beta); }
double Chrf::value(std::span<const float> sums) const { return f_score(sums, options_.beta); }

ChrfScore Chrf::details(std::span<const double> sums) const {
  const std::string pluses(static_cast<size_t>(options_.word_order), '+');
  ChrfScore score;
  score.score = value(sums);
  score.signature =
      fmt::format("nrefs:{}|case:{}|eff:yes|nc:{}|nw:{}|space:no|version:{}", num_references_,
                  options_.lowercase ? "lc" : "mixed", options_.char_order, options_.word_order, metric_version());
  score.text = fmt::format("chrF{}{} = {:.2f}", options_.beta, pluses, score.score);
  return score;
}

Score Chrf::score(std::span<const double> sums) const {
  const ChrfScore result = details(sums);
  return {"chrf",
          result.score,
          result.signature,
          {{"char_order", options_.char_order}, {"word_order", options_.word_order}, {"beta", options_.beta}},
          result.text};
}

ChrfScore chrf(const std::vector<std::string>& hypotheses, const References& references, const ChrfOptions& options) {
  const Chrf metric(options, std::to_string(references.size()));
  return metric.details(corpus_sums(metric, hypotheses, references));
}

}  // namespace heed
