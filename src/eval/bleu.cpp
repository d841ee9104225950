#include "eval/bleu.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/error.h"
#include "core/utf8.h"
#include "eval/lower_case.h"
#include "eval/ngrams.h"
#include "eval/text_line.h"

namespace heed {
namespace {

int64_t closest_length(int64_t length, const std::vector<int64_t>& reference_lengths) {
  return *std::min_element(reference_lengths.begin(), reference_lengths.end(), [length](int64_t a, int64_t b) {
    const int64_t distance_a = std::abs(length - a), distance_b = std::abs(length - b);
    return distance_a != distance_b ? distance_a < distance_b : a < b;
  });
}

// A hypothesis and its references, whose words are numbered together.
class LineWords {
 public:
  explicit LineWords(const BleuOptions& options) : options_(options) {}

  std::vector<uint32_t> ids(std::string_view line) {
    check_line(line);
    if (options_.lowercase) line = rewritten_.emplace_front(encode_line(lower_case(code_points(line))));
    return words_.ids(bleu_tokens(line, options_.tokenizer, rewritten_, options_.pieces));
  }

 private:
  const BleuOptions& options_;
  RewrittenLines rewritten_;
  WordIndex<char> words_;
};

double brevity_penalty(int64_t hypothesis_length, int64_t reference_length) {
  if (hypothesis_length >= reference_length) return 1.0;
  if (hypothesis_length == 0) return 0.0;
  return std::exp(1 - static_cast<double>(reference_length) / static_cast<double>(hypothesis_length));
}

double smoothing_value(const BleuOptions& options) {
  if (options.smoothing_value != 0) return options.smoothing_value;
  return options.smoothing == BleuSmoothing::kFloor ? 0.1 : 1.0;
}

// What the score is made of: a corpus' sums, or a sample's in float.
template <class A>
struct BleuSums {
  A hypothesis_length, reference_length;
  std::span<const A> counts, totals;

  static BleuSums of(std::span<const A> sums, size_t orders) {
    return {sums[0], sums[1], sums.subspan(2, orders), sums.subspan(2 + orders, orders)};
  }
};

// 0 to 100, smoothed, of each order; and over how many of them the score averages.
struct Precisions {
  std::vector<double> of_orders;
  size_t averaged;
};

template <class A>
Precisions precisions_of(const BleuOptions& options, const BleuSums<A>& sums) {
  Precisions result{std::vector<double>(sums.counts.size()), sums.counts.size()};
  A halvings = 1;
  for (size_t n = 0; n < sums.counts.size(); ++n) {
    const A added =
        options.smoothing == BleuSmoothing::kAddK && n > 0 ? static_cast<A>(smoothing_value(options)) : A{0};
    const A count = sums.counts[n] + added, total = sums.totals[n] + added;
    if (total == 0) break;
    if (options.effective_order) result.averaged = n + 1;
    if (count != 0) {
      result.of_orders[n] = A{100} * count / total;
    } else if (options.smoothing == BleuSmoothing::kExponential) {
      halvings *= 2;
      result.of_orders[n] = A{100} / (halvings * total);
    } else if (options.smoothing == BleuSmoothing::kFloor) {
      result.of_orders[n] = A{100} * static_cast<A>(smoothing_value(options)) / total;
    }
  }
  return result;
}

double geometric_mean(const Precisions& precisions) {
  constexpr double kLogOfZero = -9999999999.0;
  double sum = 0;
  for (size_t n = 0; n < precisions.averaged; ++n)
    sum += precisions.of_orders[n] == 0 ? kLogOfZero : std::log(precisions.of_orders[n]);
  return std::exp(sum / static_cast<double>(precisions.averaged));
}

// Without any match smoothing would invent a score.
template <class A>
double score_of(const BleuOptions& options, const BleuSums<A>& sums) {
  if (std::all_of(sums.counts.begin(), sums.counts.end(), [](A count) { return count == 0; })) return 0;
  return brevity_penalty(static_cast<int64_t>(sums.hypothesis_length), static_cast<int64_t>(sums.reference_length)) *
         geometric_mean(precisions_of(options, sums));
}

std::string smoothing_name(const BleuOptions& options) {
  switch (options.smoothing) {
    case BleuSmoothing::kNone:
      return "none";
    case BleuSmoothing::kFloor:
      return fmt::format("floor[{:.2f}]", smoothing_value(options));
    case BleuSmoothing::kAddK:
      return fmt::format("add-k[{:.2f}]", smoothing_value(options));
    case BleuSmoothing::kExponential:
      break;
  }
  return "exp";
}

std::string text_form(const BleuScore& score) {
  std::string precisions;
  for (const double p : score.precisions) precisions += fmt::format("{}{:.1f}", precisions.empty() ? "" : "/", p);
  return fmt::format("BLEU = {:.2f} {} (BP = {:.3f} ratio = {:.3f} hyp_len = {} ref_len = {})", score.score, precisions,
                     score.brevity_penalty, score.ratio, score.hypothesis_length, score.reference_length);
}

}  // namespace

Bleu::Bleu(const BleuOptions& options, const std::string& num_references)
    : options_(options), num_references_(num_references) {
  if (options.tokenizer == BleuTokenizer::kSpm && !options.pieces.cut)
    throw ConfigError("BLEU's tokenizer spm cuts text as a model's own tokenizer does, but there is no model");
}

std::vector<double> Bleu::statistics(const std::string& hypothesis, std::span<const std::string> references) const {
  const auto max_order = static_cast<size_t>(options_.max_order);
  LineWords words(options_);
  NgramIndex ngrams(max_order);
  std::vector<int64_t> reference_lengths;
  for (const std::string& reference : references) {
    const auto ids = words.ids(reference);
    ngrams.add(ids);
    reference_lengths.push_back(static_cast<int64_t>(ids.size()));
  }
  const auto ids = words.ids(hypothesis);
  const std::vector<int64_t> found = ngrams.matches(ids);
  const auto length = static_cast<int64_t>(ids.size());
  std::vector<double> statistics(2 + 2 * max_order);
  statistics[0] = static_cast<double>(length);
  statistics[1] = static_cast<double>(closest_length(length, reference_lengths));
  for (size_t n = 0; n < max_order; ++n) {
    statistics[2 + n] = static_cast<double>(found[n]);
    statistics[2 + max_order + n] = static_cast<double>(ngrams_in(ids.size(), n + 1));
  }
  return statistics;
}

double Bleu::value(std::span<const double> sums) const {
  return score_of(options_, BleuSums<double>::of(sums, static_cast<size_t>(options_.max_order)));
}
double Bleu::value(std::span<const float> sums) const {
  return score_of(options_, BleuSums<float>::of(sums, static_cast<size_t>(options_.max_order)));
}

BleuScore Bleu::details(std::span<const double> sums) const {
  const auto parts = BleuSums<double>::of(sums, static_cast<size_t>(options_.max_order));
  BleuScore score;
  score.counts.assign(parts.counts.begin(), parts.counts.end());
  score.totals.assign(parts.totals.begin(), parts.totals.end());
  score.hypothesis_length = static_cast<int64_t>(parts.hypothesis_length);
  score.reference_length = static_cast<int64_t>(parts.reference_length);
  if (score.reference_length > 0) score.ratio = parts.hypothesis_length / parts.reference_length;
  score.brevity_penalty = brevity_penalty(score.hypothesis_length, score.reference_length);
  score.precisions.assign(score.counts.size(), 0.0);
  score.score = value(sums);
  if (std::any_of(score.counts.begin(), score.counts.end(), [](int64_t n) { return n > 0; }))
    score.precisions = precisions_of(options_, parts).of_orders;
  const bool own_pieces = options_.tokenizer == BleuTokenizer::kSpm;
  score.signature = fmt::format("nrefs:{}|case:{}|eff:{}|tok:{}|smooth:{}|version:{}", num_references_,
                                options_.lowercase ? "lc" : "mixed", options_.effective_order ? "yes" : "no",
                                own_pieces ? options_.pieces.name() : bleu_tokenizer_name(options_.tokenizer),
                                smoothing_name(options_), metric_version());
  score.text = text_form(score);
  return score;
}

Score Bleu::score(std::span<const double> sums) const {
  const BleuScore result = details(sums);
  Score score{"bleu", result.score, result.signature, {}, result.text};
  const auto per_order = [&score](const std::string& part, const auto& values) {
    for (size_t n = 0; n < values.size(); ++n)
      score.parts.emplace_back(part + "_" + std::to_string(n + 1), static_cast<double>(values[n]));
  };
  per_order("precision", result.precisions);
  per_order("count", result.counts);
  per_order("total", result.totals);
  score.parts.emplace_back("brevity_penalty", result.brevity_penalty);
  score.parts.emplace_back("ratio", result.ratio);
  score.parts.emplace_back("hypothesis_length", static_cast<double>(result.hypothesis_length));
  score.parts.emplace_back("reference_length", static_cast<double>(result.reference_length));
  return score;
}

BleuScore bleu(const std::vector<std::string>& hypotheses, const References& references, const BleuOptions& options) {
  const Bleu metric(options, std::to_string(references.size()));
  return metric.details(corpus_sums(metric, hypotheses, references));
}

}  // namespace heed
