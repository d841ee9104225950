#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "config/config.h"

namespace heed {

// How many positions an exported model of sinusoids has: what its config lets a sentence be long, and 1024 at least.
// Heed itself has no limit; other runtimes keep a table.
int64_t exported_positions(const Config& config);

// That table, (exported_positions, d_model) fp32.
at::Tensor sinusoid_rows(const Config& config);

}  // namespace heed
