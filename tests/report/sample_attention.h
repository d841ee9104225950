#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "report/attention_view.h"

namespace heed {

// A made-up model's attention over sentences of `words` words (the longer ones in two pieces, two of them full of
// markup): peaks around the diagonal, shifted and widened from head to head, every row with sum 1.

inline AttentionAxis sample_axis(int words, const std::vector<std::string>& lexicon) {
  AttentionAxis axis;
  for (int word = 0; word < words; ++word) {
    const std::string& text = lexicon[static_cast<size_t>(word) % lexicon.size()];
    const size_t cut = text.size() > 6 ? 4 : text.size();
    axis.tokens.push_back("\u2581" + text.substr(0, cut));
    axis.words.push_back(word);
    if (cut == text.size()) continue;
    axis.tokens.push_back(text.substr(cut));
    axis.words.push_back(word);
  }
  axis.tokens.emplace_back("</s>");
  axis.words.push_back(-1);
  return axis;
}

inline AttentionMap sample_map(const AttentionView& view, const AttentionChoice& choice) {
  AttentionMap map{choice,
                   static_cast<int64_t>(query_axis(view, choice.kind).tokens.size()),
                   static_cast<int64_t>(key_axis(view, choice.kind).tokens.size()),
                   {}};
  const double width = 0.4 + 0.9 * choice.head, shift = choice.layer - choice.head;
  for (int64_t row = 0; row < map.rows; ++row) {
    std::vector<double> peaks;
    double total = 0;
    for (int64_t column = 0; column < map.columns; ++column) {
      const double middle = static_cast<double>(row * map.columns) / static_cast<double>(map.rows) + shift;
      const double away = (static_cast<double>(column) - middle) / width;
      const bool future = choice.kind == AttentionKind::kDecoderSelf && column > row;
      peaks.push_back(future ? 0 : std::exp(-away * away) + 0.002);
      total += peaks.back();
    }
    for (const double peak : peaks) map.weights.push_back(static_cast<float>(peak / total));
  }
  return map;
}

inline AttentionView sample_attention(int words, int layers = 3, int heads = 4) {
  AttentionView view;
  view.source =
      sample_axis(words, {"A", "<dog>", "&", "two", "children", "run", "across", "the", "playground", "\"fast\""});
  view.target =
      sample_axis(words, {"Ein", "Hund", "und", "zwei", "Kinder", "rennen", "'schnell'", "über", "den", "Spielplatz"});
  view.target_input = view.target;
  view.target_input.tokens.insert(view.target_input.tokens.begin(), "<s>");
  view.target_input.tokens.pop_back();
  view.target_input.words.insert(view.target_input.words.begin(), -1);
  view.target_input.words.pop_back();
  for (const AttentionKind kind : {AttentionKind::kEncoderSelf, AttentionKind::kDecoderSelf, AttentionKind::kCross})
    for (int layer = 1; layer <= layers; ++layer)
      for (int head = 1; head <= heads; ++head) view.maps.push_back(sample_map(view, {kind, layer, head}));
  return view;
}

}  // namespace heed
