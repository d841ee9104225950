#pragma once

#include <memory>
#include <string>
#include <vector>

#include "eval/bleu.h"
#include "eval/chrf.h"
#include "eval/rouge.h"
#include "eval/signature.h"
#include "eval/ter.h"
#include "eval/text_metric.h"

namespace heed {

// Of every metric; what a metric has no use for says nothing. rouge.kind is the metric's name.
struct MetricOptions {
  BleuOptions bleu;
  ChrfOptions chrf;
  TerOptions ter;
  RougeOptions rouge;
};

const std::vector<std::string>& metric_names();

// Throws ConfigError, listing what there is, for an unknown metric.
void check_metric(const std::string& name);

// num_references: of a line, for the signature. ConfigError as above, and as eval/bleu.h says for options.
std::unique_ptr<const TextMetric> make_metric(const std::string& name, const std::string& num_references,
                                              const MetricOptions& options = {});

// Scores a corpus. Throws ConfigError as above, what eval/bleu.h says for texts and options that cannot be scored.
Score score(const std::string& metric, const std::vector<std::string>& hypotheses, const References& references,
            const MetricOptions& options = {});

}  // namespace heed
