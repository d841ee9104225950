#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/key_places.h"

namespace heed {

bool is_device(const std::string& device);  // auto, cpu, cuda or cuda:N

// Those without a number.
const std::vector<std::string_view>& device_words();

// What is wrong with a text that is no device: "must be auto, cpu, cuda or cuda:N, got 'gpu' (did you mean 'cuda'?)".
std::string device_expected(const std::string& device);

// What must hold between the keys of a config, each key being in its own range already. Throws ConfigError.
void check_rules(const Config& config, const KeyPlaces& places);

// The part of it that train.guided_alignment asks of the model, which check_rules leaves out where that is still to be
// read: with train.initialize_from. Throws ConfigError.
void check_guided_model(const Config& config);

}  // namespace heed
