#pragma once

#include <string_view>
#include <vector>

namespace heed {

// What stands before a text's first character and behind its last one.
enum class Edges {
  kSpaces,   // as mteval-v13a.pl puts there
  kNothing,  // and so nothing that a point could be cut from: ".5" and "5." stay whole
};

// The tokens of Western text as mteval-v13a.pl finds them: cut at white space, ASCII symbols apart, points and commas
// apart but between digits, a dash after a digit apart. What four regular expressions do there one after another
// (points_apart of set_apart, eval/respacing.h) in one pass over UTF-8. The tokens are views into `text`.
std::vector<std::string_view> western_tokens(std::string_view text, Edges edges);

}  // namespace heed
