#pragma once

#include <algorithm>
#include <cstdint>

#include "config/data_config.h"
#include "config/model_config.h"

namespace heed {

// How much of a line is read.
struct ReadingLimits {
  int64_t source_pieces = 0;                         // data.max_source_length, eos left out
  int64_t characters = DataConfig().max_characters;  // of either side
};
inline ReadingLimits reading_limits(const DataConfig& config) {
  return {config.max_source_length, config.max_characters};
}
// What of those a model with learned positions can read: eos has the last one.
inline ReadingLimits within(const ModelConfig& model, ReadingLimits limits) {
  if (model.positions == Positions::kLearned)
    limits.source_pieces = std::min(limits.source_pieces, model.max_positions - 1);
  return limits;
}

}  // namespace heed
