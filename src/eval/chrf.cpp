#include "eval/chrf.h"

#include <fmt/format.h>

#include <string_view>

#include "eval/lower_case.h"
#include "eval/ngrams.h"
#include "eval/text_line.h"

namespace heed {
namespace {

// The tokens of a line: characters, and words.
struct LineTokens {
  std::vector<uint32_t> characters, words;
};

// Lines that are compared with each other.
class ComparedLines {
 public:
  explicit ComparedLines(const ChrfOptions& options) : options_(options) {}

  LineTokens tokens(const std::string& line);
  // The statistics of both.
  std::vector<double> compare(const LineTokens& hypothesis, const LineTokens& reference) const;

 private:
  const ChrfOptions& options_;
  WordIndex<char32_t> words_;
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

LineTokens ComparedLines::tokens(const std::string& line) {
  const std::u32string text = options_.lowercase ? lower_case(decode_line(line)) : decode_line(line);
  const auto words = split_at_space(text);
  LineTokens tokens;
  tokens.characters.reserve(text.size());
  for (const auto word : words) tokens.characters.insert(tokens.characters.end(), word.begin(), word.end());
  if (options_.word_order > 0) tokens.words = words_.ids(separate_punctuation(words));
  return tokens;
}

// Of each order, the n-grams of the hypothesis, of the reference, and of both.
void add_orders(const std::vector<uint32_t>& hypothesis, const std::vector<uint32_t>& reference, int max_order,
                std::vector<double>& statistics) {
  if (max_order == 0) return;
  NgramIndex ngrams(static_cast<size_t>(max_order));
  ngrams.add(reference);
  const std::vector<int64_t> both = ngrams.matches(hypothesis);
  for (size_t n = 1; n <= both.size(); ++n) {
    const int64_t of_reference = ngrams_in(reference.size(), n);
    // A hypothesis is not blamed for n-grams of an order its reference is too short for.
    const int64_t of_hypothesis = of_reference > 0 ? ngrams_in(hypothesis.size(), n) : 0;
    for (const int64_t count : {of_hypothesis, of_reference, both[n - 1]})
      statistics.push_back(static_cast<double>(count));
  }
}

std::vector<double> ComparedLines::compare(const LineTokens& hypothesis, const LineTokens& reference) const {
  std::vector<double> statistics;
  add_orders(hypothesis.characters, reference.characters, options_.char_order, statistics);
  add_orders(hypothesis.words, reference.words, options_.word_order, statistics);
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
  ComparedLines lines(options_);
  const LineTokens hypothesis = lines.tokens(hypothesis_line);
  std::vector<double> best;
  double best_score = -1;
  for (const std::string& reference : references) {
    std::vector<double> statistics = lines.compare(hypothesis, lines.tokens(reference));
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
