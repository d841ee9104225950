#pragma once

#include <string_view>

namespace heed {

// The parts of the systems' page that do not change with what it shows, beside those of every page (report/page.h).
extern const std::string_view kSystemsStyle;
extern const std::string_view kSystemsScript;  // reads systems_json (report/systems_page.h)

}  // namespace heed
