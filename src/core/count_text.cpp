#include "core/count_text.h"

namespace heed {

std::string count_text(int64_t count) {
  std::string text = std::to_string(count);
  const int first_digit = count < 0 ? 1 : 0;
  for (int at = static_cast<int>(text.size()) - 3; at > first_digit; at -= 3)
    text.insert(static_cast<size_t>(at), 1, ',');
  return text;
}

}  // namespace heed
