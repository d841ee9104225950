#include "decode/coverage.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "data/make_batch.h"
#include "decode/unknown_words.h"
#include "nn/alignment_loss.h"
#include "nn/pass.h"
#include "tensor/id_tensor.h"

namespace heed {

double coverage(const torch::Tensor& attention) {
  const torch::Tensor given = attention.to(torch::kDouble).sum(0);
  const auto* weights = given.const_data_ptr<double>();
  double sum = 0;
  for (int64_t piece = 0; piece < given.size(0); ++piece)
    if (weights[piece] > 0) sum += std::log(std::min(weights[piece], 1.0));
  return sum;
}

namespace {

// The memory of these sentences, one after another; some stand there several times.
Memory repeated(const Memory& memory, const std::vector<size_t>& sentences) {
  std::vector<int64_t> rows;
  std::vector<int32_t> lengths;
  for (const size_t sentence : sentences) {
    lengths.push_back(memory.segments.lengths()[sentence]);
    for (int32_t i = 0; i < lengths.back(); ++i) rows.push_back(memory.segments.starts()[sentence] + i);
  }
  const auto of = [&](const torch::Tensor& all, const std::vector<int64_t>& chosen) {
    return all.defined() ? all.index_select(0, id_tensor(chosen, all.device())) : all;
  };
  Memory result = memory;
  result.hidden = of(memory.hidden, rows);
  result.segments = Segments::packed(lengths);
  result.values = of(memory.values, rows);
  result.summary = of(memory.summary, {sentences.begin(), sentences.end()});
  return result;
}

}  // namespace

// In one pass of the decoder over all hypotheses, each beside its sentence's memory.
void rank_by_coverage(EncoderDecoder& model, const Memory& memory, const Tokenizers& tokenizers,
                      const DecodeConfig& config, std::vector<std::vector<Hypothesis>>& found) {
  const auto longest = static_cast<size_t>(model->config().longest_target());
  std::vector<Hypothesis*> ranked_anew;
  std::vector<std::vector<int32_t>> texts;
  std::vector<size_t> sentences;
  for (size_t i = 0; i < found.size(); ++i)
    for (Hypothesis& one : found[i]) {
      if (!std::isfinite(one.log_probability)) continue;
      ranked_anew.push_back(&one);
      const std::vector<int64_t> ids = known_ids(one.ids, tokenizers.target->vocabulary());
      texts.emplace_back(ids.begin(), ids.end());
      texts.back().resize(std::min(texts.back().size(), longest));
      sentences.push_back(i);
    }
  if (ranked_anew.empty()) return;
  const torch::NoGradGuard no_grad;
  const Batch batch = make_batch(std::vector<std::vector<int32_t>>(texts.size()), texts, SentenceFrame(tokenizers));
  Pass pass;
  pass.keep_attention(alignment_place(model->config()));
  model->decode(repeated(memory, sentences), batch.target_input_ids, batch.target_segments, pass);
  for (size_t k = 0; k < texts.size(); ++k) {
    const torch::Tensor seen = pass.attention().front().sentences[k].to(torch::kCPU, torch::kFloat).mean(0);
    Hypothesis& one = *ranked_anew[k];
    const auto tokens = static_cast<int64_t>(one.ids.size()) + (one.finished ? 1 : 0);
    one.score += config.coverage_penalty * coverage(seen.narrow(0, 0, std::min(tokens, seen.size(0))));
  }
  for (std::vector<Hypothesis>& list : found) list = ranked(std::move(list));
}

}  // namespace heed
