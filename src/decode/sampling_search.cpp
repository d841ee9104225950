#include "decode/sampling_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace heed {
namespace {

struct Choice {
  float logit;
  int32_t token;
  double weight;
};

// The most probable first; equal ones by their id.
bool is_likelier(const Choice& a, const Choice& b) {
  return a.logit != b.logit ? a.logit > b.logit : a.token < b.token;
}

void keep_most_probable(std::vector<Choice>& all, size_t count) {
  if (count >= all.size()) return;
  std::nth_element(all.begin(), all.begin() + static_cast<int64_t>(count), all.end(), is_likelier);
  all.resize(count);
}

void keep_nucleus(std::vector<Choice>& all, double share) {
  std::sort(all.begin(), all.end(), is_likelier);
  double total = 0, sum = 0;
  for (const Choice& choice : all) total += choice.weight;
  for (size_t i = 0; i < all.size(); ++i)
    if ((sum += all[i].weight) >= share * total) return all.resize(i + 1);
}

// What may be drawn, and the weight of each.
std::vector<Choice> choices(std::span<const float> logits, std::span<const int64_t> forbidden,
                            const DecodeConfig& config) {
  std::vector<Choice> all;
  for (size_t i = 0; i < logits.size(); ++i) {
    const auto token = static_cast<int32_t>(i);
    const bool is_forbidden = std::find(forbidden.begin(), forbidden.end(), token) != forbidden.end();
    if (logits[i] > -std::numeric_limits<float>::infinity() && !is_forbidden) all.push_back({logits[i], token, 0});
  }
  if (config.top_k > 0) keep_most_probable(all, static_cast<size_t>(config.top_k));
  if (all.empty()) return all;
  const double top = std::min_element(all.begin(), all.end(), is_likelier)->logit;
  for (Choice& choice : all) choice.weight = std::exp((choice.logit - top) / config.temperature);
  if (config.top_p < 1) keep_nucleus(all, config.top_p);
  return all;
}

int32_t draw(const std::vector<Choice>& all, RandomStream& stream) {
  double total = 0;
  for (const Choice& choice : all) total += choice.weight;
  double left = stream.uniform() * total;
  for (const Choice& choice : all)
    if ((left -= choice.weight) < 0) return choice.token;
  return all.back().token;
}

}  // namespace

SamplingSearch::SamplingSearch(const DecodeConfig& config, const SpecialIds& special, int64_t source_length,
                               uint64_t key, TokenRules rules)
    : Search(config, special, source_length), rules_(std::move(rules)) {
  for (int64_t i = 0; i < hypotheses_wanted(config); ++i)
    samples_.push_back({HypothesisTree::kRoot, 0,
                        RandomStream(random_key(static_cast<uint64_t>(config.sampling_seed), Purpose::kSampling,
                                                {key, static_cast<uint64_t>(i)}))});
}

void SamplingSearch::advance(const RowScores& next) {
  const bool first = is_first_step();
  const size_t rows = live_.size(), vocabulary_size = next.logits.size() / rows;
  const RuledScores ruled(next, rules_, [&](size_t row) { return tree_.tokens(samples_[row].node); });
  const std::vector<int64_t> never = forbidden();
  const bool last_step = count_step();
  std::vector<Candidate> live;
  std::vector<Sample> samples;
  for (size_t i = 0; i < samples_.size(); ++i) {
    const size_t row = first ? 0 : i;
    const auto all = choices(next.logits.subspan(row * vocabulary_size, vocabulary_size), never, config_);
    if (all.empty() || std::isnan(next.log_sum_exps[row])) continue;
    Sample sample = samples_[i];
    const int32_t token = draw(all, sample.stream);
    const LastToken last{token, ruled.log_prob(static_cast<int32_t>(row), token)};
    const double log_probability = sample.log_probability + last.log_prob;
    if (token == special_.eos || last_step) {
      finished_.push_back(finished(sample.node, sample.log_probability, last, log_probability));
      continue;
    }
    sample.node = tree_.add(sample.node, token, last.log_prob);
    sample.log_probability = log_probability;
    live.push_back({sample.log_probability, static_cast<int32_t>(row), token});
    samples.push_back(sample);
  }
  live_ = std::move(live);
  samples_ = std::move(samples);
}

}  // namespace heed
