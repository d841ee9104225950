#include "eval/metrics.h"

#include <algorithm>

#include "config/eval_config.h"
#include "core/error.h"
#include "eval/exact_match.h"

namespace heed {
namespace {

Metric metric_of(const std::string& name) {
  for (const auto& [metric, its_name] : enum_names(Metric{}))
    if (name == its_name) return metric;
  std::string known;
  for (const auto& its_name : metric_names()) known += (known.empty() ? "" : ", ") + its_name;
  throw ConfigError("unknown metric '" + name + "'; there are " + known);
}

std::unique_ptr<const TextMetric> rouge(RougeKind kind, const std::string& num_references, RougeOptions options) {
  options.kind = kind;
  return std::make_unique<Rouge>(options, num_references);
}

}  // namespace

const std::vector<std::string>& metric_names() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> names;
    for (const auto& [metric, name] : enum_names(Metric{})) names.emplace_back(name);
    return names;
  }();
  return kNames;
}

void check_metric(const std::string& name) { metric_of(name); }

std::unique_ptr<const TextMetric> make_metric(const std::string& name, const std::string& num_references,
                                              const MetricOptions& options) {
  switch (metric_of(name)) {
    case Metric::kBleu:
      return std::make_unique<Bleu>(options.bleu, num_references);
    case Metric::kChrf:
      return std::make_unique<Chrf>(options.chrf, num_references);
    case Metric::kTer:
      return std::make_unique<Ter>(options.ter, num_references);
    case Metric::kRouge1:
      return rouge(RougeKind::kUnigrams, num_references, options.rouge);
    case Metric::kRouge2:
      return rouge(RougeKind::kBigrams, num_references, options.rouge);
    case Metric::kRougeL:
      return rouge(RougeKind::kLongest, num_references, options.rouge);
    case Metric::kRougeLsum:
      return rouge(RougeKind::kSummary, num_references, options.rouge);
    case Metric::kExactMatch:
      break;
  }
  return std::make_unique<ExactMatch>(num_references);
}

Score score(const std::string& metric, const std::vector<std::string>& hypotheses, const References& references,
            const MetricOptions& options) {
  const auto scorer = make_metric(metric, std::to_string(references.size()), options);
  return scorer->score(corpus_sums(*scorer, hypotheses, references));
}

}  // namespace heed
