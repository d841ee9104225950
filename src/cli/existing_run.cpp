#include "cli/existing_run.h"

#include <fmt/format.h>

#include <string>
#include <system_error>
#include <vector>

#include "config/config.h"
#include "core/durable_directory.h"
#include "core/error.h"
#include "core/file_bytes.h"
#include "core/logging.h"

namespace heed {
namespace {

namespace fs = std::filesystem;

void require_config_of_a_run(const RunDirectory& run) {
  if (!fs::exists(run.config_file())) return;
  const std::string text = read_file_bytes(run.config_file());
  try {
    parse_config(text, run.config_file().string());
  } catch (const Error&) {
    throw ConfigError(
        fmt::format("{} is not of a Heed run: --overwrite leaves such a directory alone", run.config_file().string()));
  }
}

// A run's config.yaml is there before its other files are.
void require_no_others_files(const RunDirectory& run) {
  for (const fs::path& file : {run.metrics_file(), run.validations_file(), run.log_file(), run.curves_file()})
    if (fs::exists(file))
      throw ConfigError(
          fmt::format("{}: a run would write there, but no run's config.yaml stands beside it: move it "
                      "elsewhere or choose another run.directory",
                      file.string()));
}

// The entries whose names begin so, and the directory if that leaves it empty.
void remove_entries(const fs::path& directory, const std::string& beginning) {
  if (!fs::is_directory(directory)) return;
  std::vector<fs::path> entries;
  for (const auto& entry : fs::directory_iterator(directory))
    if (entry.path().filename().string().starts_with(beginning)) entries.push_back(entry.path());
  for (const fs::path& entry : entries) {
    if (fs::is_directory(fs::symlink_status(entry)))
      remove_directory(entry);
    else
      fs::remove(entry);
  }
  std::error_code not_empty;
  fs::remove(directory, not_empty);
}

}  // namespace

void check_directory(const RunDirectory& run, ExistingRun existing) {
  const bool holds_run = fs::exists(run.config_file()) || !run.steps().empty();
  if (existing == ExistingRun::kRefuse && holds_run)
    throw ConfigError(
        fmt::format("{} already holds a run: --resume continues it, --overwrite starts anew", run.path().string()));
  if (existing == ExistingRun::kOverwrite) require_config_of_a_run(run);
  if (!holds_run) require_no_others_files(run);
  run.remove_stale();
}

void clear_run(const RunDirectory& run) {
  for (const char* link : {"best", "latest"})
    if (fs::is_symlink(run.path() / link)) fs::remove(run.path() / link);
  remove_entries(run.checkpoints(), "step-");
  remove_entries(run.attention(), "step-");
  remove_entries(run.tensorboard(), "events.out.tfevents.");
  for (const fs::path& file :
       {run.metrics_file(), run.validations_file(), run.log_file(), run.curves_file(), run.config_file()})
    if (fs::is_regular_file(file)) fs::remove(file);
}

std::optional<fs::path> checkpoint_to_resume(const RunDirectory& run) {
  const NewestCheckpoint newest = run.newest_verified();
  for (const RejectedCheckpoint& rejected : newest.rejected)
    log_warning(
        fmt::format("{} does not verify ({}); looking for an older one", rejected.path.string(), rejected.reason));
  if (!newest.path) {
    log_info(fmt::format("{}: no checkpoint to resume from, starting from the beginning", run.path().string()));
    return std::nullopt;
  }
  run.remove_after(newest.step);
  return newest.path;
}

}  // namespace heed
