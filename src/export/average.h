#pragma once

#include <vector>

#include "checkpoint/open_checkpoint.h"

namespace heed {

// The element-wise mean of the weights that checkpoints translate with, summed in double in the order given (checkpoint
// averaging, Vaswani et al. 2017, section 6.1). Config and words are the last one's; there is no training part: an
// average translates and initialises, but is not resumed.
//
// CheckpointError naming the first difference where they are not of one model: another model section, other words,
// other names, shapes or types of tensors. REQUIRES: at least one.
Checkpoint average_checkpoints(const std::vector<OpenCheckpoint>& checkpoints);

}  // namespace heed
