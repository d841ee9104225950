#include "decode/beam_search.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <utility>

namespace heed {

BeamSearch::BeamSearch(const DecodeConfig& config, const SpecialIds& special, int64_t source_length, TokenRules rules)
    : Search(config, special, source_length), rules_(std::move(rules)), rows_{{HypothesisTree::kRoot, 0}} {}

void BeamSearch::advance(const RowScores& next) {
  const RuledScores ruled(next, rules_, [&](size_t row) { return tree_.tokens(rows_[row].node); });
  go_on(best_candidates(ruled.scores(), ranks(), num_candidates(), forbidden()),
        [&](const Candidate& c) { return ruled.log_prob(c.row, c.token); });
}

void BeamSearch::advance(const ListedTokens& next) {
  TORCH_CHECK(rules_.empty(), "rules want to see all tokens");
  const size_t of_row = next.tokens.size() / rows_.size();
  go_on(best_candidates(next, ranks(), num_candidates()), [&](const Candidate& c) {
    const auto row = next.tokens.subspan(static_cast<size_t>(c.row) * of_row, of_row);
    const auto place = std::find(row.begin(), row.end(), c.token) - row.begin();
    return double{next.log_probs[static_cast<size_t>(c.row) * of_row + static_cast<size_t>(place)]};
  });
}

std::vector<double> BeamSearch::ranks() const {
  std::vector<double> result;
  for (const Candidate& hypothesis : live_) result.push_back(hypothesis.log_probability);
  return result;
}

void BeamSearch::go_on(const std::vector<Candidate>& candidates, const LogProbability& log_prob) {
  const bool last_step = count_step();
  const size_t first = std::min(static_cast<size_t>(config_.beam_size), candidates.size());
  const auto is_eos = [&](size_t i) { return candidates[i].token == special_.eos; };
  std::vector<Candidate> next;
  taken_.clear();
  size_t substitute = first;
  for (size_t i = 0; i < first; ++i) {
    if (!is_eos(i)) taken_.push_back(candidates[i].token);
    if (!is_eos(i) && !last_step) {
      next.push_back(candidates[i]);
      continue;
    }
    finish(candidates[i], log_prob);
    if (i == 0) top_finished_ = true;
    while (substitute < candidates.size() && is_eos(substitute)) ++substitute;
    if (substitute == candidates.size()) continue;
    taken_.push_back(candidates[substitute].token);
    next.push_back(candidates[substitute++]);
  }
  if (last_step || enough_finished()) next.clear();
  std::vector<Live> rows;
  for (const Candidate& candidate : next) {
    const Live& parent = rows_[static_cast<size_t>(candidate.row)];
    const double of_token = log_prob(candidate);
    rows.push_back({tree_.add(parent.node, candidate.token, of_token), parent.log_probability + of_token});
  }
  rows_ = std::move(rows);
  live_ = std::move(next);
}

bool BeamSearch::enough_finished() const {
  const bool many = static_cast<int64_t>(finished_.size()) >= config_.hypotheses_to_finish();
  if (config_.length_penalty == 0 && config_.patience == 1)
    return top_finished_ && (hypotheses_wanted(config_) == 1 || many);
  return many;
}

void BeamSearch::finish(const Candidate& candidate, const LogProbability& log_prob) {
  const Live& row = rows_[static_cast<size_t>(candidate.row)];
  const LastToken last{candidate.token, log_prob(candidate)};
  finished_.push_back(finished(row.node, row.log_probability, last, candidate.log_probability));
}

}  // namespace heed
