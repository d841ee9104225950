#pragma once

#include "config/data_config.h"

namespace heed {

// Reads the files of a run once and throws what training would throw later, before it has spent any time: of the
// training and validation corpora a missing file, a directory, a pipe, sides of unequal length, text that is not UTF-8
// (as data.invalid_utf8 says), damaged gzip data, nothing to train on; of the test corpus a file that cannot be opened.
// A pass over the text, which tokenises nothing. Work (core/work.h) says how far it is.
void check_corpora(const DataConfig& options);

}  // namespace heed
