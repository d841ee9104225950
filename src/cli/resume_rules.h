#pragma once

#include <string>

#include "config/config.h"

namespace heed {

// Makes `config` that of a continuation of the run whose resolved config is `run` (of the checkpoint `origin`): takes
// over what it leaves automatic and, of a run that began with another model's tokenizer, that. ConfigError naming the
// keys where the rest would make another run; limits, logging, directories and devices may differ.
void continue_config(Config& config, const Config& run, const std::string& origin);

}  // namespace heed
