#pragma once

#include <string>

namespace heed {

// docs/config.md's reference: a Markdown table (key, default, values, meaning) per section.
std::string config_reference();

// The same for a terminal, in lines of at most 96 columns. `name`: "" for all, a section ("model", "data.train"), or a
// key ("model.d_model"). ConfigError, with what may have been meant, for any other.
std::string config_text(const std::string& name);

}  // namespace heed
