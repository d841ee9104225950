#pragma once

#include <string>
#include <string_view>

namespace heed {

// A text as a JSON string, quotes included. Ill-formed UTF-8 is U+FFFD; "<" is written \u003c, so it may stand inside
// a <script> of a page as it is.
std::string json_text(std::string_view text);

}  // namespace heed
