#include "eval/chrf.h"

#include <fmt/format.h>

#include <numeric>
#include <string_view>

#include "eval/ngrams.h"
#include "eval/text_line.h"

namespace heed {
namespace {

// A line's n-grams: characters of order 1, 2, ..., then words of order 1, 2, ...
class LineNgrams {
 public:
  explicit LineNgrams(const ChrfOptions& options)
      : characters_(static_cast<size_t>(options.char_order)), word_ngrams_(static_cast<size_t>(options.word_order)) {}

  NgramCounts count(const std::string& line);

 private:
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

NgramCounts LineNgrams::count(const std::string& line) {
  const std::u32string text = decode_line(line);
  const auto words = split_at_space(text);
  std::vector<uint32_t> characters;
  characters.reserve(text.size());
  for (const auto word : words) characters.insert(characters.end(), word.begin(), word.end());
  NgramCounts counts = characters_.count(characters);
  for (auto& order : word_ngrams_.count(words_.ids(separate_punctuation(words)))) counts.push_back(std::move(order));
  return counts;
}

std::vector<NgramMatches> compare(const NgramCounts& hypothesis, const NgramCounts& reference) {
  const auto total = [](const std::vector<int64_t>& counts) {
    return std::accumulate(counts.begin(), counts.end(), int64_t{0});
  };
  std::vector<NgramMatches> statistics;
  for (size_t n = 0; n < hypothesis.size(); ++n) {
    const int64_t reference_total = total(reference[n]);
    // A hypothesis is not blamed for n-grams of an order its reference is too short for.
    const int64_t hypothesis_total = reference_total > 0 ? total(hypothesis[n]) : 0;
    statistics.push_back({hypothesis_total, reference_total, matches(hypothesis[n], reference[n])});
  }
  return statistics;
}

double f_score(const std::vector<NgramMatches>& statistics, int beta) {
  double precision = 0, recall = 0;
  int orders = 0;
  for (const auto& order : statistics) {
    if (order.hypothesis == 0 || order.reference == 0) continue;
    precision += static_cast<double>(order.both) / static_cast<double>(order.hypothesis);
    recall += static_cast<double>(order.both) / static_cast<double>(order.reference);
    ++orders;
  }
  if (orders == 0) return 0;
  precision /= orders;
  recall /= orders;
  if (precision + recall == 0) return 0;
  const double factor = beta * beta;
  double score = (1 + factor) * precision * recall;
  score /= factor * precision + recall;
  return 100 * score;
}

std::vector<NgramMatches> best_matches(const std::string& hypothesis_line, std::span<const std::string> references,
                                       const ChrfOptions& options) {
  LineNgrams ngrams(options);
  const NgramCounts hypothesis = ngrams.count(hypothesis_line);
  std::vector<NgramMatches> best;
  double best_score = -1;
  for (const std::string& reference : references) {
    auto statistics = compare(hypothesis, ngrams.count(reference));
    const double score = f_score(statistics, options.beta);
    if (score <= best_score) continue;
    best_score = score;
    best = std::move(statistics);
  }
  return best;
}

}  // namespace

ChrfSum::ChrfSum(const ChrfOptions& options, size_t num_references)
    : options_(options),
      num_references_(num_references),
      sums_(static_cast<size_t>(options.char_order + options.word_order)) {}

void ChrfSum::add(const std::string& hypothesis, std::span<const std::string> references) {
  const std::vector<NgramMatches> line = best_matches(hypothesis, references, options_);
  for (size_t n = 0; n < sums_.size(); ++n) {
    sums_[n].hypothesis += line[n].hypothesis;
    sums_[n].reference += line[n].reference;
    sums_[n].both += line[n].both;
  }
}

ChrfScore ChrfSum::score() const {
  ChrfScore score;
  score.score = f_score(sums_, options_.beta);
  score.signature = fmt::format("nrefs:{}|case:mixed|eff:yes|nc:{}|nw:{}|space:no|version:{}", num_references_,
                                options_.char_order, options_.word_order, metric_version());
  const std::string pluses(static_cast<size_t>(options_.word_order), '+');
  score.text = fmt::format("chrF{}{} = {:.2f}", options_.beta, pluses, score.score);
  return score;
}

ChrfScore chrf(const std::vector<std::string>& hypotheses, const References& references, const ChrfOptions& options) {
  check_parallel(hypotheses, references);
  ChrfSum sum(options, references.size());
  for (size_t i = 0; i < hypotheses.size(); ++i) sum.add(hypotheses[i], line_of(references, i));
  return sum.score();
}

}  // namespace heed
