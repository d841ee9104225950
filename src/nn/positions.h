#pragma once

#include <torch/types.h>

#include <cstdint>

namespace heed {

// Rows 0 .. length - 1 of the sinusoids of Vaswani et al. 2017, section 3.5: (length, d_model), the first half of the
// columns the sines, the second the cosines of position / 10000^(2j / d_model).
torch::Tensor sinusoidal_positions(int64_t length, int64_t d_model);

}  // namespace heed
