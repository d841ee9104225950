#pragma once

#include <string_view>
#include <vector>

namespace heed {

// The parts of a text that a reader compares: words between white space, of a script without spaces each character by
// itself (core/spaceless_scripts.h). Each with the white space before it, so that together they are the text but for
// white space at its end.
std::vector<std::string_view> text_tokens(std::string_view text);

}  // namespace heed
