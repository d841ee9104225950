#include "train/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace heed {
namespace {

// How far the decay has come, 0 at its start, 1 from max_steps on.
double decay_progress(const ScheduleConfig& schedule, int64_t max_steps, int64_t step) {
  const int64_t start = std::max(schedule.decay_start_step, schedule.warmup_steps);
  if (step <= start) return 0;
  return std::min(1.0,
                  static_cast<double>(step - start) / static_cast<double>(std::max<int64_t>(1, max_steps - start)));
}

}  // namespace

double learning_rate(const ScheduleConfig& schedule, const ScheduleContext& context, int64_t step) {
  const double n = static_cast<double>(step), warmup = static_cast<double>(schedule.warmup_steps);
  if (schedule.type == ScheduleType::kNoam) {
    const double decay = std::min(1 / std::sqrt(n), n * std::pow(warmup, -1.5));
    return schedule.factor * decay / std::sqrt(static_cast<double>(context.d_model));
  }
  if (step < schedule.warmup_steps) return context.peak * n / warmup;
  const double left = 1 - decay_progress(schedule, context.max_steps, step);
  switch (schedule.type) {
    case ScheduleType::kInverseSqrt:
      return context.peak * std::sqrt(warmup / n);
    case ScheduleType::kLinear:
      return context.peak * (schedule.final_ratio + (1 - schedule.final_ratio) * left);
    case ScheduleType::kCosine: {
      const double share = 0.5 - 0.5 * std::cos(std::numbers::pi * left);
      return context.peak * (schedule.final_ratio + (1 - schedule.final_ratio) * share);
    }
    default:
      return context.peak;
  }
}

}  // namespace heed
