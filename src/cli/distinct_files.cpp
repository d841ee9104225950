#include "cli/distinct_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <utility>

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

std::string text_of(const NamedFile& file) { return file.option + " " + file.path; }

}  // namespace

void require_distinct(const std::vector<NamedFile>& inputs, const std::vector<NamedFile>& outputs) {
  for (size_t i = 0; i < outputs.size(); ++i) {
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
