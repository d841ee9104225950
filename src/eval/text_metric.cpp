#include "eval/text_metric.h"

namespace heed {

void add_line(const std::vector<double>& line, std::vector<double>& sums) {
  sums.resize(line.size());
  for (size_t i = 0; i < line.size(); ++i) sums[i] += line[i];
}

std::vector<double> corpus_sums(const TextMetric& metric, const std::vector<std::string>& hypotheses,
                                const References& references) {
  check_parallel(hypotheses, references);
  std::vector<double> sums;
  for (size_t i = 0; i < hypotheses.size(); ++i)
    add_line(metric.statistics(hypotheses[i], line_of(references, i)), sums);
  return sums;
}

}  // namespace heed
