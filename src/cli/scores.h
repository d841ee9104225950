#pragma once

#include <string>
#include <vector>

#include "eval/metrics.h"

namespace heed {

enum class ScoreFormat {
  kText,  // two lines per metric: "BLEU = 31.20 64.1/38.0/...", then its signature, indented
  kJson,  // {"scores": [{"name": "bleu", "score": 31.20417, "signature": "...", ...parts}]}, doubles in full
};

std::string format_scores(const std::vector<Score>& scores, ScoreFormat format);

// Writes them to standard output, in the order given. Errors as LineWriter's.
void print_scores(const std::vector<Score>& scores, ScoreFormat format);

}  // namespace heed
