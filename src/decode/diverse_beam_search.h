#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "decode/beam_search.h"
#include "decode/search.h"

namespace heed {

// Diverse beam search (Vijayakumar et al. 2018) with Hamming diversity: beam_groups beams of equal size, one after
// another at each step; a token's rank falls by diversity_penalty for each hypothesis of the beams before that goes on
// with it. Scores carry the penalties, log_probability is the model's own.
class DiverseBeamSearch : public Search {
 public:
  // The first two must outlive it. The first `given` tokens are no choice and cost nothing. REQUIRES: beam_groups
  // divides beam_size.
  DiverseBeamSearch(const DecodeConfig& config, const SpecialIds& special, int64_t source_length,
                    const TokenRules& rules = {}, size_t given = 0);

  void advance(const RowScores& next) override;
  std::vector<Hypothesis> results() const override;

 private:
  DecodeConfig of_group_;
  std::shared_ptr<std::vector<int64_t>> chosen_;  // by the beams before, at this step
  std::vector<std::unique_ptr<BeamSearch>> groups_;
};

}  // namespace heed
