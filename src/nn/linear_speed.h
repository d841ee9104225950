#pragma once

#include <cstdint>

namespace heed {

// How many times as fast as in fp32 this CPU is in bf16 at what training does with a linear layer, weights being kept
// in fp32: rows (`rows`, in) times a weight (out, in). Measured within some hundredths of a second, by this thread's
// own time, so that other programs count little. Call where nothing computes on other threads (core/thread_team.h).
double speed_in_bfloat16(int64_t rows, int64_t in, int64_t out);

}  // namespace heed
