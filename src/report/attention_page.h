#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/attention_view.h"

namespace heed {

// One HTML page that holds everything it needs (no network): the choice of kind, layer and head with a small picture of
// every head, averages, pieces or words, light and dark. Hovering a cell, or walking over the map with the arrow keys,
// shows both tokens and the weight. Weights are kept to four decimals; cells are coloured relative to the map's
// largest. Throws std::invalid_argument as check_attention does.
std::string attention_page(const AttentionView& view, std::string_view title);

// The same with a section for each model, beside each other where the window is wide enough; each chooses for itself,
// all are coloured relative to the largest weight of the maps in sight.
std::string comparison_page(const std::vector<ModelAttention>& models, std::string_view title);

}  // namespace heed
