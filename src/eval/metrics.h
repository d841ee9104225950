#pragma once

#include <string>
#include <utility>
#include <vector>

#include "eval/signature.h"

namespace heed {

struct MetricOptions {
  std::string tokenizer = "13a";  // of BLEU: none, 13a, intl, char, zh
  int chrf_word_order = 0;        // 2: chrF++
};

// One metric's result, whatever the metric.
struct Score {
  std::string name;                                   // as asked for: "bleu"
  double score = 0;                                   // 0 to 100
  std::string signature;                              // how it was computed, in sacreBLEU's form
  std::vector<std::pair<std::string, double>> parts;  // what the score is made of, in reading order
  std::string text;                                   // one line for people
};

const std::vector<std::string>& metric_names();

// Throw ConfigError, listing what there is, for an unknown metric or tokenizer.
void check_metric(const std::string& name);
void check_metric_options(const MetricOptions& options);

// Scores a corpus. Throws ConfigError as above, DataError for texts that cannot be scored (eval/bleu.h).
Score score(const std::string& metric, const std::vector<std::string>& hypotheses, const References& references,
            const MetricOptions& options = {});

}  // namespace heed
