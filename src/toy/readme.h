#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "toy/corpus.h"

namespace heed {

// The README.md that lies beside a toy corpus: what it is, how it was made, its licence.
std::string toy_readme(ToyTask task, int64_t lines, uint64_t seed);

bool is_toy_readme(std::string_view first_line);  // of any task

}  // namespace heed
