#include "train/validator.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>

#include "core/error.h"
#include "core/line_reader.h"
#include "core/logging.h"
#include "core/work.h"
#include "data/make_batch.h"
#include "data/pair_reader.h"
#include "decode/translator.h"
#include "decode/working_precision.h"
#include "eval/metrics.h"
#include "eval/tokenizer_warning.h"
#include "nn/pass.h"
#include "nn/weight_copies.h"
#include "train/metric_options.h"

namespace heed {
namespace {

DecodeConfig validation_decoding(const Config& config) {
  DecodeConfig decode = config.decode;
  decode.beam_size = config.train.validation_beam_size;
  decode.n_best = decode.beam_groups = 1;
  decode.sampling = false;
  decode.mbr = MinimumRisk::kNone;
  return decode;
}

}  // namespace

Validator::Validator(const Config& config, EncoderDecoder& model, const Tokenizers& tokenizers)
    : config_(config),
      model_(model),
      tokenizers_(tokenizers),
      corpus_(ParallelCorpus::open(config.data.validation, config.data, tokenizers,
                                   {KeepText::kNo, PairRule::kEveryLine, copies_words(config.model, tokenizers)})),
      sources_(read_lines(config.data.validation.source, {.invalid_utf8 = utf8_policy(config.data.invalid_utf8)})),
      references_(read_lines(config.data.validation.target, {.invalid_utf8 = utf8_policy(config.data.invalid_utf8)})) {
  working_precision(model, config.decode.precision);  // throws now what translating would throw an hour later
  const auto& metrics = config.eval.metrics;
  if (std::find(metrics.begin(), metrics.end(), Metric::kBleu) == metrics.end()) return;
  if (const auto warning = tokenizer_warning(references_, config.eval.bleu_tokenize)) log_warning(*warning);
}

ValidationReport Validator::validate() {
  const auto start = std::chrono::steady_clock::now();
  const torch::NoGradGuard no_grad;
  ValidationReport report;
  measure_loss(report);
  if (!config_.eval.metrics.empty()) measure_translations(report);
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

void Validator::measure_loss(ValidationReport& report) {
  const BatchSampler sampler(corpus_, config_.train.batch_tokens, 0);
  const EpochBatches batches = sampler.epoch(1);
  Work work("measuring the validation loss", "lines", corpus_.size());
  double log_likelihood = 0;
  int64_t tokens = 0;
  const TrainingText text{corpus_, tokenizers_, nullptr, copies_words(config_.model, tokenizers_)};
  FrozenWeights frozen;
  const UseFrozen use(frozen);
  for (int64_t b = 0; b < batches.size(); ++b) {
    Pass none;
    const Loss loss = model_->loss(make_batch(text, batches[b], {}), 0, none);
    log_likelihood += loss.log_likelihood.item<double>();
    tokens += loss.num_tokens;
    work.advance(static_cast<int64_t>(batches[b].size()));
  }
  report.loss = -log_likelihood / static_cast<double>(tokens);
  report.perplexity = std::exp(report.loss);
}

void Validator::measure_translations(ValidationReport& report) {
  const DecodeConfig decode = validation_decoding(config_);
  Translator translator(model_, tokenizers_, decode, reading_limits(config_.data));
  Work work("validating", "lines", static_cast<int64_t>(sources_.size()));
  const auto progress = [&work](int64_t lines) { work.advance(lines); };
  std::vector<std::string> hypotheses;
  for (Translation& translation : translator.translate(sources_, progress))
    hypotheses.push_back(std::move(translation.text));
  report.unfinished = translator.losses().unfinished();
  if (const auto diverged = translator.losses().divergence()) log_warning(*diverged);
  for (const Metric metric : config_.eval.metrics) {
    const std::string name(name_of(metric));
    const MetricOptions options = metric_options(config_.eval, tokenizers_);
    report.scores.emplace_back(name, score(name, hypotheses, {references_}, options).score);
  }
  const auto shown = std::min<size_t>(static_cast<size_t>(config_.train.sample_lines), sources_.size());
  for (size_t i = 0; i < shown; ++i) report.samples.push_back({sources_[i], references_[i], hypotheses[i]});
  if (shown > 0)
    report.attention =
        std::make_shared<const SentenceAttention>(translator.attend({sources_[0]}, {hypotheses[0]}).front());
}

double early_stopping_score(const ValidationReport& report, EarlyStoppingMetric metric) {
  if (metric == EarlyStoppingMetric::kLoss) return -report.loss;
  if (metric == EarlyStoppingMetric::kPerplexity) return -report.perplexity;
  const std::string name(name_of(metric));
  for (const auto& [found, value] : report.scores)
    if (found == name) return metric == EarlyStoppingMetric::kTer ? -value : value;
  throw ConfigError("train.early_stopping_metric is " + name + ", which eval.metrics does not compute");
}

}  // namespace heed
