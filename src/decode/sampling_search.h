#pragma once

#include <cstdint>
#include <vector>

#include "core/random.h"
#include "decode/search.h"
#include "decode/token_rules.h"

namespace heed {

// Ancestral sampling: n_best hypotheses, each token drawn from p^(1 / temperature) of what is left of the model's
// distribution by the rules, the top_k most probable tokens (Fan et al. 2018) and then the fewest whose probabilities
// reach top_p (Holtzman et al. 2020). log_probability is the model's own.
class SamplingSearch : public Search {
 public:
  // The first two must outlive it. `key`: of the line's draws, which do not depend on other lines.
  SamplingSearch(const DecodeConfig& config, const SpecialIds& special, int64_t source_length, uint64_t key,
                 TokenRules rules = {});

  void advance(const RowScores& next) override;
  std::vector<Hypothesis> results() const override { return ranked(finished_); }

 private:
  struct Sample {
    int32_t node;
    double log_probability;
    RandomStream stream;
  };

  TokenRules rules_;
  std::vector<Sample> samples_;  // of live(), but at first all of its one row
  std::vector<Hypothesis> finished_;
};

}  // namespace heed
