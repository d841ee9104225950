#include "eval/metrics.h"

#include <algorithm>

#include "core/error.h"
#include "eval/bleu.h"
#include "eval/chrf.h"

namespace heed {
namespace {

Score bleu_score(const std::vector<std::string>& hypotheses, const References& references,
                 const MetricOptions& options) {
  BleuOptions bleu_options;
  bleu_options.tokenizer = options.tokenizer;
  bleu_options.pieces = options.pieces;
  const BleuScore result = bleu(hypotheses, references, bleu_options);
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

Score chrf_score(const std::vector<std::string>& hypotheses, const References& references,
                 const MetricOptions& options) {
  ChrfOptions chrf_options;
  chrf_options.word_order = options.chrf_word_order;
  const ChrfScore result = chrf(hypotheses, references, chrf_options);
  Score score{"chrf", result.score, result.signature, {}, result.text};
  score.parts.emplace_back("char_order", chrf_options.char_order);
  score.parts.emplace_back("word_order", chrf_options.word_order);
  score.parts.emplace_back("beta", chrf_options.beta);
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

Score score(const std::string& metric, const std::vector<std::string>& hypotheses, const References& references,
            const MetricOptions& options) {
  check_metric(metric);
  return metric == "bleu" ? bleu_score(hypotheses, references, options) : chrf_score(hypotheses, references, options);
}

}  // namespace heed
