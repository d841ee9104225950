#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "decode/search.h"
#include "decode/token_rules.h"

namespace heed {

// Beam search. Its rules are those of CTranslate2 4 (BeamSearch::search in its src/decoding.cc). Each
// step ranks 2 * beam_size candidates. One among the first beam_size that ends in eos is finished, and the best
// unfinished candidate of the second half takes its place. The search ends when patience * beam_size hypotheses are
// finished or, without a length penalty and with a patience of 1, when the best candidate of some step is one of them,
// since nothing can be better then. The first token is not eos. At length_limit tokens the first beam_size candidates
// are finished as they are. Differences: sums are doubles; ties have an order (decode/candidates.h); a beam wider than
// there are candidates is not filled up with impossible ones; forbidden tokens keep their share of the probability, so
// that a log probability is the model's own; where a list is wanted (n_best above 1), beam_size hypotheses are finished
// even without a length penalty, since several may read alike; length_limit knows the source. A beam of 1 is greedy
// search.
class BeamSearch : public Search {
 public:
  // The first two must outlive it.
  BeamSearch(const DecodeConfig& config, const SpecialIds& special, int64_t source_length, TokenRules rules = {});

  void advance(const RowScores& next) override;
  size_t num_listed() const override { return rules_.empty() ? num_candidates() : 0; }
  void advance(const ListedTokens& next) override;
  std::vector<Hypothesis> results() const override { return ranked(finished_); }

  // The tokens, eos aside, that the last step took, also where they were the last ones.
  const std::vector<int64_t>& taken() const { return taken_; }

 private:
  // A hypothesis that goes on.
  struct Live {
    int32_t node;            // its last token
    double log_probability;  // the model's
  };
  using LogProbability = std::function<double(const Candidate&)>;  // the model's, of a candidate's token

  size_t num_candidates() const { return 2 * static_cast<size_t>(config_.beam_size); }
  std::vector<double> ranks() const;  // what live hypotheses are ranked by
  void go_on(const std::vector<Candidate>& candidates, const LogProbability& log_prob);
  void finish(const Candidate& candidate, const LogProbability& log_prob);
  bool enough_finished() const;

  TokenRules rules_;
  std::vector<Live> rows_;  // of live()
  std::vector<Hypothesis> finished_;
  std::vector<int64_t> taken_;
  bool top_finished_ = false;
};

}  // namespace heed
