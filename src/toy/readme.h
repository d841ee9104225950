#pragma once

#include <cstdint>
#include <string>

#include "toy/corpus.h"

namespace heed {

// The README.md that lies beside a toy corpus: what it is, how it was made, its licence.
std::string toy_readme(ToyTask task, int64_t lines, uint64_t seed);

}  // namespace heed
