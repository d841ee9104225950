#include "cli/new_directory.h"

#include <sys/stat.h>

#include <algorithm>

#include "core/error.h"
#include "core/file_operations.h"

namespace heed {
namespace {

namespace fs = std::filesystem;

// As `average`, `export` and `import` write them: files alone, the weights among them.
bool holds_only_a_model(const fs::path& directory) {
  const auto is_file = [](const fs::directory_entry& entry) { return fs::is_regular_file(entry.symlink_status()); };
  return std::all_of(fs::directory_iterator(directory), fs::directory_iterator(), is_file) &&
         (fs::exists(directory / "model.safetensors") || fs::exists(directory / "model.bin"));
}

bool is_mount_point(const fs::path& directory) {
  struct stat here {};
  struct stat above {};
  return stat(directory.c_str(), &here) == 0 && stat(parent_directory(directory).c_str(), &above) == 0 &&
         here.st_dev != above.st_dev;
}

// In full, with the links before its own name followed as the system does: "link/../a" lies beside what `link` names.
fs::path in_full(const std::string& output) {
  const fs::path full = without_final_slash(fs::absolute(output));
  if (full.filename() == "." || full.filename() == "..") return fs::weakly_canonical(full);
  return fs::weakly_canonical(full.parent_path()) / full.filename();
}

}  // namespace

fs::path new_model_directory(const std::string& output, bool force, const std::vector<fs::path>& inputs) {
  if (output.empty()) throw ConfigError("--output is empty: expected a directory");
  fs::path directory = in_full(output);
  const auto refuse = [&](const std::string& why) { throw ConfigError(output + " " + why); };
  const fs::file_status status = fs::symlink_status(directory);
  if (!fs::exists(status)) return directory;
  if (!fs::is_directory(status)) refuse("is there already and is no directory: expected a new one");
  for (const fs::path& input : inputs)
    if (fs::exists(input) && fs::equivalent(input, directory)) refuse("is what is read: expected another directory");
  // It is made beside, and takes the place of what is there in one step.
  if (is_mount_point(directory) || fs::equivalent(directory, fs::current_path()))
    refuse("is a mount point or the working directory: expected a directory in it");
  if (fs::is_empty(directory)) return directory;
  if (!force) refuse("exists already and is not empty: --force replaces a model there");
  if (fs::exists(directory / "training.safetensors")) refuse("is a checkpoint of a training: it is never replaced");
  if (!holds_only_a_model(directory)) refuse("holds more than a model: --force does not replace it");
  return directory;
}

}  // namespace heed
