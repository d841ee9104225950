#include "decode/minimum_risk.h"

#include <c10/util/Exception.h>

#include <map>
#include <memory>
#include <span>

#include "eval/metrics.h"

namespace heed {
namespace {

std::unique_ptr<const TextMetric> metric_of(MinimumRisk mbr) {
  MetricOptions options;
  options.bleu.effective_order = true;
  return make_metric(std::string(name_of(mbr)), "1", options);
}

double utility(const TextMetric& metric, const std::string& hypothesis, const std::string& reference) {
  return metric.value(std::span<const double>(metric.statistics(hypothesis, std::span(&reference, 1))));
}

}  // namespace

std::vector<double> expected_utilities(MinimumRisk mbr, const std::vector<std::string>& texts,
                                       const std::vector<double>& weights) {
  TORCH_CHECK(mbr != MinimumRisk::kNone && texts.size() == weights.size(), "a metric, and a weight for each text");
  std::map<std::string, double> distinct;  // samples repeat
  double total = 0;
  for (size_t i = 0; i < texts.size(); ++i) {
    distinct[texts[i]] += weights[i];
    total += weights[i];
  }
  const auto metric = metric_of(mbr);
  std::map<std::string, double> expected;
  for (const auto& [hypothesis, _] : distinct)
    for (const auto& [reference, weight] : distinct)
      expected[hypothesis] += weight * utility(*metric, hypothesis, reference) / total;
  std::vector<double> utilities;
  for (const std::string& text : texts) utilities.push_back(expected[text]);
  return utilities;
}

}  // namespace heed
