#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cli/line_statistics.h"
#include "eval/metrics.h"

namespace heed {

// Which metrics are wanted and how they compute, as options of a command say.
struct ScoringOptions {
  std::vector<std::string> metrics = {"bleu"};
  std::string tokenize;  // BLEU's; empty: as the model's config says, else 13a
  std::string smooth = "exp", rouge_tokens = "ascii", sentence_end;
  double smooth_value = 0;
  bool lowercase = false, stem = false;
  bool optional_references = false;  // an empty line of references is none
  int chrf_word_order = 0;
  TerOptions ter;

  // `base`: what a model's config says. ConfigError for names that there are not.
  MetricOptions with(MetricOptions base) const;
};

void add_scoring_options(CLI::App& command, ScoringOptions& options);

// The metrics, in the order asked for; num_references as eval/metrics.h. ConfigError as there.
Metrics make_metrics(const std::vector<std::string>& names, const std::string& num_references,
                     const MetricOptions& options);

}  // namespace heed
