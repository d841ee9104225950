#pragma once

#include <cmath>

#include "train/train_observer.h"

namespace heed {

// Reports whose numbers are pure functions of the step.
inline UpdateReport update_at(int64_t step) {
  UpdateReport report;
  report.step = step;
  report.epoch = 1 + step / 100;
  report.loss = 8 / std::sqrt(static_cast<double>(step));
  report.perplexity = std::exp(report.loss);
  report.learning_rate = 1e-5 * static_cast<double>(step);
  report.gradient_norm = 0.5;
  report.tokens_per_second = 8123;
  report.target_tokens = 4000 * step;
  report.seconds = 0.5 * static_cast<double>(step);
  return report;
}

inline ValidationReport validation_at(int64_t step) {
  ValidationReport report;
  report.step = step;
  report.epoch = 1 + step / 100;
  report.loss = 0.25;
  report.perplexity = std::exp(0.25);
  report.scores = {{"bleu", static_cast<double>(step) / 10}, {"chrf", 60.5}};
  report.best = true;
  report.seconds = 3;
  report.samples = {{"two <b> cats", "zwei Katzen", "zwei *Katzen*"}};
  return report;
}

}  // namespace heed
