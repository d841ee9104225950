#pragma once

#include <string_view>

namespace heed {

// The parts of the attention page that do not change with what it shows.
extern const std::string_view kPageStyle;   // CSS; light-dark() and color-mix(): browsers of 2024 and later
extern const std::string_view kPageScript;  // reads the JSON in #data (report/attention_json.h), fills the page

}  // namespace heed
