#pragma once

#include <cstdint>
#include <string>

namespace heed {

std::string count_text(int64_t count);  // 1,234,567

}  // namespace heed
