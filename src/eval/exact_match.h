#pragma once

#include <span>
#include <string>
#include <vector>

#include "eval/text_metric.h"

namespace heed {

// The share of lines that equal one of their references, white space at their ends aside (JoeyNMT's sequence_accuracy):
// for tasks of one right answer. Statistics: such lines, and all.
class ExactMatch : public TextMetric {
 public:
  explicit ExactMatch(const std::string& num_references) : num_references_(num_references) {}

  std::vector<double> statistics(const std::string& hypothesis, std::span<const std::string> references) const override;
  Score score(std::span<const double> sums) const override;
  double value(std::span<const double> sums) const override { return 100 * sums[0] / sums[1]; }
  double value(std::span<const float> sums) const override { return 100 * sums[0] / sums[1]; }

 private:
  std::string num_references_;
};

}  // namespace heed
