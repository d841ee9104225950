#pragma once

#include <string>
#include <utility>
#include <vector>

#include "eval/bleu_tokenizer.h"
#include "eval/signature.h"

namespace heed {

struct MetricOptions {
  BleuTokenizer tokenizer = BleuTokenizer::k13a;
  ModelPieces pieces;       // for kSpm
  int chrf_word_order = 0;  // 2: chrF++
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

// Throws ConfigError, listing what there is, for an unknown metric.
void check_metric(const std::string& name);

// Scores a corpus. Throws ConfigError as above, what eval/bleu.h says for texts and options that cannot be scored.
Score score(const std::string& metric, const std::vector<std::string>& hypotheses, const References& references,
            const MetricOptions& options = {});

}  // namespace heed
