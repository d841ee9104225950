#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/line_statistics.h"
#include "cli/reference_count.h"
#include "cli/scoring_options.h"
#include "eval/significance.h"

namespace heed {

enum class PairedTest { kNone, kBootstrap, kRandomization };

// Translations of the same text by several systems, the first of them the baseline, beside references.
struct ComparisonOptions {
  std::vector<std::string> systems, references;  // files
  ScoringOptions scoring;
  PairedTest test = PairedTest::kBootstrap;
  bool confidence = false;  // intervals even where the test has none of its own
  int64_t samples = 0;      // 0: 1,000 of a bootstrap, 10,000 of randomisation
  uint32_t seed = 12345;
  std::string per_sentence;  // a file for the score of each line; empty: none
  int64_t worst = 0;         // lines to print on which the last system loses most to the baseline, or does worst alone
  std::string html;          // a file for a page on which they are read side by side; empty: none
  bool json = false;

  bool shows_lines() const { return worst > 0 || !html.empty(); }
};

// One system by one metric.
struct SystemScore {
  Score score;
  std::optional<Interval> interval;
  std::optional<double> p_value;
};

// The systems' lines, read and counted by every metric.
class ComparedSystems {
 public:
  explicit ComparedSystems(const ComparisonOptions& options);

  size_t num_systems() const { return options_.systems.size(); }
  size_t num_metrics() const { return metrics_.size(); }
  size_t num_lines() const { return lines_.front().front().size(); }

  SystemScore of(size_t system, size_t metric) const;
  double of_line(size_t system, size_t metric, size_t line) const;
  bool less_is_better(size_t metric) const { return metrics_[metric]->less_is_better(); }

  // What each system wrote, then the references. Only where lines are to be shown.
  const ScoredTexts& texts(size_t line) const { return texts_[line]; }

 private:
  std::string with_tests(std::string signature) const;
  Resampling resampling(int64_t samples) const;
  bool has_intervals() const { return options_.confidence || options_.test == PairedTest::kBootstrap; }
  void read();
  void add_window(std::vector<ScoredTexts> window);

  const ComparisonOptions& options_;
  ReferenceCount references_;
  Metrics metrics_, sentence_metrics_;
  std::vector<std::vector<LineStatistics>> lines_;  // by system and metric
  std::vector<ScoredTexts> texts_;
};

}  // namespace heed
