#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace heed {

// sentencepiece's compiled normalisation rules, `precompiled_charsmap` of a model.

// The one normalisation rule "U+0009 becomes U+0020": the rest of its `identity`,
// which would leave tabs in text that has no pieces for them. (The library compiles rules from a file only, and then
// keeps that file's name in the model.)
std::string tab_to_space_charsmap();

// What is wrong with such rules; nothing where the library can apply them to any text. It looks numbers up without a
// check, so that rules of a damaged or crafted model would make it read outside of them.
std::optional<std::string> charsmap_fault(std::string_view charsmap);

}  // namespace heed
