#include "eval/significance.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/thread_team.h"
#include "eval/numpy_random.h"

namespace heed {
namespace {

// Lines of each sample, drawn one after another; samples are then worked on side by side.
std::vector<uint32_t> draw_lines(size_t lines, const Resampling& how) {
  NumpyRandom random(how.seed);
  std::vector<uint32_t> drawn(lines * static_cast<size_t>(how.samples));
  for (uint32_t& line : drawn) line = random.below(static_cast<uint32_t>(lines));
  return drawn;
}

template <class Body>
void for_samples(int64_t samples, Body body) {
  parallel_for(samples, 1, [&](int64_t begin, int64_t end) {
    for (int64_t sample = begin; sample < end; ++sample) body(static_cast<size_t>(sample));
  });
}

// Of the sample's lines, summed in float in their order.
double sample_score(const TextMetric& metric, const LineStatistics& system, std::span<const uint32_t> lines) {
  std::vector<float> sums(system.width());
  for (const uint32_t i : lines) {
    const auto line = system.line(i);
    for (size_t k = 0; k < sums.size(); ++k) sums[k] += static_cast<float>(line[k]);
  }
  return metric.value(std::span<const float>(sums));
}

std::vector<double> sample_scores(const TextMetric& metric, const LineStatistics& system,
                                  const std::vector<uint32_t>& drawn) {
  const size_t lines = system.size();
  std::vector<double> scores(drawn.size() / lines);
  for_samples(static_cast<int64_t>(scores.size()), [&](size_t sample) {
    scores[sample] = sample_score(metric, system, std::span(drawn).subspan(sample * lines, lines));
  });
  return scores;
}

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

Interval interval_of(std::vector<double> scores) {
  constexpr size_t kTail = 40;  // one of so many beyond either end
  std::sort(scores.begin(), scores.end());
  const size_t lower = scores.size() / kTail, upper = scores.size() - lower - 1;
  return {mean_of(scores), 0.5 * (scores[upper] - scores[lower])};
}

// Counting the real difference itself, so that it is never 0.
double p_value(const std::vector<double>& by_chance, double difference) {
  const auto greater =
      std::count_if(by_chance.begin(), by_chance.end(), [&](double value) { return value > difference; });
  return static_cast<double>(greater + 1) / static_cast<double>(by_chance.size() + 1);
}

double score_of(const TextMetric& metric, const LineStatistics& system) {
  const std::vector<double> sums = system.sums();
  return metric.value(std::span<const double>(sums));
}

// Of two systems of which each has its own lines where it keeps them, else the other's.
double shuffled_difference(const TextMetric& metric, const LineStatistics& baseline, const LineStatistics& system,
                           std::span<const char> keeps) {
  std::vector<double> one(system.width()), other(system.width());
  for (size_t i = 0; i < keeps.size(); ++i) {
    const auto &to_one = keeps[i] != 0 ? baseline : system, &to_other = keeps[i] != 0 ? system : baseline;
    for (size_t k = 0; k < one.size(); ++k) {
      one[k] += to_one.line(i)[k];
      other[k] += to_other.line(i)[k];
    }
  }
  return std::abs(metric.value(std::span<const double>(one)) - metric.value(std::span<const double>(other)));
}

}  // namespace

std::vector<double> LineStatistics::sums() const {
  std::vector<double> sums(width_);
  for (size_t i = 0; i < values_.size(); ++i) sums[i % width_] += values_[i];
  return sums;
}

Interval bootstrap_interval(const TextMetric& metric, const LineStatistics& system, const Resampling& how) {
  return interval_of(sample_scores(metric, system, draw_lines(system.size(), how)));
}

PairedScore paired_bootstrap(const TextMetric& metric, const LineStatistics& baseline, const LineStatistics& system,
                             const Resampling& how) {
  const double difference = std::abs(score_of(metric, baseline) - score_of(metric, system));
  const std::vector<uint32_t> drawn = draw_lines(system.size(), how);
  const std::vector<double> theirs = sample_scores(metric, baseline, drawn),
                            ours = sample_scores(metric, system, drawn);
  std::vector<double> differences(ours.size());
  for (size_t i = 0; i < ours.size(); ++i) differences[i] = std::abs(ours[i] - theirs[i]);
  const double mean = mean_of(differences);
  for (double& value : differences) value -= mean;
  return {p_value(differences, difference), interval_of(ours)};
}

double paired_randomization(const TextMetric& metric, const LineStatistics& baseline, const LineStatistics& system,
                            const Resampling& how) {
  const double difference = std::abs(score_of(metric, baseline) - score_of(metric, system));
  const size_t lines = system.size();
  NumpyRandom random(how.seed);
  std::vector<char> keeps(lines * static_cast<size_t>(how.samples));
  for (char& keep : keeps) keep = random.flip() ? 1 : 0;
  std::vector<double> by_chance(static_cast<size_t>(how.samples));
  for_samples(how.samples, [&](size_t sample) {
    by_chance[sample] = shuffled_difference(metric, baseline, system, std::span(keeps).subspan(sample * lines, lines));
  });
  return p_value(by_chance, difference);
}

}  // namespace heed
