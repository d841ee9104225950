#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace heed {

// Keys that only count beside certain values of others: model.num_heads in a Transformer, optimizer.momentum with sgd.

// A key that is not at its default and has no effect in a config, and what it would need for one.
struct IdleKey {
  std::string key;
  std::string_view need;
};
std::vector<IdleKey> idle_keys(const Config& config);

// All that a key needs for an effect; empty where it always has one.
std::vector<std::string_view> needs_of(std::string_view key);

}  // namespace heed
