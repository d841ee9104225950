#include "cli/new_directory.h"

#include <filesystem>

#include "core/error.h"

namespace heed {

void require_new(const std::string& directory, bool force) {
  namespace fs = std::filesystem;
  if (!fs::exists(fs::symlink_status(directory))) return;
  if (!fs::is_directory(fs::symlink_status(directory)))
    throw ConfigError(directory + ": expected a new directory, found something that is none");
  if (!fs::is_empty(directory) && !force)
    throw ConfigError(directory + " exists already and is not empty: --force replaces it");
}

}  // namespace heed
