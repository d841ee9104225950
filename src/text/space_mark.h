#pragma once

#include <string_view>

namespace heed {

inline constexpr std::string_view kSpaceMark = "\u2581";  // how sentencepiece writes a space

}  // namespace heed
