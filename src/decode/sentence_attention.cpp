#include "decode/sentence_attention.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "data/make_batch.h"
#include "text/word_numbers.h"

namespace heed {
namespace {

int count_words(const AttendedSide& side) {
  return side.words.empty() ? 0 : 1 + *std::max_element(side.words.begin(), side.words.end());
}

// What one target word looked at, by source word; nothing where that has no pieces. Below 0 at times, where keys are
// mixed (nn/attention/key_mixing.h).
using Mass = std::vector<std::optional<double>>;

}  // namespace

AttendedSide::AttendedSide(const Tokenizer& tokenizer, std::string_view line, size_t limit) {
  const std::vector<TextPiece> cut = tokenizer.cut(line);
  words = word_numbers(line, cut);
  words.resize(std::min(limit, words.size()));
  for (size_t i = 0; i < words.size(); ++i) pieces.push_back(tokenizer.vocabulary().piece(cut[i].id));
}

void AttendedSide::put_first(int64_t id, const Vocabulary& vocabulary) {
  pieces.insert(pieces.begin(), vocabulary.piece(id));
  words.insert(words.begin(), -1);
}

void AttendedSide::put_last(int64_t id, const Vocabulary& vocabulary) {
  pieces.push_back(vocabulary.piece(id));
  words.push_back(-1);
}

WordAlignment word_alignment(const SentenceAttention& attention, const AlignmentReading& reading) {
  const auto layer = std::find_if(attention.layers.begin(), attention.layers.end(),
                                  [](const AttentionWeights& one) { return one.role == AttentionRole::kCross; });
  if (layer == attention.layers.end()) return {};
  const torch::Tensor& heads = layer->sentences.at(0);
  const torch::Tensor seen = reading.head == kMeanOfHeads ? heads.mean(0) : heads[reading.head];  // (Lt, Ls)
  const auto weights = seen.accessor<float, 2>();
  const auto source_words = static_cast<size_t>(count_words(attention.source));
  std::vector<Mass> masses(static_cast<size_t>(count_words(attention.target)), Mass(source_words));
  for (int64_t t = 0; t < seen.size(0); ++t)
    for (int64_t s = 0; s < seen.size(1); ++s) {
      const int target = attention.target.words[static_cast<size_t>(t)];
      const int source = attention.source.words[static_cast<size_t>(s)];
      if (target < 0 || source < 0) continue;
      std::optional<double>& mass = masses[static_cast<size_t>(target)][static_cast<size_t>(source)];
      mass = mass.value_or(0) + static_cast<double>(weights[t][s]);
    }
  WordAlignment alignment;
  for (size_t target = 0; target < masses.size(); ++target) {
    const Mass& mass = masses[target];
    const auto largest = std::max_element(mass.begin(), mass.end());  // nothing is the least
    if (largest == mass.end() || !largest->has_value()) continue;
    const double least = reading.share * **largest;
    for (auto source = mass.begin(); source != mass.end(); ++source)
      if (source == largest || (reading.share < 1 && source->has_value() && **source >= least && **largest > 0))
        alignment.emplace_back(source - mass.begin(), target);
  }
  return alignment;
}

SentenceAttention framed_sides(const Tokenizers& tokenizers, const ReadText& source, const ReadText& target) {
  const SentenceFrame frame(tokenizers);
  const Vocabulary& target_vocabulary = tokenizers.target->vocabulary();
  SentenceAttention sides;
  sides.source = AttendedSide(*tokenizers.source, source.text, source.pieces);
  sides.target = sides.target_input = AttendedSide(*tokenizers.target, target.text, target.pieces);
  sides.source.put_last(frame.source_eos, tokenizers.source->vocabulary());
  sides.target.put_last(frame.target_eos, target_vocabulary);
  sides.target_input.put_first(frame.target_bos, target_vocabulary);
  return sides;
}

std::string pharaoh(const WordAlignment& alignment) {
  std::string text;
  for (const auto& [source, target] : alignment)
    text += fmt::format("{}{}-{}", text.empty() ? "" : " ", source, target);
  return text;
}

}  // namespace heed
