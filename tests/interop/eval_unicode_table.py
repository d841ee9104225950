"""Makes src/eval/unicode_category.cpp from Python's `regex` package, or checks that it is up to date.

    python tests/interop/eval_unicode_table.py > src/eval/unicode_category.cpp
    python tests/interop/eval_unicode_table.py --check src/eval/unicode_category.cpp
"""

import sys

import regex

HEAD = """// Made by tests/interop/eval_unicode_table.py. Unassigned code points are in no category.
// clang-format off
#include "eval/unicode_category.h"

#include <algorithm>
#include <iterator>

namespace heed {
namespace {

struct Range {
  char32_t first, last;
};

"""

FOOT = """
template <class Ranges>
bool contains(const Ranges& ranges, char32_t c) {
  const auto after = std::upper_bound(std::begin(ranges), std::end(ranges), c,
                                      [](char32_t x, Range range) { return x < range.first; });
  return after != std::begin(ranges) && c <= std::prev(after)->last;
}

}  // namespace

bool is_letter(char32_t c) { return contains(kLetters, c); }
bool is_mark(char32_t c) { return contains(kMarks, c); }
bool is_number(char32_t c) { return contains(kNumbers, c); }
bool is_punctuation(char32_t c) { return contains(kPunctuation, c); }
bool is_symbol(char32_t c) { return contains(kSymbols, c); }
bool is_unspaced(char32_t c) { return contains(kUnspaced, c); }

}  // namespace heed
"""


def ranges(category):
    pattern = regex.compile(category)
    found = []
    for code in range(0x110000):
        if 0xD800 <= code < 0xE000 or not pattern.match(chr(code)):
            continue
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return found


def table(name, category):
    lines, line = [], " "
    for first, last in ranges(category):
        item = " {0x%X, 0x%X}," % (first, last)
        if len(line) + len(item) > 120:
            lines.append(line)
            line = " "
        line += item
    return "constexpr Range %s[] = {\n%s\n};\n" % (name, "\n".join(lines + [line]))


def source():
    tables = [table("kLetters", r"\p{L}"), table("kMarks", r"\p{M}"), table("kNumbers", r"\p{N}"),
              table("kPunctuation", r"\p{P}"), table("kSymbols", r"\p{S}"),
              table("kUnspaced", r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")]
    return HEAD + "\n".join(tables) + FOOT


def main():
    if sys.argv[1:2] != ["--check"]:
        sys.stdout.write(source())
        return 0
    with open(sys.argv[2], encoding="utf-8") as committed:
        if committed.read() == source():
            return 0
    print(f"{sys.argv[2]} differs from what regex {regex.__version__} says: run {sys.argv[0]} to make it anew")
    return 1


if __name__ == "__main__":
    sys.exit(main())
