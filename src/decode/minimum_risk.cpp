#include "decode/minimum_risk.h"

#include <c10/util/Exception.h>

#include <map>
#include <span>

#include "eval/bleu.h"
#include "eval/chrf.h"

namespace heed {
namespace {

double utility(MinimumRisk mbr, const std::string& hypothesis, const std::string& reference) {
  const std::span references(&reference, 1);
  if (mbr == MinimumRisk::kBleu) {
    BleuOptions options;
    options.effective_order = true;
    BleuSum sum(options, 1);
    sum.add(hypothesis, references);
    return sum.score().score;
  }
  ChrfSum sum({}, 1);
  sum.add(hypothesis, references);
  return sum.score().score;
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
  std::map<std::string, double> expected;
  for (const auto& [hypothesis, _] : distinct)
    for (const auto& [reference, weight] : distinct)
      expected[hypothesis] += weight * utility(mbr, hypothesis, reference) / total;
  std::vector<double> utilities;
  for (const std::string& text : texts) utilities.push_back(expected[text]);
  return utilities;
}

}  // namespace heed
