#pragma once

#include <yaml-cpp/yaml.h>

namespace heed {

// A config that training wrote, perhaps under an earlier version, in the keys of today: checkpoints are read for as
// long as their weights mean the same. What a person wrote is left as it is; unknown keys there get a hint
// (config/key_hint.h).
//
//   model.attention         model.recurrence
//   model.attention_score   model.cross_attention.score, concat being additive; of bahdanau it had no effect
YAML::Node in_present_keys(YAML::Node document);

}  // namespace heed
