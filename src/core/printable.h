#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace heed {

// Foreign text (a file's name, a key, a line, what another program said) as it may go to a terminal or into a log: what
// would move a cursor, end a line, reorder what is read or is no character at all is shown by its code instead.
//   \n \t \r \x1b       control characters of ASCII
//   \u009b \u202e       C1 controls, line and paragraph separators, embeddings, overrides and isolates of direction
//   \xff                a byte that is not UTF-8
// For people, not to be read back: a backslash stays one. Doing it twice changes nothing.
std::string printable(std::string_view text);

// Whether that shows this character by its code.
bool is_hidden(char32_t c);

// At most the first `max_bytes` of it, cut between characters; "..." tells where something is missing.
std::string beginning_of(std::string_view text, size_t max_bytes);

}  // namespace heed
