#pragma once

#include <cstdint>
#include <vector>

#include "decode/phrase_progress.h"
#include "decode/search.h"
#include "decode/token_rules.h"

namespace heed {

// Beam search for translations that hold given phrases, by dynamic beam allocation (Post and Vilar 2018, section 3): a
// step's candidates are the best of all, the best of each hypothesis, and every one that brings a hypothesis further
// with its phrases; the beam goes in turn to those that have most of the phrases' tokens, one less, and so on. A
// hypothesis ends only when it has all phrases, and goes on with nothing but them where the rest of its length is
// needed for that. The search ends when patience * beam_size hypotheses are finished or, without a length penalty and
// with a patience of 1, when the best of them beats what goes on. Where the rules forbid a phrase there is no
// translation.
class ConstrainedBeamSearch : public Search {
 public:
  // The first two must outlive it. REQUIRES: phrases, none of them empty, of no more tokens than the length limit.
  ConstrainedBeamSearch(const DecodeConfig& config, const SpecialIds& special, int64_t source_length, TokenRules rules,
                        PhraseProgress::Phrases phrases);

  void advance(const RowScores& next) override;
  std::vector<Hypothesis> results() const override { return ranked(finished_); }

 private:
  // A hypothesis that goes on.
  struct Live {
    int32_t node;
    double log_probability;  // the model's
    PhraseProgress progress;
  };
  // A candidate, and how far its hypothesis is with it.
  struct Option {
    Candidate candidate;
    PhraseProgress progress;
  };

  std::vector<Option> options(const RuledScores& ruled) const;
  std::vector<Option> chosen(std::vector<Option> options) const;
  void go_on(const std::vector<Option>& options, const RuledScores& ruled, bool last_step);
  bool enough_finished() const;

  PhraseProgress::Phrases phrases_;
  TokenRules rules_;
  std::vector<Live> rows_;  // of live()
  std::vector<Hypothesis> finished_;
  double best_finished_;  // what it was ranked by
};

}  // namespace heed
