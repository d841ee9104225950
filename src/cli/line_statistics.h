#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "eval/text_metric.h"

namespace heed {

using Metrics = std::vector<std::unique_ptr<const TextMetric>>;

// What systems wrote of a line, and behind it the references.
using ScoredTexts = std::vector<std::string>;

// Lines that are scored together, with all threads.
constexpr size_t kScoredTogether = 4000;

// The statistics of each line of each system by each metric: those of line i, system s and metric m at
// (i * num_systems + s) * metrics.size() + m.
std::vector<std::vector<double>> statistics_of(const Metrics& metrics, const std::vector<ScoredTexts>& lines,
                                               size_t num_systems);

}  // namespace heed
