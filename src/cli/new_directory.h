#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace heed {

// The directory that a command makes for a model, from its option --output: in full, without a final slash.
//
// ConfigError, before any work is done, unless nothing is there yet, an empty directory, or, with `force` (--force), a
// directory of a model and nothing else that is none of `inputs`. What can be trained further is never replaced.
std::filesystem::path new_model_directory(const std::string& output, bool force,
                                          const std::vector<std::filesystem::path>& inputs);

}  // namespace heed
