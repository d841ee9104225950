#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "eval/text_metric.h"

namespace heed {

// How sure scores and their differences are, by resampling lines (Koehn 2004; Riezler and Maxwell 2005), with the
// random numbers and in the order of sacreBLEU 2.6.0, so that intervals and p-values are its own.

// A metric's statistics of the lines of one system.
class LineStatistics {
 public:
  void add(const std::vector<double>& line) {
    width_ = line.size();
    values_.insert(values_.end(), line.begin(), line.end());
  }
  size_t size() const { return width_ == 0 ? 0 : values_.size() / width_; }
  size_t width() const { return width_; }
  std::span<const double> line(size_t i) const { return std::span(values_).subspan(i * width_, width_); }
  std::vector<double> sums() const;

 private:
  std::vector<double> values_;
  size_t width_ = 0;
};

struct Resampling {
  int64_t samples = 1000;
  uint32_t seed = 12345;
};

struct Interval {
  double mean = 0, half_width = 0;  // of the samples' scores, 95 of 100 of them
};

Interval bootstrap_interval(const TextMetric& metric, const LineStatistics& system, const Resampling& how = {});

struct PairedScore {
  double p_value = 1;  // that the difference to the baseline is chance
  Interval interval;
};

// REQUIRES: as many lines in both.
PairedScore paired_bootstrap(const TextMetric& metric, const LineStatistics& baseline, const LineStatistics& system,
                             const Resampling& how = {});

// The p-value of approximate randomisation.
double paired_randomization(const TextMetric& metric, const LineStatistics& baseline, const LineStatistics& system,
                            const Resampling& how = {.samples = 10000});

}  // namespace heed
