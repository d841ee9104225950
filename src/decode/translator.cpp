#include "decode/translator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mutex>

#include "core/error.h"
#include "core/logging.h"
#include "core/random.h"
#include "data/make_batch.h"
#include "decode/batches.h"
#include "decode/coverage.h"
#include "decode/search_sentences.h"
#include "decode/target_score.h"
#include "decode/unknown_words.h"
#include "kernels/cuda/graph.h"
#include "nn/alignment_loss.h"

namespace heed {
namespace {

constexpr int64_t kMaxLogProbs = int64_t{1} << 26;  // of a search step, 256 MiB: bounds the sentences of a batch
constexpr int64_t kRowsOfThread = 96;               // hypotheses of a batch on the CPU: more make no product faster

// Of a blank line.
Translation no_translation() {
  Translation translation;
  translation.hypotheses.emplace_back();
  return translation;
}

ReadingLimits common_limits(const std::vector<EncoderDecoder>& models, ReadingLimits limits) {
  for (const EncoderDecoder& model : models) limits = within(model->config(), limits);
  return limits;
}

bool all_copy_words(const std::vector<EncoderDecoder>& models, const Tokenizers& tokenizers) {
  return std::all_of(models.begin(), models.end(),
                     [&](const EncoderDecoder& model) { return copies_words(model->config(), tokenizers); });
}

}  // namespace

Translator::Translator(const EncoderDecoder& model, const Tokenizers& tokenizers, const DecodeConfig& config,
                       const ReadingLimits& limits)
    : Translator(std::vector<EncoderDecoder>{model}, tokenizers, config, limits) {}

Translator::Translator(std::vector<EncoderDecoder> models, const Tokenizers& tokenizers, const DecodeConfig& config,
                       const ReadingLimits& limits)
    : models_(std::move(models)),
      model_(models_.front()),
      tokenizers_(tokenizers),
      config_(config),
      encoder_(tokenizers, common_limits(models_, limits)),
      copies_words_(all_copy_words(models_, tokenizers)),
      precision_(working_precision(model_, config.precision)),
      frozen_(precision_.numbers) {
  for (const EncoderDecoder& model : models_)
    if (const ModelConfig& shape = model->config(); shape.positions == Positions::kLearned)  // bos has the first one
      config_.max_length = std::min(config_.max_length, shape.max_positions);
}

// Of a batch among so many lines; a CPU's threads take several each, so that none waits long for the last one.
int64_t Translator::max_sentences(size_t lines) const {
  constexpr int64_t kBatchesOfThread = 8, kFewSentences = 8;
  const int64_t rows = kMaxLogProbs / tokenizers_.target->vocabulary().size();
  const int64_t of_sentence = config_.sampling ? hypotheses_wanted(config_) : config_.beam_size;
  if (!model_->device().is_cpu()) return std::max<int64_t>(1, rows / of_sentence);
  const int64_t share = static_cast<int64_t>(lines) / (kBatchesOfThread * num_threads());
  return std::max<int64_t>(1, std::min(std::min(rows, kRowsOfThread) / of_sentence, std::max(share, kFewSentences)));
}

std::vector<Translation> Translator::translate(const std::vector<std::string>& lines,
                                               const TranslationProgress& progress,
                                               const std::vector<TextWishes>& text_wishes) {
  const cuda::OwnStream stream(model_->device());  // of CUDA graphs
  const ComputeIn type(models_, precision_.type);
  const std::vector<Ids> sources = encoder_.sources(lines, losses_);
  std::vector<int64_t> lengths;
  for (const Ids& source : sources) lengths.push_back(static_cast<int64_t>(source.size()));

  const std::vector<LineWishes> wishes = wishes_of(sources, text_wishes);
  std::vector<Translation> translations(lines.size(), no_translation());
  const auto blank = std::count(lengths.begin(), lengths.end(), 0);
  if (progress && blank > 0) progress(blank);
  const auto batches = batches_by_length(lengths, config_.batch_tokens, max_sentences(lines.size()));
  std::mutex results;
  bool has_ended = false;  // progress has thrown, and is not called again
  for_each_batch(batches.size(), model_->device().is_cpu(), [&](size_t b) {
    const std::vector<size_t>& indices = batches[b];
    const LinesOfBatch of_batch{chosen(lines, indices), chosen(sources, indices), chosen(wishes, indices)};
    std::vector<Translation> batch = translate_batch(of_batch);
    if (config_.replace_unknown) replace_unknown(of_batch.lines, of_batch.sources, batch);
    const std::lock_guard lock(results);
    for (size_t i = 0; i < indices.size(); ++i) {
      count_losses(batch[i], lengths[indices[i]] + 1);
      translations[indices[i]] = std::move(batch[i]);
    }
    if (!progress || has_ended) return;
    has_ended = true;
    progress(static_cast<int64_t>(indices.size()));
    has_ended = false;
  });
  losses_.translations += static_cast<int64_t>(lines.size());
  return translations;
}

std::vector<LineWishes> Translator::wishes_of(const std::vector<Ids>& sources,
                                              const std::vector<TextWishes>& wishes) const {
  TORCH_CHECK(wishes.empty() || wishes.size() == sources.size(), sources.size(), " lines, ", wishes.size(), " wishes");
  std::vector<LineWishes> all;
  for (size_t i = 0; i < sources.size(); ++i)
    all.push_back(wishes_in_tokens(wishes.empty() ? TextWishes() : wishes[i], sources[i],
                                   losses_.translations + static_cast<int64_t>(i) + 1, encoder_, config_));
  return all;
}

std::vector<Translation> Translator::translate_batch(const LinesOfBatch& text) {
  const torch::NoGradGuard no_grad;
  const UseFrozen weights(frozen_);
  std::vector<OutsideWords> outside(text.lines.size(), OutsideWords(*tokenizers_.target));
  std::vector<CopiedIds> copies;
  for (size_t i = 0; copies_words_ && i < text.lines.size(); ++i)
    copies.push_back(encoder_.copied(text.lines[i], text.sources[i], outside[i]));
  const Batch batch = make_batch(text.sources, {}, SentenceFrame(tokenizers_), copies);
  Pass none;
  std::vector<Memory> memories;
  for (EncoderDecoder& model : models_) memories.push_back(model->encode(batch, none));
  auto found = search_sentences(models_, memories, config_, tokenizers_.target->vocabulary().special(), text.wishes);
  if (config_.coverage_penalty != 0 && !config_.sampling)
    rank_by_coverage(model_, memories.front(), tokenizers_, config_, found);
  std::vector<Translation> translations(found.size());
  for_each_line(found.size(), [&](size_t i) {
    translations[i] = make_translation(found[i], *tokenizers_.target, config_, outside[i].words());
  });
  return translations;
}

void Translator::replace_unknown(const std::vector<std::string>& lines, const std::vector<Ids>& sources,
                                 std::vector<Translation>& translations) {
  const int64_t unk = tokenizers_.target->vocabulary().special().unk;
  const auto longest = static_cast<size_t>(model_->config().longest_target());
  std::vector<std::pair<size_t, TranslationHypothesis*>> unknown;  // that have such a piece, and whose they are
  std::vector<Ids> of_lines, texts;
  for (size_t i = 0; i < translations.size(); ++i)
    for (TranslationHypothesis& one : translations[i].hypotheses) {
      if (std::count(one.ids.begin(), one.ids.end(), unk) == 0) continue;
      unknown.emplace_back(i, &one);
      of_lines.push_back(sources[i]);
      texts.emplace_back(one.ids.begin(), one.ids.end());
      texts.back().resize(std::min(texts.back().size(), longest));
    }
  if (unknown.empty()) return;
  const UseFrozen weights(frozen_);
  const Pass pass = look(of_lines, texts, alignment_place(model_->config()));
  for (size_t k = 0; k < unknown.size(); ++k) {
    auto& [i, one] = unknown[k];
    const torch::Tensor seen = pass.attention().front().sentences[k].to(torch::kCPU, torch::kFloat).mean(0);
    one->text = with_source_words(*one, *tokenizers_.target, seen, encoder_.readable(lines[i]), *tokenizers_.source);
  }
  for (Translation& translation : translations)
    static_cast<TranslationHypothesis&>(translation) = translation.hypotheses.front();
}

void Translator::count_losses(const Translation& translation, int64_t source_length) {
  if (std::isinf(translation.log_probability)) {
    ++losses_.impossible;
    return;
  }
  if (translation.finished) return;
  const bool by_ratio = length_limit(config_, source_length) < config_.max_length;
  ++(by_ratio ? losses_.at_ratio : losses_.at_max_length);
}

void Translator::warn_of_losses(const std::string& model) const {
  for (const std::string& warning : losses_.warnings(config_, encoder_.limits()))
    log_warning(model.empty() ? warning : model + ": " + warning);
}

Translator::Pairs Translator::encode_pairs(const std::vector<std::string>& sources,
                                           const std::vector<std::string>& targets) {
  TORCH_CHECK(sources.size() == targets.size(), sources.size(), " sources, ", targets.size(), " targets");
  Pairs pairs{encoder_.sources(sources, losses_), {}, {}};
  std::vector<int64_t> lengths;
  for (size_t i = 0; i < targets.size(); ++i) {
    pairs.targets.push_back(encoder_.target(targets[i], losses_));
    lengths.push_back(static_cast<int64_t>(std::max(pairs.sources[i].size(), pairs.targets[i].size())));
  }
  pairs.batches = batches_by_length(lengths, config_.batch_tokens, max_sentences(sources.size()));
  return pairs;
}

// A score of a part would look like one of the whole.
void Translator::require_positions(const std::vector<Ids>& targets) const {
  const int64_t longest = model_->config().longest_target();
  for (size_t i = 0; i < targets.size(); ++i)
    if (static_cast<int64_t>(targets[i].size()) > longest)
      throw DataError(
          fmt::format("target {}: {} pieces and the end, but the model has learned {} positions "
                      "(model.max_positions): shorten it",
                      losses_.sources - static_cast<int64_t>(targets.size() - i) + 1, targets[i].size(), longest + 1));
}

std::vector<double> Translator::score(const std::vector<std::string>& sources,
                                      const std::vector<std::string>& targets) {
  const Pairs pairs = encode_pairs(sources, targets);
  require_positions(pairs.targets);
  const ComputeIn type(models_, precision_.type == torch::kBFloat16 ? torch::kFloat : precision_.type);
  const UseFrozen weights(precision_.numbers == ProductNumbers::kOwn ? frozen_ : precise_);
  const bool copies_words = heed::copies_words(model_->config(), tokenizers_);
  std::vector<double> scores(sources.size(), 0);
  for (const auto& indices : pairs.batches) {
    std::vector<CopiedIds> copies;
    if (copies_words)
      for (const size_t i : indices)
        copies.push_back(encoder_.copied(sources[i], pairs.sources[i], targets[i], pairs.targets[i]));
    const Batch batch =
        make_batch(chosen(pairs.sources, indices), chosen(pairs.targets, indices), SentenceFrame(tokenizers_), copies);
    const std::vector<double> of_batch = log_probabilities(model_, batch);
    for (size_t i = 0; i < indices.size(); ++i) scores[indices[i]] = of_batch[i];
  }
  return scores;
}

std::vector<SentenceAttention> Translator::attend(const std::vector<std::string>& sources,
                                                  const std::vector<std::string>& targets) {
  std::vector<SentenceAttention> result(sources.size());
  attend_each(sources, targets, [&](size_t line, SentenceAttention&& one) { result[line] = std::move(one); });
  return result;
}

void Translator::attend_each(const std::vector<std::string>& sources, const std::vector<std::string>& targets,
                             const AttentionUse& use) {
  attend_layers(sources, targets, {}, use);
}

std::vector<WordAlignment> Translator::align(const std::vector<std::string>& sources,
                                             const std::vector<std::string>& targets, const AlignmentReading& reading) {
  std::vector<WordAlignment> alignments(sources.size());
  attend_layers(sources, targets, alignment_place(model_->config()),
                [&](size_t line, SentenceAttention&& one) { alignments[line] = word_alignment(one, reading); });
  return alignments;
}

void Translator::attend_layers(const std::vector<std::string>& sources, const std::vector<std::string>& targets,
                               std::optional<AttentionPlace> only, const AttentionUse& use) {
  const TextLosses known = losses_;
  Pairs pairs = encode_pairs(sources, targets);
  if (known.sources > 0) losses_ = known;  // these lines were counted when they were translated or scored
  const int64_t longest = model_->config().longest_target();
  int64_t cut = 0;
  for (Ids& target : pairs.targets) {
    if (static_cast<int64_t>(target.size()) <= longest) continue;
    target.resize(static_cast<size_t>(longest));
    ++cut;
  }
  if (cut > 0)
    log_warning(fmt::format("{} of {} targets cut to {} pieces: the model has learned {} positions", cut,
                            targets.size(), longest, longest + 1));
  const ComputeIn type(models_, precision_.type);
  const UseFrozen weights(frozen_);
  for (const auto& indices : pairs.batches) {
    const Pass pass = look(chosen(pairs.sources, indices), chosen(pairs.targets, indices), only);
    for (size_t i = 0; i < indices.size(); ++i) {
      const size_t line = indices[i];
      SentenceAttention one = framed_sides(tokenizers_, {encoder_.readable(sources[line]), pairs.sources[line].size()},
                                           {encoder_.readable(targets[line]), pairs.targets[line].size()});
      for (const AttentionWeights& layer : pass.attention())
        one.layers.push_back({layer, {layer.sentences[i].to(torch::kCPU, torch::kFloat).contiguous()}});
      use(line, std::move(one));
    }
  }
}

// A forward pass that keeps attention.
Pass Translator::look(const std::vector<Ids>& sources, const std::vector<Ids>& targets,
                      std::optional<AttentionPlace> only) {
  const torch::NoGradGuard no_grad;
  const Batch batch = make_batch(sources, targets, SentenceFrame(tokenizers_));
  Pass pass;
  pass.keep_attention(only);
  const Memory memory = model_->encode(batch, pass);
  model_->decode(memory, batch.target_input_ids, batch.target_segments, pass);
  return pass;
}

}  // namespace heed
