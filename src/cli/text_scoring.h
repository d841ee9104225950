#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cli/reference_count.h"
#include "cli/scoring_options.h"
#include "eval/tokenizer_warning.h"

namespace heed {

// The scores of lines that come one after another, and what their reader is to be warned of.
class TextScoring {
 public:
  TextScoring(const ScoringOptions& options, const MetricOptions& base);

  // A hypothesis and its references.
  void add(ScoredTexts line);

  // `name` of the hypotheses, in warnings.
  std::vector<Score> scores(const std::string& name);

 private:
  void add_pending();
  void warn(const std::string& name) const;

  const std::vector<std::string> names_;  // of the metrics
  MetricOptions metric_options_;
  bool has_bleu_;
  ReferenceCount references_;
  Metrics metrics_;
  std::vector<std::vector<double>> sums_;  // by metric
  std::vector<ScoredTexts> pending_;       // lines that are yet to be scored
  TokenizerFit fit_;                       // of the first reference
  TokenizerFit::Counts fit_counts_;
  int64_t tokenized_ = 0;  // hypotheses that look like it
};

}  // namespace heed
