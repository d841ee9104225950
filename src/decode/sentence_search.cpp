#include "decode/sentence_search.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace heed {

double normalised_score(double log_probability, int64_t length, const DecodeConfig& config) {
  const bool wu = config.length_penalty_type == LengthPenaltyType::kWu;
  const double base = wu ? (5 + static_cast<double>(length)) / 6 : static_cast<double>(length);
  return log_probability / std::pow(base, config.length_penalty);
}

int64_t length_limit(const DecodeConfig& config, int64_t source_length) {
  constexpr double kAlways = 10;
  if (config.max_length_ratio == 0) return config.max_length;
  const double limit = kAlways + std::floor(config.max_length_ratio * static_cast<double>(source_length));
  return static_cast<int64_t>(std::min(static_cast<double>(config.max_length), limit));
}

SentenceSearch::SentenceSearch(const DecodeConfig& config, const SpecialIds& special, int64_t source_length)
    : config_(config),
      special_(special),
      length_limit_(length_limit(config, source_length)),
      forbidden_{special.pad, special.bos, special.eos},
      live_nodes_{-1},
      live_{{0, 0, static_cast<int32_t>(special.bos)}} {
  if (!config.allow_unk) forbidden_.push_back(special.unk);
}

void SentenceSearch::advance(const RowScores& next) {
  go_on(best_candidates(next, log_probabilities(), num_candidates(), forbidden_));
}

void SentenceSearch::advance(const ListedTokens& listed) {
  go_on(best_candidates(listed, log_probabilities(), num_candidates()));
}

std::vector<double> SentenceSearch::log_probabilities() const {
  std::vector<double> result;
  for (const Candidate& hypothesis : live_) result.push_back(hypothesis.log_probability);
  return result;
}

void SentenceSearch::go_on(const std::vector<Candidate>& candidates) {
  if (length_++ == 0) std::erase(forbidden_, special_.eos);  // something comes of something
  const size_t first = std::min(static_cast<size_t>(config_.beam_size), candidates.size());
  const auto is_eos = [&](size_t i) { return candidates[i].token == special_.eos; };
  const bool last_step = length_ == length_limit_;
  std::vector<Candidate> next;
  size_t substitute = first;
  for (size_t i = 0; i < first; ++i) {
    if (!is_eos(i) && !last_step) {
      next.push_back(candidates[i]);
      continue;
    }
    finish(candidates[i]);
    if (i == 0) top_finished_ = true;
    while (substitute < candidates.size() && is_eos(substitute)) ++substitute;
    if (substitute < candidates.size()) next.push_back(candidates[substitute++]);
  }
  if (last_step || enough_finished()) next.clear();
  grow(next);
}

bool SentenceSearch::enough_finished() const {
  const bool many = static_cast<int64_t>(finished_.size()) >= config_.beam_size;
  if (config_.length_penalty == 0) return top_finished_ && (config_.n_best == 1 || many);
  return many;
}

void SentenceSearch::grow(const std::vector<Candidate>& next) {
  std::vector<int32_t> next_nodes;
  for (const Candidate& candidate : next) {
    next_nodes.push_back(static_cast<int32_t>(nodes_.size()));
    nodes_.push_back({live_nodes_[static_cast<size_t>(candidate.row)], candidate.token});
  }
  live_nodes_ = std::move(next_nodes);
  live_ = next;
}

void SentenceSearch::finish(const Candidate& candidate) {
  Hypothesis hypothesis;
  const bool ended = candidate.token == special_.eos;
  if (!ended) hypothesis.ids.push_back(candidate.token);
  for (int32_t node = live_nodes_[static_cast<size_t>(candidate.row)]; node >= 0;) {
    const Node& at = nodes_[static_cast<size_t>(node)];
    hypothesis.ids.push_back(at.token);
    node = at.parent;
  }
  std::reverse(hypothesis.ids.begin(), hypothesis.ids.end());
  hypothesis.finished = ended;
  hypothesis.log_probability = candidate.log_probability;
  const int64_t length = static_cast<int64_t>(hypothesis.ids.size()) + (ended ? 1 : 0);
  hypothesis.score = normalised_score(candidate.log_probability, length, config_);
  finished_.push_back(std::move(hypothesis));
}

std::vector<Hypothesis> SentenceSearch::results() const {
  constexpr double kImpossible = -std::numeric_limits<double>::infinity();
  if (finished_.empty()) return {{{}, kImpossible, kImpossible, false}};
  std::vector<Hypothesis> sorted = finished_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
  while (sorted.size() > 1 && sorted.back().log_probability == kImpossible) sorted.pop_back();
  return sorted;
}

}  // namespace heed
