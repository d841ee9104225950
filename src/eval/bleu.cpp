#include "eval/bleu.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/error.h"
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

void take_larger(NgramCounts& counts, const NgramCounts& others) {
  for (size_t n = 0; n < counts.size(); ++n) {
    counts[n].resize(std::max(counts[n].size(), others[n].size()));
    for (size_t i = 0; i < others[n].size(); ++i) counts[n][i] = std::max(counts[n][i], others[n][i]);
  }
}

std::vector<uint32_t> word_ids(const std::string& line, const BleuOptions& options, WordIndex& words) {
  const std::u32string text = decode_line(line);
  const bool own_pieces = options.tokenizer == BleuTokenizer::kSpm;
  return words.ids(own_pieces ? options.pieces.tokens(text) : bleu_tokens(text, options.tokenizer));
}

double brevity_penalty(int64_t hypothesis_length, int64_t reference_length) {
  if (hypothesis_length >= reference_length) return 1.0;
  if (hypothesis_length == 0) return 0.0;
  return std::exp(1 - static_cast<double>(reference_length) / static_cast<double>(hypothesis_length));
}

double smoothing_value(const BleuOptions& options) {
  if (options.smoothing_value != 0) return options.smoothing_value;
  return options.smoothing == BleuSmoothing::kFloor ? 0.1 : 1.0;
}

// Fills the precisions and returns over how many orders the score averages.
size_t fill_precisions(const BleuOptions& options, BleuScore& score) {
  std::vector<double>& precisions = score.precisions;
  size_t orders = precisions.size();
  double halvings = 1;
  for (size_t n = 0; n < precisions.size(); ++n) {
    const double added = options.smoothing == BleuSmoothing::kAddK && n > 0 ? smoothing_value(options) : 0.0;
    const double count = static_cast<double>(score.counts[n]) + added;
    const double total = static_cast<double>(score.totals[n]) + added;
    if (total == 0) break;
    if (options.effective_order) orders = n + 1;
    if (count != 0) {
      precisions[n] = 100. * count / total;
    } else if (options.smoothing == BleuSmoothing::kExponential) {
      halvings *= 2;
      precisions[n] = 100. / (halvings * total);
    } else if (options.smoothing == BleuSmoothing::kFloor) {
      precisions[n] = 100. * smoothing_value(options) / total;
    }
  }
  return orders;
}

double geometric_mean(const std::vector<double>& precisions, size_t orders) {
  constexpr double kLogOfZero = -9999999999.0;
  double sum = 0;
  for (size_t n = 0; n < orders; ++n) sum += precisions[n] == 0 ? kLogOfZero : std::log(precisions[n]);
  return std::exp(sum / static_cast<double>(orders));
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

BleuSum::BleuSum(const BleuOptions& options, size_t num_references)
    : options_(options),
      num_references_(num_references),
      counts_(static_cast<size_t>(options.max_order)),
      totals_(static_cast<size_t>(options.max_order)) {
  if (options.tokenizer == BleuTokenizer::kSpm && !options.pieces.cut)
    throw ConfigError("BLEU's tokenizer spm cuts text as a model's own tokenizer does, but there is no model");
}

void BleuSum::add(const std::string& hypothesis, std::span<const std::string> references) {
  const size_t max_order = counts_.size();
  WordIndex words;
  NgramIndex ngrams(max_order);
  NgramCounts reference_counts(max_order);
  std::vector<int64_t> reference_lengths;
  for (const std::string& reference : references) {
    const auto ids = word_ids(reference, options_, words);
    take_larger(reference_counts, ngrams.count(ids));
    reference_lengths.push_back(static_cast<int64_t>(ids.size()));
  }
  const auto ids = word_ids(hypothesis, options_, words);
  const NgramCounts counts = ngrams.count(ids);
  const auto length = static_cast<int64_t>(ids.size());
  hypothesis_length_ += length;
  reference_length_ += closest_length(length, reference_lengths);
  for (size_t n = 0; n < max_order; ++n) {
    counts_[n] += matches(counts[n], reference_counts[n]);
    totals_[n] += ngrams_in(ids.size(), n + 1);
  }
}

BleuScore BleuSum::score() const {
  BleuScore score;
  score.counts = counts_;
  score.totals = totals_;
  score.hypothesis_length = hypothesis_length_;
  score.reference_length = reference_length_;
  if (score.reference_length > 0)
    score.ratio = static_cast<double>(score.hypothesis_length) / static_cast<double>(score.reference_length);
  score.brevity_penalty = brevity_penalty(hypothesis_length_, reference_length_);
  score.precisions.assign(counts_.size(), 0.0);
  const bool any_match = std::any_of(score.counts.begin(), score.counts.end(), [](int64_t n) { return n > 0; });
  if (any_match) {  // without one, smoothing would invent a score
    const size_t orders = fill_precisions(options_, score);
    score.score = score.brevity_penalty * geometric_mean(score.precisions, orders);
  }
  const bool own_pieces = options_.tokenizer == BleuTokenizer::kSpm;
  score.signature = fmt::format("nrefs:{}|case:mixed|eff:{}|tok:{}|smooth:{}|version:{}", num_references_,
                                options_.effective_order ? "yes" : "no",
                                own_pieces ? options_.pieces.name() : bleu_tokenizer_name(options_.tokenizer),
                                smoothing_name(options_), metric_version());
  score.text = text_form(score);
  return score;
}

BleuScore bleu(const std::vector<std::string>& hypotheses, const References& references, const BleuOptions& options) {
  check_parallel(hypotheses, references);
  BleuSum sum(options, references.size());
  for (size_t i = 0; i < hypotheses.size(); ++i) sum.add(hypotheses[i], line_of(references, i));
  return sum.score();
}

}  // namespace heed
