#pragma once

#include "cli/compared_systems.h"

namespace heed {

// Scores systems and prints a table with intervals of confidence and, beside a baseline, p-values; or JSON; and writes
// the files that the options name. DataError for texts that do not belong together, and what eval/ says.
void compare_systems(const ComparisonOptions& options);

}  // namespace heed
