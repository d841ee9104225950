#pragma once

#include "config/model_config.h"

namespace heed {

// Gives every attention of a model that leaves its score automatic the one that it has.
void resolve_scores(ModelConfig& model);

}  // namespace heed
