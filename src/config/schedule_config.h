#pragma once

#include "config/field.h"

namespace heed {

enum class ScheduleType { kInverseSqrt, kNoam, kLinear, kCosine, kConstant };
constexpr auto enum_names(ScheduleType) {
  return std::to_array<EnumName<ScheduleType>>({{ScheduleType::kInverseSqrt, "inverse_sqrt"},
                                                {ScheduleType::kNoam, "noam"},
                                                {ScheduleType::kLinear, "linear"},
                                                {ScheduleType::kCosine, "cosine"},
                                                {ScheduleType::kConstant, "constant"}});
}

// How the learning rate moves; `linear` and `cosine` reach their end at train.max_steps.
struct ScheduleConfig {
  ScheduleType type = ScheduleType::kInverseSqrt;
  int64_t warmup_steps = 1000;
  int64_t decay_start_step = 0;
  double final_ratio = 0;
  double factor = 1;

  bool operator==(const ScheduleConfig&) const = default;

  template <class Visitor>
  static void fields(Visitor&& visit) {
    visit("type", &ScheduleConfig::type, "course of the learning rate after the warm-up");
    visit("warmup_steps", &ScheduleConfig::warmup_steps, "updates of linear rise", at_least(1));
    visit("decay_start_step", &ScheduleConfig::decay_start_step,
          "update up to which linear and cosine hold the peak; 0: the end of the warm-up", at_least(0));
    visit("final_ratio", &ScheduleConfig::final_ratio, "share of the peak left at the end of linear and cosine",
          between(0, 1));
    visit("factor", &ScheduleConfig::factor, "noam: times d_model^-0.5 min(step^-0.5, step warmup^-1.5)", above(0));
  }
};

}  // namespace heed
