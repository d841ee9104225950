#pragma once

#include <filesystem>
#include <optional>

#include "checkpoint/run_directory.h"

namespace heed {

enum class ExistingRun { kRefuse, kResume, kOverwrite };

// Whether a run may begin in this directory. ConfigError where it holds a run that is neither continued nor thrown
// away, or, to be thrown away, files under a run's names that are not a run's. Removes leftovers of killed processes.
void check_directory(const RunDirectory& run, ExistingRun existing);

// Throws the run away, and nothing else that lies there.
void clear_run(const RunDirectory& run);

// The newest checkpoint that verifies, with a warning for each newer one that does not; nothing, with a notice, where
// there is none.
std::optional<std::filesystem::path> checkpoint_to_resume(const RunDirectory& run);

}  // namespace heed
