#pragma once

#include <string>
#include <vector>

#include "config/model_config.h"

namespace heed {

// What a program knows of Transformers besides those of Vaswani et al. 2017.
struct TransformerExtras {
  std::vector<Positions> positions = {Positions::kSinusoidal, Positions::kLearned};
  bool rms_norm = false, gated_activations = false;
};

// The first setting of a Transformer that such a program has nothing for, as "model.positions alibi". Empty: there is
// none.
std::string special_setting(const ModelConfig& model, const TransformerExtras& known = {});

}  // namespace heed
