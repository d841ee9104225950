#include "checkpoint/run_directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <string_view>

#include "checkpoint/checkpoint.h"
#include "checkpoint/checkpoint_files.h"
#include "checkpoint/manifest.h"
#include "core/atomic_file.h"
#include "core/durable_directory.h"
#include "core/error.h"
#include "core/failure_text.h"
#include "core/file_operations.h"
#include "core/temporary.h"

namespace heed {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStepPrefix = "step-";

// 1000 for "step-00001000"; nothing for any name that RunDirectory::checkpoint does not give.
std::optional<int64_t> step_of(const fs::path& directory) {
  const std::string name = directory.filename();
  if (name.rfind(kStepPrefix, 0) != 0) return std::nullopt;
  int64_t step = -1;
  const char* const end = name.data() + name.size();
  const auto [rest, error] = std::from_chars(name.data() + kStepPrefix.size(), end, step);
  if (error != std::errc() || rest != end || RunDirectory({}).checkpoint(step).filename() != name) return std::nullopt;
  return step;
}

std::optional<fs::path> target_of(const fs::path& link) {
  std::error_code error;
  const fs::path target = fs::read_symlink(link, error);
  if (error) return std::nullopt;
  return link.parent_path() / target;
}

}  // namespace

fs::path RunDirectory::checkpoint(int64_t step) const { return checkpoints() / fmt::format("step-{:08}", step); }

void RunDirectory::create() const { make_directories(checkpoints()); }

std::vector<int64_t> RunDirectory::steps() const {
  std::vector<int64_t> steps;
  if (!fs::is_directory(checkpoints())) return steps;
  for (const fs::directory_entry& entry : fs::directory_iterator(checkpoints()))
    if (const auto step = step_of(entry.path()); step && entry.is_directory()) steps.push_back(*step);
  std::sort(steps.begin(), steps.end());
  return steps;
}

NewestCheckpoint RunDirectory::newest_verified() const {
  NewestCheckpoint newest;
  const std::vector<int64_t> ascending = steps();
  for (auto step = ascending.rbegin(); step != ascending.rend(); ++step) {
    try {
      verify_checkpoint(checkpoint(*step));
      newest.path = checkpoint(*step);
      newest.step = *step;
      return newest;
    } catch (const UnreadableCheckpoint& error) {
      throw UnreadableCheckpoint(
          fmt::format("{}; nothing was changed: that checkpoint may be whole, and is passed over only "
                      "once it is gone",
                      error.what()));
    } catch (const CheckpointError& error) {
      newest.rejected.push_back({checkpoint(*step), error.what()});
    }
  }
  return newest;
}

std::optional<fs::path> RunDirectory::best() const { return target_of(path_ / "best"); }
std::optional<fs::path> RunDirectory::latest() const { return target_of(path_ / "latest"); }

void RunDirectory::set_best(int64_t step) const {
  replace_symlink(path_ / "best", fs::path("checkpoints") / checkpoint(step).filename());
}
void RunDirectory::set_latest(int64_t step) const {
  replace_symlink(path_ / "latest", fs::path("checkpoints") / checkpoint(step).filename());
}

void RunDirectory::prune(int64_t keep) const {
  std::set<int64_t> kept;
  for (const auto& link : {best(), latest()})
    if (const auto step = link ? step_of(*link) : std::nullopt) kept.insert(*step);
  std::vector<int64_t> old = steps();
  old.resize(old.size() - std::min(old.size(), static_cast<size_t>(std::max<int64_t>(keep, 1))));
  for (const int64_t step : old)
    if (kept.count(step) == 0) remove_directory(checkpoint(step));
}

void RunDirectory::remove_after(int64_t step) const {
  for (const fs::path& link : {path_ / "best", path_ / "latest"}) {
    const std::optional<fs::path> target = target_of(link);
    const std::optional<int64_t> linked = target ? step_of(*target) : std::nullopt;
    if (linked && *linked > step) try_remove(link);
  }
  for (const int64_t later : steps())
    if (later > step) remove_directory(checkpoint(later));
}

void RunDirectory::remove_stale() const {
  for (const fs::path& directory : {path_, checkpoints(), attention()}) remove_stale_temporaries(directory);
}

fs::path resolve_model(const fs::path& model) {
  if (!fs::exists(model))
    throw CheckpointError(model.string() + ": there is no such run or checkpoint" + relative_note(model));
  if (fs::exists(model / kManifestName)) return model;
  const RunDirectory run(model);
  if (fs::is_symlink(model) && fs::exists(model / kManifestName))
    return model;  // moved on meanwhile, as a run's links are
  if (!fs::is_directory(run.checkpoints()))
    throw CheckpointError(fmt::format("{}: neither a run (no checkpoints/ in it) nor a checkpoint (no {})",
                                      model.string(), kManifestName));
  if (const auto best = run.best()) return *best;
  const std::vector<int64_t> steps = run.steps();
  if (steps.empty()) throw CheckpointError(model.string() + ": this run has no checkpoint yet");
  return run.checkpoint(steps.back());
}

}  // namespace heed
