#pragma once

#include <string>

namespace heed {

// sentencepiece's compiled form of the one normalisation rule "U+0009 becomes U+0020": the rest of its `identity`,
// which would leave tabs in text that has no pieces for them. (The library compiles rules from a file only, and then
// keeps that file's name in the model.)
std::string tab_to_space_charsmap();

}  // namespace heed
