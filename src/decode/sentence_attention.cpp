#include "decode/sentence_attention.h"

#include <fmt/format.h>

#include <algorithm>

namespace heed {
namespace {

int count_words(const AttendedSide& side) {
  return side.words.empty() ? 0 : 1 + *std::max_element(side.words.begin(), side.words.end());
}

const AttentionWeights* alignment_layer(const SentenceAttention& attention) {
  std::vector<const AttentionWeights*> layers;
  for (const AttentionWeights& layer : attention.layers)
    if (layer.role == AttentionRole::kCross) layers.push_back(&layer);
  if (layers.empty()) return nullptr;
  return layers[layers.size() > 1 ? layers.size() - 2 : 0];
}

}  // namespace

AttendedSide::AttendedSide(const Tokenizer& tokenizer, const std::vector<int32_t>& ids)
    : words(tokenizer.word_numbers(ids)) {
  for (const int32_t id : ids) pieces.push_back(tokenizer.vocabulary().piece(id));
}

WordAlignment word_alignment(const SentenceAttention& attention) {
  const int source_words = count_words(attention.source), target_words = count_words(attention.target);
  const AttentionWeights* layer = alignment_layer(attention);
  if (layer == nullptr || source_words == 0 || target_words == 0) return {};
  const torch::Tensor mean = layer->sentences.at(0).mean(0);  // (Lt, Ls)
  const auto weights = mean.accessor<float, 2>();
  std::vector<std::vector<double>> mass(static_cast<size_t>(target_words),
                                        std::vector<double>(static_cast<size_t>(source_words)));
  for (int64_t t = 0; t < mean.size(0); ++t)
    for (int64_t s = 0; s < mean.size(1); ++s) {
      const int target = attention.target.words[static_cast<size_t>(t)];
      const int source = attention.source.words[static_cast<size_t>(s)];
      if (target >= 0 && source >= 0)
        mass[static_cast<size_t>(target)][static_cast<size_t>(source)] += static_cast<double>(weights[t][s]);
    }
  WordAlignment alignment;
  for (const auto& row : mass)
    alignment.emplace_back(std::max_element(row.begin(), row.end()) - row.begin(), alignment.size());
  return alignment;
}

std::string pharaoh(const WordAlignment& alignment) {
  std::string text;
  for (const auto& [source, target] : alignment)
    text += fmt::format("{}{}-{}", text.empty() ? "" : " ", source, target);
  return text;
}

}  // namespace heed
