#include "eval/metrics.h"

#include <algorithm>

#include "core/error.h"

namespace heed {
namespace {

BleuOptions bleu_options(const MetricOptions& options) {
  BleuOptions result;
  result.tokenizer = options.tokenizer;
  result.pieces = options.pieces;
  return result;
}

ChrfOptions chrf_options(const MetricOptions& options) {
  ChrfOptions result;
  result.word_order = options.chrf_word_order;
  return result;
}

std::variant<BleuSum, ChrfSum> sum_of(const std::string& metric, size_t num_references, const MetricOptions& options) {
  check_metric(metric);
  if (metric == "bleu") return BleuSum(bleu_options(options), num_references);
  return ChrfSum(chrf_options(options), num_references);
}

Score score_of(const BleuSum& sum) {
  const BleuScore result = sum.score();
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

Score score_of(const ChrfSum& sum) {
  const ChrfScore result = sum.score();
  const ChrfOptions& options = sum.options();
  Score score{"chrf", result.score, result.signature, {}, result.text};
  score.parts.emplace_back("char_order", options.char_order);
  score.parts.emplace_back("word_order", options.word_order);
  score.parts.emplace_back("beta", options.beta);
  return score;
}

}  // namespace

const std::vector<std::string>& metric_names() {
  static const std::vector<std::string> kNames = {"bleu", "chrf"};
  return kNames;
}

void check_metric(const std::string& name) {
  const auto& names = metric_names();
  if (std::find(names.begin(), names.end(), name) != names.end()) return;
  std::string known;
  for (const auto& its_name : names) known += (known.empty() ? "" : ", ") + its_name;
  throw ConfigError("unknown metric '" + name + "'; there are " + known);
}

MetricSum::MetricSum(const std::string& metric, size_t num_references, const MetricOptions& options)
    : sum_(sum_of(metric, num_references, options)) {}

void MetricSum::add(const std::string& hypothesis, std::span<const std::string> references) {
  std::visit([&](auto& sum) { sum.add(hypothesis, references); }, sum_);
}

Score MetricSum::score() const {
  return std::visit([](const auto& sum) { return score_of(sum); }, sum_);
}

Score score(const std::string& metric, const std::vector<std::string>& hypotheses, const References& references,
            const MetricOptions& options) {
  MetricSum sum(metric, references.size(), options);
  check_parallel(hypotheses, references);
  for (size_t i = 0; i < hypotheses.size(); ++i) sum.add(hypotheses[i], line_of(references, i));
  return sum.score();
}

}  // namespace heed
