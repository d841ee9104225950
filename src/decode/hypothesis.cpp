#include "decode/hypothesis.h"

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
  const double by_source = kAlways + std::floor(config.max_length_ratio * static_cast<double>(source_length));
  const double limit = std::max(by_source, static_cast<double>(config.min_length));
  return static_cast<int64_t>(std::min(static_cast<double>(config.max_length), limit));
}

int64_t minimum_length(const DecodeConfig& config, int64_t source_length) {
  const auto limit = length_limit(config, source_length);
  const double by_source = config.min_length_ratio * static_cast<double>(source_length);
  if (by_source >= static_cast<double>(limit)) return limit;
  return std::min(std::max(config.min_length, static_cast<int64_t>(by_source)), limit);
}

int64_t hypotheses_wanted(const DecodeConfig& config) {
  constexpr int64_t kDraws = 32;
  if (config.mbr == MinimumRisk::kNone) return config.n_best;
  if (config.mbr_candidates > 0) return config.mbr_candidates;
  return config.sampling ? std::max(kDraws, config.n_best) : config.beam_size;
}

std::vector<Hypothesis> ranked(std::vector<Hypothesis> hypotheses) {
  constexpr double kImpossible = -std::numeric_limits<double>::infinity();
  if (hypotheses.empty()) return {{{}, kImpossible, kImpossible, false}};
  std::stable_sort(hypotheses.begin(), hypotheses.end(),
                   [](const auto& a, const auto& b) { return a.score > b.score; });
  while (hypotheses.size() > 1 && hypotheses.back().log_probability == kImpossible) hypotheses.pop_back();
  return hypotheses;
}

}  // namespace heed
