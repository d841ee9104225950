#pragma once

#include <string>

namespace heed {

// Throws what went wrong where sentencepiece could not train a vocabulary, in Heed's words: its advice names its own
// options, ours the keys of the configuration. ConfigError where a key would mend it, else DataError.
// `message` is what its status says; `text` names the training text, "the source text".
[[noreturn]] void fail_training(const std::string& message, const std::string& text);

}  // namespace heed
