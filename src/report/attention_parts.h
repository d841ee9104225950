#pragma once

#include <string_view>

namespace heed {

// The parts of the attention page that do not change with what it shows, beside those of every page (report/page.h).
extern const std::string_view kAttentionStyle;
extern const std::string_view kAttentionScript;  // reads report/attention_json.h

}  // namespace heed
