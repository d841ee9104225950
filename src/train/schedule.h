#pragma once

#include <cstdint>

#include "config/schedule_config.h"

namespace heed {

// What a schedule depends on besides its own section.
struct ScheduleContext {
  double peak = 0;        // optimizer.learning_rate
  int64_t max_steps = 0;  // where linear and cosine end
  int64_t d_model = 0;    // noam
};

// Learning rate of update `step` (1 is the first). Pure: nothing to save, trivial to test and to plot. All but noam
// rise linearly to the peak over warmup_steps, then:
//   inverse_sqrt   peak * sqrt(warmup / step)
//   linear, cosine hold the peak until decay_start_step, then fall to final_ratio * peak at max_steps
//   constant       peak
//   noam           schedule.factor * d_model^-0.5 * min(step^-0.5, step * warmup^-1.5)      Vaswani et al. 2017, eq. 3
double learning_rate(const ScheduleConfig& schedule, const ScheduleContext& context, int64_t step);

}  // namespace heed
