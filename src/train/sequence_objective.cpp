#include "train/sequence_objective.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <utility>

#include "core/random.h"
#include "core/thread_team.h"
#include "data/make_batch.h"
#include "decode/search_sentences.h"
#include "decode/unknown_words.h"
#include "eval/metrics.h"
#include "nn/weight_copies.h"
#include "train/metric_options.h"

namespace heed {
namespace {

using Ids = std::vector<int64_t>;

std::unique_ptr<const TextMetric> sentence_metric(const Config& config, const Tokenizers& tokenizers) {
  MetricOptions options = metric_options(config.eval, tokenizers);
  options.bleu.effective_order = true;
  return make_metric(std::string(name_of(config.train.reward)), "1", options);
}

// What a search for candidates shares with translating: its limits alone.
DecodeConfig limits_of(const Config& config) {
  DecodeConfig decode;
  decode.max_length = std::min(config.decode.max_length, config.model.longest_target());
  decode.max_length_ratio = config.decode.max_length_ratio;
  decode.allow_unk = config.decode.allow_unk;
  return decode;
}

DecodeConfig drawing_of(const Config& config) {
  DecodeConfig decode = limits_of(config);
  decode.sampling = true;
  decode.n_best = config.train.reward_samples;
  return decode;
}

DecodeConfig greedy_of(const Config& config) {
  DecodeConfig decode = limits_of(config);
  decode.beam_size = 1;
  return decode;
}

// Of a sentence of a batch, without its end.
Ids reference_of(const Batch& batch, int64_t sentence) {
  const auto b = static_cast<size_t>(sentence);
  const auto first = batch.label_ids.begin() + batch.target_segments.starts()[b];
  return {first, first + batch.target_segments.lengths()[b] - 1};
}

// Sums of the numbers of each sentence's rows.
std::vector<double> sums_of(const double* rows, const Segments& sentences) {
  std::vector<double> sums;
  for (size_t b = 0; b < sentences.lengths().size(); ++b) {
    double sum = 0;
    for (int32_t i = 0; i < sentences.lengths()[b]; ++i) sum += rows[sentences.starts()[b] + i];
    sums.push_back(sum);
  }
  return sums;
}

// One source's candidates: of each, what its -log P counts in the gradient, and their risk.
struct SourceWeights {
  std::vector<double> of_candidates;
  double risk = 0;
};

// d/dP_k of sum_j Q_j (1 - r_j), on log P_k: a Q_k ((1 - r_k) - risk). `counts`: it is the first of its kind.
SourceWeights minimum_risk(const std::vector<double>& log_probs, const std::vector<double>& rewards,
                           const std::vector<bool>& counts, double sharpness) {
  double most = -INFINITY, total = 0;
  for (size_t k = 0; k < rewards.size(); ++k)
    if (counts[k]) most = std::max(most, sharpness * log_probs[k]);
  SourceWeights result{std::vector<double>(rewards.size(), 0), 0};
  for (size_t k = 0; k < rewards.size(); ++k) {
    if (counts[k]) result.of_candidates[k] = std::exp(sharpness * log_probs[k] - most);
    total += result.of_candidates[k];
  }
  for (size_t k = 0; k < rewards.size(); ++k) {
    result.of_candidates[k] /= total;
    result.risk += result.of_candidates[k] * (1 - rewards[k]);
  }
  for (size_t k = 0; k < rewards.size(); ++k) result.of_candidates[k] *= sharpness * (result.risk - (1 - rewards[k]));
  return result;
}

SourceWeights self_critical(const std::vector<double>& rewards, double baseline) {
  const auto count = static_cast<double>(rewards.size());
  SourceWeights result;
  for (const double reward : rewards) {
    result.of_candidates.push_back((reward - baseline) / count);
    result.risk += (1 - reward) / count;
  }
  return result;
}

}  // namespace

SequenceObjective::SequenceObjective(const Config& config, const Tokenizers& tokenizers)
    : options_(config.train),
      tokenizers_(tokenizers),
      drawing_(drawing_of(config)),
      greedy_(greedy_of(config)),
      metric_(sentence_metric(config, tokenizers)) {}

SequenceObjective::~SequenceObjective() = default;

std::vector<std::vector<Hypothesis>> SequenceObjective::search(EncoderDecoder& model, const Memory& memory,
                                                               const DecodeConfig& decode,
                                                               const std::vector<LineWishes>& wishes) const {
  return search_sentences(model, memory, decode, tokenizers_.target->vocabulary().special(), wishes);
}

SequenceObjective::Candidates SequenceObjective::draw(EncoderDecoder& model, const Batch& batch, uint64_t key) const {
  const torch::NoGradGuard no_grad;
  FrozenWeights frozen;
  std::optional<UseFrozen> use;  // on a GPU weights are converted already, and graphs would not outlive these
  if (model->device().is_cpu()) use.emplace(frozen);
  Pass none;
  const Memory memory = model->encode(batch, none);
  std::vector<LineWishes> wishes(static_cast<size_t>(batch.size()));
  for (size_t b = 0; b < wishes.size(); ++b)
    wishes[b].key = random_key(key, Purpose::kReward, {static_cast<uint64_t>(batch.sentence_ids[b])});
  auto found = search(model, memory, drawing_, wishes);
  for (auto& of_source : found)  // fewer where the model gave nothing
    of_source.resize(static_cast<size_t>(options_.reward_samples), of_source.front());

  Candidates result;
  result.batch = batch_of(batch, found);
  if (options_.objective == Objective::kSelfCritical) {
    const auto greedy = search(model, memory, greedy_, {});
    result.baselines = rewards_of(batch, greedy);
  }
  result.rewards = rewards_of(batch, found);
  return result;
}

// Block after block, in each a candidate of every source.
Batch SequenceObjective::batch_of(const Batch& sources, const std::vector<std::vector<Hypothesis>>& found) const {
  const Vocabulary& vocabulary = tokenizers_.target->vocabulary();
  Batch batch = sources;
  batch.target_input_ids.clear();
  batch.label_ids.clear();
  batch.links.clear();
  std::vector<int32_t> lengths;
  for (size_t k = 0; k < found.front().size(); ++k)
    for (const auto& of_source : found) {
      Ids labels = of_source[k].ids;
      if (of_source[k].finished) labels.push_back(vocabulary.special().eos);
      const Ids inputs = known_ids({labels.begin(), labels.end() - 1}, vocabulary);
      batch.target_input_ids.push_back(vocabulary.special().bos);
      batch.target_input_ids.insert(batch.target_input_ids.end(), inputs.begin(), inputs.end());
      batch.label_ids.insert(batch.label_ids.end(), labels.begin(), labels.end());
      lengths.push_back(static_cast<int32_t>(labels.size()));
    }
  batch.target_segments = Segments::packed(lengths);
  return batch;
}

std::vector<double> SequenceObjective::rewards_of(const Batch& batch, int64_t source,
                                                  const std::vector<Hypothesis>& candidates) const {
  const auto b = static_cast<size_t>(source);
  const auto words = batch.outside_words.empty() ? std::vector<std::string>() : batch.outside_words[b];
  const std::string reference = text_of(reference_of(batch, source), words);
  std::vector<double> rewards;
  for (const Hypothesis& one : candidates) {
    const auto statistics = metric_->statistics(text_of(one.ids, words), std::span(&reference, 1));
    const double value = metric_->value(std::span<const double>(statistics)) / 100;
    rewards.push_back(metric_->less_is_better() ? -value : value);
  }
  return rewards;
}

// Of every candidate, in the order of batch_of.
std::vector<double> SequenceObjective::rewards_of(const Batch& batch,
                                                  const std::vector<std::vector<Hypothesis>>& found) const {
  const size_t sources = found.size();
  std::vector<double> rewards(sources * found.front().size());
  parallel_for(static_cast<int64_t>(sources), 1, [&](int64_t begin, int64_t end) {
    for (auto b = static_cast<size_t>(begin); b < static_cast<size_t>(end); ++b) {
      const std::vector<double> of_source = rewards_of(batch, static_cast<int64_t>(b), found[b]);
      for (size_t k = 0; k < of_source.size(); ++k) rewards[k * sources + b] = of_source[k];
    }
  });
  return rewards;
}

std::string SequenceObjective::text_of(const Ids& ids, const std::vector<std::string>& outside_words) const {
  if (outside_words.empty()) return tokenizers_.target->decode(ids);
  return with_copied_words(ids, *tokenizers_.target, outside_words);
}

SequenceObjective::Weighed SequenceObjective::weigh(const Candidates& candidates,
                                                    const torch::Tensor& log_probs) const {
  const Segments& targets = candidates.batch.target_segments;
  const auto sources = static_cast<size_t>(candidates.batch.size()), all = candidates.rewards.size();
  const torch::Tensor on_host = log_probs.cpu();
  const std::vector<double> of_candidates = sums_of(on_host.const_data_ptr<double>(), targets);
  const torch::Tensor row_weights = at::empty({targets.num_rows()}, torch::kDouble);
  auto* const weight = row_weights.mutable_data_ptr<double>();
  double risk = 0;
  for (size_t b = 0; b < sources; ++b) {
    std::vector<double> log_p, rewards;
    std::vector<bool> counts;
    std::vector<Ids> seen;
    for (size_t i = b; i < all; i += sources) {
      const auto first = candidates.batch.label_ids.begin() + targets.starts()[i];
      const Ids ids(first, first + targets.lengths()[i]);
      counts.push_back(std::find(seen.begin(), seen.end(), ids) == seen.end());
      seen.push_back(ids);
      log_p.push_back(of_candidates[i]);
      rewards.push_back(candidates.rewards[i]);
    }
    const SourceWeights weights = options_.objective == Objective::kMinimumRisk
                                      ? minimum_risk(log_p, rewards, counts, options_.risk_sharpness)
                                      : self_critical(rewards, candidates.baselines[b]);
    risk += weights.risk / static_cast<double>(sources);
    for (size_t k = 0; k < rewards.size(); ++k) {
      const size_t i = b + k * sources;
      std::fill_n(weight + targets.starts()[i], targets.lengths()[i], weights.of_candidates[k]);
    }
  }
  return {row_weights.to(log_probs.device()), risk};
}

}  // namespace heed
