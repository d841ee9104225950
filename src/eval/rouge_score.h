#pragma once

#include <cstdint>
#include <vector>

namespace heed {

// ROUGE of one summary beside one reference (Lin 2004), in every decision as rouge-score 0.1.2. Words are numbers, the
// same for the same word; sentences are as the text has them.
struct RougeScore {
  double precision = 0, recall = 0, f = 0;  // 0 to 1
};

using RougeWords = std::vector<uint32_t>;

// By n-grams that both have, each as often as the rarer side has it.
RougeScore rouge_n(const RougeWords& summary, const RougeWords& reference, int64_t n);

// By the longest common subsequence.
RougeScore rouge_l(const RougeWords& summary, const RougeWords& reference);

// By the union of the longest common subsequences of each sentence of the reference with all of the summary (section
// 3.2), a word counted as often as the rarer side has it.
RougeScore rouge_lsum(const std::vector<RougeWords>& summary, const std::vector<RougeWords>& reference);

}  // namespace heed
