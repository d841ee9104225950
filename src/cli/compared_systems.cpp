#include "cli/compared_systems.h"

#include <fmt/format.h>

#include <utility>

#include "cli/scored_text.h"
#include "core/work.h"

namespace heed {
namespace {

constexpr int64_t kSamples = 1000, kTrials = 10000;  // of a bootstrap and of randomisation, as sacreBLEU

}  // namespace

ComparedSystems::ComparedSystems(const ComparisonOptions& options)
    : options_(options),
      references_(options.scoring.optional_references),
      metrics_(make_metrics(options.scoring.metrics, references_.text(), options.scoring.with({}))),
      lines_(options.systems.size(), std::vector<LineStatistics>(metrics_.size())) {
  read();
  MetricOptions metrics = options.scoring.with({});
  metrics_ = make_metrics(options.scoring.metrics, references_.text(), metrics);  // now that their number is known
  metrics.bleu.effective_order = true;
  sentence_metrics_ = make_metrics(options.scoring.metrics, references_.text(), metrics);
}

SystemScore ComparedSystems::of(size_t system, size_t metric) const {
  const TextMetric& by = *metrics_[metric];
  const LineStatistics &ours = lines_[system][metric], &theirs = lines_.front()[metric];
  SystemScore result{by.score(ours.sums()), {}, {}};
  if (options_.test == PairedTest::kBootstrap && system > 0) {
    const PairedScore paired = paired_bootstrap(by, theirs, ours, resampling(kSamples));
    result.interval = paired.interval;
    result.p_value = paired.p_value;
  } else if (has_intervals()) {
    result.interval = bootstrap_interval(by, ours, resampling(kSamples));
  }
  if (options_.test == PairedTest::kRandomization && system > 0)
    result.p_value = paired_randomization(by, theirs, ours, resampling(kTrials));
  result.score.signature = with_tests(result.score.signature);
  return result;
}

double ComparedSystems::of_line(size_t system, size_t metric, size_t line) const {
  return sentence_metrics_[metric]->value(lines_[system][metric].line(line));
}

Resampling ComparedSystems::resampling(int64_t samples) const {
  return {options_.samples > 0 ? options_.samples : samples, options_.seed};
}

// As sacreBLEU: what was resampled, behind the number of references.
std::string ComparedSystems::with_tests(std::string signature) const {
  std::string tests;
  if (has_intervals()) tests += fmt::format("|bs:{}", resampling(kSamples).samples);
  if (options_.test == PairedTest::kRandomization) tests += fmt::format("|ar:{}", resampling(kTrials).samples);
  if (!tests.empty()) tests += fmt::format("|seed:{}", options_.seed);
  return signature.insert(signature.find('|'), tests);
}

void ComparedSystems::read() {
  std::vector<TextFiles> files;
  for (const std::string& file : options_.systems) files.push_back({file});
  for (const std::string& file : options_.references) files.push_back({file});
  ParallelTexts texts(files, {});
  Work work("scoring", "lines");
  std::vector<ScoredTexts> window;
  const auto add = [&] {
    work.advance(static_cast<int64_t>(window.size()));
    add_window(std::exchange(window, {}));
  };
  for (ScoredTexts lines; texts.next(lines);) {
    window.push_back(std::move(lines));
    if (window.size() == kScoredTogether) add();
  }
  add();
}

void ComparedSystems::add_window(std::vector<ScoredTexts> window) {
  if (options_.shows_lines()) texts_.insert(texts_.end(), window.begin(), window.end());
  for (ScoredTexts& line : window) references_.take(line, num_systems());
  const auto found = statistics_of(metrics_, window, num_systems());
  for (size_t i = 0; i < found.size(); ++i) lines_[i / num_metrics() % num_systems()][i % num_metrics()].add(found[i]);
}

}  // namespace heed
