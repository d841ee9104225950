#pragma once

#include <string>

#include "config/model_config.h"

namespace heed {

// The first setting of a model's attentions that is not multi-head attention as Vaswani et al. 2017 have it, as
// "model.positions alibi": what other programs may not know. Empty: there is none.
std::string special_attention(const ModelConfig& model);

}  // namespace heed
