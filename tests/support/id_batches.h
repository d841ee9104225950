#pragma once

#include <cstdint>
#include <string>

#include "tensor/batch.h"

namespace heed::testing {

// Batches as JSON lines of ids, so that other programs can train on the same ones:
//   {"source": [[ids], ...], "target": [[ids], ...]}
// Every sentence ends in its eos; the decoder's input is bos and the target without its last id.

std::string to_json_line(const Batch& batch);  // without the LF

// REQUIRES: a line as above. nlohmann::json::exception for one that is not.
Batch from_json_line(const std::string& line, int64_t bos);

}  // namespace heed::testing
