#include "audit/length_ratio.h"

#include <algorithm>
#include <cmath>

namespace heed {
namespace {

constexpr double kNormalConsistency = 1.4826;  // 1 / the third quartile of a standard normal: MADs to deviations

float log_ratio(const PairShape& pair) {
  return std::log(static_cast<float>(pair.target.characters) / static_cast<float>(pair.source.characters));
}

double median_of(std::vector<float>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

size_t bin_of(double ratio) {
  const double bin = std::floor((std::log2(ratio) + LengthRatio::kOctaves) * LengthRatio::kBinsAnOctave);
  return static_cast<size_t>(std::clamp(bin, 0.0, 2.0 * LengthRatio::kOctaves * LengthRatio::kBinsAnOctave - 1));
}

}  // namespace

double LengthRatio::bin_edge(size_t bin) { return std::exp2(static_cast<double>(bin) / kBinsAnOctave - kOctaves); }

LengthRatio length_ratio(std::span<const PairShape> pairs) {
  LengthRatio ratio;
  ratio.bins.resize(size_t{2} * LengthRatio::kOctaves * LengthRatio::kBinsAnOctave);
  std::vector<float> values;
  for (const PairShape& pair : pairs) {
    if (!pair.has_text()) continue;
    values.push_back(log_ratio(pair));
    ++ratio.bins[bin_of(std::exp(values.back()))];
  }
  if (values.empty()) return ratio;
  const double median = median_of(values);
  for (float& value : values) value = static_cast<float>(std::abs(value - median));
  const double reach =
      std::max(LengthRatio::kSpreads * kNormalConsistency * median_of(values), std::log(LengthRatio::kLeastFactor));
  ratio.median = std::exp(median);
  ratio.low = std::exp(median - reach);
  ratio.high = std::exp(median + reach);
  for (size_t i = 0; i < pairs.size(); ++i)
    if (pairs[i].has_text() && std::abs(log_ratio(pairs[i]) - median) > reach)
      ratio.outliers.add(static_cast<int64_t>(i));
  return ratio;
}

}  // namespace heed
