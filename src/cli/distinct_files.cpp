#include "cli/distinct_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <utility>

#include "checkpoint/manifest.h"
#include "checkpoint/run_directory.h"
#include "core/error.h"

namespace heed {
namespace {

// What makes two names one file: where it lies on a disk, or, for one that is not there yet, its name in full.
struct Identity {
  dev_t device = 0;
  ino_t number = 0;
  std::string name;
  bool operator==(const Identity&) const = default;
};

std::optional<Identity> identity(const std::string& path, int standard) {
  if (path.empty()) return std::nullopt;
  struct stat status {};
  const int failed = path == "-" ? fstat(standard, &status) : stat(path.c_str(), &status);
  if (failed == 0 && !S_ISREG(status.st_mode)) return std::nullopt;
  if (failed == 0) return Identity{status.st_dev, status.st_ino, {}};
  std::error_code none;
  const auto full = std::filesystem::weakly_canonical(std::filesystem::absolute(path, none), none);
  return Identity{0, 0, full.string()};
}

// A checkpoint is whole only as it was written, and a run's config.yaml and lock are its own.
void require_outside_models(const NamedFile& output) {
  if (output.path.empty() || output.path == "-") return;
  std::error_code none;
  const std::filesystem::path file = std::filesystem::weakly_canonical(output.path, none);
  const std::filesystem::path directory = file.parent_path();
  const RunDirectory run(directory);
  const bool of_a_run = std::filesystem::is_directory(run.checkpoints(), none) &&
                        (file == run.config_file() || file == run.lock_file() || file == run.metrics_file());
  if (of_a_run || std::filesystem::exists(directory / kManifestName, none))
    throw ConfigError(output.option + " " + output.path +
                      " is a place of the model's own files: expected another file");
}

std::string text_of(const NamedFile& file) { return file.option + " " + file.path; }

}  // namespace

void require_distinct(const std::vector<NamedFile>& inputs, const std::vector<NamedFile>& outputs) {
  for (size_t i = 0; i < outputs.size(); ++i) {
    require_outside_models(outputs[i]);
    const auto output = identity(outputs[i].path, STDOUT_FILENO);
    for (size_t j = 0; j < i; ++j) {
      const bool both_standard = outputs[i].path == "-" && outputs[j].path == "-";
      if (both_standard || (output && output == identity(outputs[j].path, STDOUT_FILENO)))
        throw ConfigError(text_of(outputs[i]) + " is where " + text_of(outputs[j]) + " goes: expected another file");
    }
    for (const NamedFile& input : inputs)
      if (output && output == identity(input.path, STDIN_FILENO))
        throw ConfigError(text_of(outputs[i]) + " is an input file (" + text_of(input) +
                          "): it would be emptied before it is read");
  }
}

}  // namespace heed
