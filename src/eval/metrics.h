#pragma once

#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "eval/bleu.h"
#include "eval/bleu_tokenizer.h"
#include "eval/chrf.h"
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

// A metric of a corpus that comes line by line. Kept are sums, whatever the corpus's length.
class MetricSum {
 public:
  // ConfigError as above, and as eval/bleu.h says for options.
  MetricSum(const std::string& metric, size_t num_references, const MetricOptions& options = {});

  // A line and the one of each reference. DataError for invalid UTF-8.
  void add(const std::string& hypothesis, std::span<const std::string> references);

  Score score() const;

 private:
  std::variant<BleuSum, ChrfSum> sum_;
};

// Scores a corpus. Throws ConfigError as above, what eval/bleu.h says for texts and options that cannot be scored.
Score score(const std::string& metric, const std::vector<std::string>& hypotheses, const References& references,
            const MetricOptions& options = {});

}  // namespace heed
