#include "decode/translator.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "core/logging.h"
#include "data/make_batch.h"
#include "decode/beam_search.h"
#include "decode/target_score.h"
#include "nn/dropout_keys.h"

namespace heed {
namespace {

using Ids = std::vector<int32_t>;

std::vector<Ids> encode_sources(const Tokenizer& tokenizer, const std::vector<std::string>& lines, int64_t longest) {
  std::vector<Ids> sources;
  int64_t cut = 0;
  for (const std::string& line : lines) {
    sources.push_back(tokenizer.encode(line));
    if (static_cast<int64_t>(sources.back().size()) <= longest) continue;
    sources.back().resize(static_cast<size_t>(longest));
    ++cut;
  }
  if (cut > 0)
    log_warning(fmt::format("{} of {} source lines cut to data.max_source_length ({} pieces)", cut, lines.size(), longest));
  return sources;
}

// Lines of falling length, in groups of at most `batch_tokens` pieces (eos included), a longer line in one of its own.
std::vector<std::vector<size_t>> batches_of(const std::vector<Ids>& sources, std::vector<size_t> lines,
                                            int64_t batch_tokens) {
  std::stable_sort(lines.begin(), lines.end(), [&](size_t a, size_t b) { return sources[a].size() > sources[b].size(); });
  std::vector<std::vector<size_t>> batches;
  int64_t tokens = batch_tokens;
  for (const size_t line : lines) {
    const auto length = static_cast<int64_t>(sources[line].size()) + 1;
    if (batches.empty() || tokens + length > batch_tokens) {
      batches.emplace_back();
      tokens = 0;
    }
    batches.back().push_back(line);
    tokens += length;
  }
  return batches;
}

template <class T>
std::vector<T> pick(const std::vector<T>& values, const std::vector<size_t>& indices) {
  std::vector<T> picked;
  for (const size_t i : indices) picked.push_back(values[i]);
  return picked;
}

}  // namespace

Translator::Translator(Transformer& model, const Tokenizers& tokenizers, const DecodeConfig& config,
                       int64_t max_source_length)
    : model_(model), tokenizers_(tokenizers), config_(config), max_source_length_(max_source_length) {}

Translation Translator::translation_of(const std::vector<Hypothesis>& hypotheses) const {
  Translation translation;
  for (const Hypothesis& hypothesis : hypotheses)
    translation.hypotheses.push_back(
        {tokenizers_.target->decode(hypothesis.ids), hypothesis.score, hypothesis.log_probability});
  const TranslationHypothesis& best = translation.hypotheses.front();
  translation.text = best.text;
  translation.score = best.score;
  translation.log_probability = best.log_probability;
  return translation;
}

std::vector<Translation> Translator::translate(const std::vector<std::string>& lines) {
  const torch::NoGradGuard no_grad;
  const std::vector<Ids> sources = encode_sources(*tokenizers_.source, lines, max_source_length_);
  std::vector<Translation> translations(lines.size());
  std::vector<size_t> to_translate;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (!sources[i].empty()) to_translate.push_back(i);
    else translations[i].hypotheses.resize(1);
  }
  const SpecialIds& special = tokenizers_.target->vocabulary().special();
  for (const std::vector<size_t>& batch : batches_of(sources, to_translate, config_.batch_tokens)) {
    const Batch packed = make_batch(pick(sources, batch), {}, SentenceFrame(tokenizers_));
    DropoutKeys none;
    const Memory memory = model_->encode(packed.source_ids, packed.source_segments, none);
    const auto found = beam_search(model_, memory, config_, special);
    for (size_t i = 0; i < batch.size(); ++i) translations[batch[i]] = translation_of(found[i]);
  }
  return translations;
}

std::vector<double> Translator::score(const std::vector<std::string>& sources, const std::vector<std::string>& targets) {
  TORCH_CHECK(sources.size() == targets.size(), "as many sources as targets");
  const torch::NoGradGuard no_grad;
  const std::vector<Ids> source_ids = encode_sources(*tokenizers_.source, sources, max_source_length_);
  std::vector<Ids> target_ids;
  for (const std::string& target : targets) target_ids.push_back(tokenizers_.target->encode(target));
  std::vector<size_t> lines(sources.size());
  std::iota(lines.begin(), lines.end(), size_t{0});
  std::vector<double> scores(sources.size());
  for (const std::vector<size_t>& batch : batches_of(source_ids, lines, config_.batch_tokens)) {
    const Batch packed = make_batch(pick(source_ids, batch), pick(target_ids, batch), SentenceFrame(tokenizers_));
    const std::vector<double> found = log_probabilities(model_, packed);
    for (size_t i = 0; i < batch.size(); ++i) scores[batch[i]] = found[i];
  }
  return scores;
}

}  // namespace heed
