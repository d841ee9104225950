#pragma once

#include <string>

#include "config/data_config.h"
#include "core/line_reader.h"

namespace heed {

// How the commands of a model read text: as its training did, so that a line which is not UTF-8 has the fate that
// data.invalid_utf8 of its config names. Left out (skip) means read as a blank line: answers stay parallel to the
// lines.
LineReaderOptions reading_of(const DataConfig& config);

// The same for a text that is the value of a command-line option. DataError, naming the option, under kError.
std::string text_of_option(const std::string& option, const std::string& text, const DataConfig& config);

}  // namespace heed
