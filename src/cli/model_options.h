#pragma once

#include <string>
#include <vector>

#include "checkpoint/translation_model.h"
#include "cli/commands.h"

namespace heed {

// Loads the model that a command is to work with and sets the number of threads: --threads, else the config's
// run.threads as far as this machine has cores, else all cores. `command` holds the --section.key options, of
// `open_keys`; `more` are such, too.
TranslationModel load_model(const std::string& path, const CommonOptions& options, const CLI::App& command,
                            const std::vector<std::string>& more = {}, const OpenKeys& open_keys = kDecodingKeys);

// The same with these overrides, "section.key=value", alone.
TranslationModel load_model(const std::string& path, const CommonOptions& options,
                            const std::vector<std::string>& overrides, const OpenKeys& open_keys = kDecodingKeys);

}  // namespace heed
