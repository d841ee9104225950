#include "export/position_rows.h"

#include <algorithm>

#include "nn/positions.h"

namespace heed {

int64_t exported_positions(const Config& config) {
  const int64_t longest =
      std::max({config.data.max_source_length, config.data.max_target_length, config.decode.max_length});
  return std::max<int64_t>(1024, longest + 1);  // and an end or a start
}

at::Tensor sinusoid_rows(const Config& config) {
  return sinusoidal_positions(exported_positions(config), config.model.d_model).to(at::kFloat);
}

}  // namespace heed
