#include "decode/head_statistics.h"

#include <algorithm>
#include <cmath>

namespace heed {
namespace {

// Adds one row's figures: `weights` over `keys` keys, the diagonal at key `centre`.
void add_row(const float* weights, int64_t keys, double centre, HeadStatistics& sums) {
  double largest = 0;
  for (int64_t j = 0; j < keys; ++j) {
    const double weight = static_cast<double>(weights[j]), distance = std::abs(static_cast<double>(j) - centre);
    if (weight > 0) sums.entropy -= weight * std::log(weight);
    largest = std::max(largest, weight);
    sums.distance += weight * distance;
    if (distance <= 1) sums.diagonal += weight;
  }
  sums.confidence += largest;
  ++sums.rows;
}

}  // namespace

void HeadMeter::add(const SentenceAttention& attention) {
  for (const AttentionWeights& layer : attention.layers) {
    const torch::Tensor& weights = layer.sentences.at(0);  // (H, Lq, Lk)
    const int64_t heads = weights.size(0), queries = weights.size(1), keys = weights.size(2);
    const double slope = queries > 1 ? static_cast<double>(keys - 1) / static_cast<double>(queries - 1) : 0;
    const float* row = weights.const_data_ptr<float>();
    for (int64_t head = 0; head < heads; ++head) {
      HeadStatistics& sums = sums_[{layer.role, layer.layer, head}];
      for (int64_t i = 0; i < queries; ++i, row += keys) add_row(row, keys, static_cast<double>(i) * slope, sums);
    }
  }
}

std::vector<HeadStatistics> HeadMeter::statistics() const {
  std::vector<HeadStatistics> all;
  for (const auto& [place, sums] : sums_) {
    HeadStatistics mean = sums;
    std::tie(mean.role, mean.layer, mean.head) = place;
    for (double* value : {&mean.entropy, &mean.confidence, &mean.distance, &mean.diagonal})
      *value /= static_cast<double>(sums.rows);
    all.push_back(mean);
  }
  return all;
}

}  // namespace heed
