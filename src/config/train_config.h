#pragma once

#include <string>
#include <vector>

#include "config/eval_config.h"
#include "config/field.h"

namespace heed {

// The metrics of eval_config.h, under their names, and what every validation measures.
enum class EarlyStoppingMetric {
  kBleu,
  kChrf,
  kTer,
  kRouge1,
  kRouge2,
  kRougeL,
  kRougeLsum,
  kExactMatch,
  kLoss,
  kPerplexity
};
constexpr auto enum_names(EarlyStoppingMetric) {
  return std::to_array<EnumName<EarlyStoppingMetric>>({{EarlyStoppingMetric::kBleu, "bleu"},
                                                       {EarlyStoppingMetric::kChrf, "chrf"},
                                                       {EarlyStoppingMetric::kTer, "ter"},
                                                       {EarlyStoppingMetric::kRouge1, "rouge1"},
                                                       {EarlyStoppingMetric::kRouge2, "rouge2"},
                                                       {EarlyStoppingMetric::kRougeL, "rougeL"},
                                                       {EarlyStoppingMetric::kRougeLsum, "rougeLsum"},
                                                       {EarlyStoppingMetric::kExactMatch, "exact_match"},
                                                       {EarlyStoppingMetric::kLoss, "loss"},
                                                       {EarlyStoppingMetric::kPerplexity, "perplexity"}});
}

// What training makes small. The last two go by whole translations that the model draws (train/sequence_objective.h).
enum class Objective { kCrossEntropy, kMinimumRisk, kSelfCritical };
constexpr auto enum_names(Objective) {
  return std::to_array<EnumName<Objective>>({{Objective::kCrossEntropy, "cross_entropy"},
                                             {Objective::kMinimumRisk, "minimum_risk"},
                                             {Objective::kSelfCritical, "self_critical"}});
}

// Steps are updates of the weights. 0 turns a limit, or something done every so many steps, off.
struct TrainConfig {
  int64_t max_steps = 10000;
  int64_t max_epochs = 0;
  double max_minutes = 0;
  int64_t batch_tokens = 4096;
  int64_t accumulation_steps = 1;
  double label_smoothing = 0.1;
  Objective objective = Objective::kCrossEntropy;
  Metric reward = Metric::kBleu;
  int64_t reward_samples = 8;
  double risk_sharpness = 0.005;
  double cross_entropy_weight = 0;
  double ema = 0;
  int64_t max_bad_updates = 10;
  int64_t log_every = 50;
  int64_t validate_every = 500;
  int64_t validate_every_epochs = 0;
  int64_t validation_beam_size = 1;
  int64_t sample_lines = 3;
  int64_t save_every = 500;
  int64_t keep = 3;
  int64_t patience = 10;
  EarlyStoppingMetric early_stopping_metric = EarlyStoppingMetric::kBleu;
  std::string initialize_from;
  bool initialize_tokenizer = true;
  std::vector<std::string> guided_alignment;
  double guided_alignment_weight = 0.1;
  int64_t guided_alignment_head = -1;

  bool operator==(const TrainConfig&) const = default;

  template <class Visitor>
  static void fields(Visitor&& visit) {
    visit("max_steps", &TrainConfig::max_steps, "updates to train; 0: no limit", at_least(0));
    visit("max_epochs", &TrainConfig::max_epochs, "passes over the corpus; 0: no limit", at_least(0));
    visit("max_minutes", &TrainConfig::max_minutes, "minutes to train; 0: no limit", at_least(0));
    visit("batch_tokens", &TrainConfig::batch_tokens, "pieces in a batch, of the side that has more of them",
          between(1, 1 << 30));
    visit("accumulation_steps", &TrainConfig::accumulation_steps, "batches per update", between(1, 1 << 20));
    visit("label_smoothing", &TrainConfig::label_smoothing, "probability spread over the vocabulary",
          at_least(0).below(1));
    visit("objective", &TrainConfig::objective,
          "what training makes small; minimum_risk (Shen et al. 2016) and self_critical (Rennie et al. 2017) go by the "
          "reward of whole translations that are drawn, from a trained model on (initialize_from)");
    visit("reward", &TrainConfig::reward, "how good a drawn translation is, by its reference");
    visit("reward_samples", &TrainConfig::reward_samples, "translations drawn of each source", between(2, 1000));
    visit("risk_sharpness", &TrainConfig::risk_sharpness,
          "minimum_risk: the power of their probabilities that they count by", between(0, 100));
    visit("cross_entropy_weight", &TrainConfig::cross_entropy_weight,
          "of the cross entropy of the references, with what layers add to it, beside a reward", at_least(0));
    visit("ema", &TrainConfig::ema, "decay of the moving average of the weights, e.g. 0.999; 0: none",
          at_least(0).below(1));
    visit("max_bad_updates", &TrainConfig::max_bad_updates,
          "non-finite updates in a row, each skipped, after which training stops", at_least(1));
    visit("log_every", &TrainConfig::log_every, "updates between log lines", at_least(1));
    visit("validate_every", &TrainConfig::validate_every, "updates between validations; 0: not by updates",
          at_least(0));
    visit("validate_every_epochs", &TrainConfig::validate_every_epochs, "epochs between validations; 0: not by epochs",
          at_least(0));
    visit("validation_beam_size", &TrainConfig::validation_beam_size, "beam of validations; 1: greedy",
          between(1, 1000));
    visit("sample_lines", &TrainConfig::sample_lines, "translations shown in the log at a validation", at_least(0));
    visit("save_every", &TrainConfig::save_every, "updates between checkpoints; 0: only at the end", at_least(0));
    visit("keep", &TrainConfig::keep, "newest checkpoints kept, beside the best", at_least(1));
    visit("patience", &TrainConfig::patience, "validations without a better score before training stops; 0: never",
          at_least(0));
    visit("early_stopping_metric", &TrainConfig::early_stopping_metric, "what `best` and `patience` go by");
    visit("initialize_from", &TrainConfig::initialize_from,
          "checkpoint or run whose weights to start from; \"\": none");
    visit("initialize_tokenizer", &TrainConfig::initialize_tokenizer,
          "initialize_from: its tokenizers too; false: those of this config, embeddings of shared pieces carried over");
    visit("guided_alignment", &TrainConfig::guided_alignment,
          "files of word alignments of data.train, \"0-0 1-2\" a line, that cross-attention is taught beside "
          "translating; "
          "its layer is that of --alignments");
    visit("guided_alignment_weight", &TrainConfig::guided_alignment_weight,
          "of their cross entropy, beside that of the translation", at_least(0));
    visit("guided_alignment_head", &TrainConfig::guided_alignment_head,
          "the head that is taught, from 0; -1: the heads' mean", between(-1, 1 << 10));
  }
};

}  // namespace heed
