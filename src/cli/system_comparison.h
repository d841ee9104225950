#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/scoring_options.h"
#include "eval/significance.h"

namespace heed {

enum class PairedTest { kNone, kBootstrap, kRandomization };

// Translations of the same text by several systems, the first of them the baseline, beside references.
struct ComparisonOptions {
  std::vector<std::string> systems, references;  // files
  ScoringOptions scoring;
  PairedTest test = PairedTest::kBootstrap;
  int64_t samples = 0;  // 0: 1,000 of a bootstrap, 10,000 of randomisation
  uint32_t seed = 12345;
  std::string per_sentence;  // a file for the score of each line; empty: none
  int64_t worst = 0;         // lines to print on which the last system loses most to the baseline, or does worst alone
  bool json = false;
};

// Scores them and prints a table with intervals of confidence and, beside a baseline, p-values; or JSON. DataError for
// texts that do not belong together, and what eval/ says.
void compare_systems(const ComparisonOptions& options);

}  // namespace heed
