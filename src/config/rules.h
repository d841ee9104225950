#pragma once

#include "config/config.h"
#include "config/key_places.h"

namespace heed {

// What must hold between the keys of a config, each key being in its own range already. Throws ConfigError.
void check_rules(const Config& config, const KeyPlaces& places);

}  // namespace heed
