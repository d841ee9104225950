#pragma once

#include <string>
#include <vector>

#include "report/attention_view.h"

namespace heed {

enum class WeightDigits {
  kAll,   // the shortest decimal that reads back as the same float
  kFour,  // four decimals: enough to look at, and a third of the size
};

// {"source": {"tokens": [...], "words": [...]}, "target": ..., "target_input": ...,
//  "maps": [{"kind": "cross", "layer": 1, "head": 1, "weights": [[...], ...]}, ...]}
// Kinds as attention_kind_name, fields as in AttentionView, weights[query][key]. A weight that is no number is null,
// ill-formed UTF-8 is U+FFFD. "<" is written \u003c, so the text may stand inside a <script> of a page as it is.
// Throws std::invalid_argument as check_attention does.
std::string attention_json(const AttentionView& view, WeightDigits digits = WeightDigits::kAll);

// {"models": [{"model": "runs/a", "source": ..., "maps": [...]}, ...]}: the same for each of several.
std::string comparison_json(const std::vector<ModelAttention>& models, WeightDigits digits = WeightDigits::kAll);

}  // namespace heed
