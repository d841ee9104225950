#pragma once

#include "config/config.h"
#include "config/key_places.h"

namespace heed {

// What must hold between the keys of a config, each key being in its own range already. Throws ConfigError.
void check_rules(const Config& config, const KeyPlaces& places);

// The part of it that train.guided_alignment asks of the model, which check_rules leaves out where that is still to be
// read: with train.initialize_from. Throws ConfigError.
void check_guided_model(const Config& config);

}  // namespace heed
