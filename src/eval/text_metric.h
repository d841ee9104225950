#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "eval/signature.h"

namespace heed {

// One metric's result, whatever the metric.
struct Score {
  std::string name;                                   // as asked for: "bleu"
  double score = 0;                                   // 0 to 100, TER's beyond
  std::string signature;                              // how it was computed, in sacreBLEU's form
  std::vector<std::pair<std::string, double>> parts;  // what the score is made of, in reading order
  std::string text;                                   // one line for people
};

// What a metric makes of a corpus, line by line: numbers of each line that add up to the corpus', and a score of these.
// Whatever works on corpora, samples of their lines or single lines is written once over that. Safe from several
// threads.
class TextMetric {
 public:
  virtual ~TextMetric() = default;

  // Of a line and its references, at least one. DataError for invalid UTF-8.
  virtual std::vector<double> statistics(const std::string& hypothesis,
                                         std::span<const std::string> references) const = 0;
  // Of the sums over lines.
  virtual Score score(std::span<const double> sums) const = 0;
  // The number alone; in float where sacreBLEU, which sums the samples of its tests in float, computes so.
  virtual double value(std::span<const double> sums) const = 0;
  virtual double value(std::span<const float> sums) const = 0;
  virtual bool less_is_better() const { return false; }
};

// Adds a line's statistics to those of the lines before it; at first there are none.
void add_line(const std::vector<double>& line, std::vector<double>& sums);

// The sums of a corpus. DataError for unequal numbers of lines, none at all, or invalid UTF-8.
std::vector<double> corpus_sums(const TextMetric& metric, const std::vector<std::string>& hypotheses,
                                const References& references);

}  // namespace heed
