#pragma once

#include <string>
#include <string_view>

namespace heed {

// As Python's str.lower: Unicode's full mapping, in which a capital sigma at the end of a word has a form of its own
// and a capital I with a dot becomes two characters.
std::u32string lower_case(std::u32string_view text);

}  // namespace heed
