// What a library's exception says, as one line for a user.
#pragma once

#include <string>

namespace heed {

inline constexpr const char* kNoMemory = "not enough memory";

// The first line of what LibTorch said; an allocation that failed, on the CPU or a GPU, in plain words with its size.
std::string library_text(const std::string& message);

}  // namespace heed
