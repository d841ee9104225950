#pragma once

#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "decode/sentence_attention.h"

namespace heed {

// How one attention head behaves, averaged over all rows (queries) of all sentences.
struct HeadStatistics {
  AttentionRole role = AttentionRole::kCross;
  int64_t layer = 0, head = 0;  // from 0
  double entropy = 0;           // of a row, in nats: 0 looks at one key, log(keys) at all alike
  double confidence = 0;        // a row's largest weight (Voita et al. 2019, section 4)
  double distance = 0;          // keys between where a row looks and the diagonal, weighted
  double diagonal = 0;          // weight within one key of the diagonal
  int64_t rows = 0;
};

// The diagonal of a map that is not square runs from its first corner to its last.
class HeadMeter {
 public:
  void add(const SentenceAttention& attention);
  std::vector<HeadStatistics> statistics() const;  // by role, layer, head

 private:
  std::map<std::tuple<AttentionRole, int64_t, int64_t>, HeadStatistics> sums_;
};

}  // namespace heed
