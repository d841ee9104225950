#pragma once

#include <string>

namespace heed {

// ConfigError if `directory` exists already, unless it is empty or `force` (the option --force) allows to replace it.
// Even then what is there must be a directory.
void require_new(const std::string& directory, bool force);

}  // namespace heed
