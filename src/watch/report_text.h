#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>

#include "core/count_text.h"
#include "train/train_observer.h"
#include "watch/time_left.h"

namespace heed {

// What training reports, as people read it: one place for the wording and for how numbers and times look.

std::string rate_text(double per_second);     // 812, 8.1k, 1.2M
std::string duration_text(double seconds);    // 42s, 4m12s, 3h07m, 2d05h
std::string perplexity_text(double value);    // 12.40; 1.2e+08 where it is large
std::string learning_rate_text(double rate);  // 5.00e-04

std::string local_time_text(std::time_t time);  // 2026-11-20 23:14:25
std::string utc_time_text(std::time_t time);    // 2026-11-20T23:14:25Z

// One line each, without its end. In `update_text` the time left stands last, where it is known.
std::string update_text(const UpdateReport& report, const TrainLimits& limits, std::optional<double> seconds_left = {});
std::string validation_text(const ValidationReport& report);

// One line of exactly one bar and as many fields as fit, at most `columns` wide: "step 1,200/10,000 [===>   ] 12% ...".
std::string live_text(const UpdateReport& report, const TrainLimits& limits, const TimeLeft& time_left, int columns);

}  // namespace heed
