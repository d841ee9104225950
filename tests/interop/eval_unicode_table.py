"""Makes src/eval/unicode_category.cpp from Python's `regex` package, or checks that it is up to date.

    python tests/interop/eval_unicode_table.py > src/eval/unicode_category.cpp
    python tests/interop/eval_unicode_table.py --check src/eval/unicode_category.cpp
"""

import sys

import regex

from code_ranges import range_table

HEAD = """// Made by tests/interop/eval_unicode_table.py. Unassigned code points are in no category.
// clang-format off
#include "eval/unicode_category.h"

#include "core/code_range.h"

namespace heed {
namespace {

"""

FOOT = """
}  // namespace

bool is_word_character(char32_t c) { return is_among(kWordCharacters, c); }
bool is_number(char32_t c) { return is_among(kNumbers, c); }
bool is_punctuation(char32_t c) { return is_among(kPunctuation, c); }
bool is_symbol(char32_t c) { return is_among(kSymbols, c); }

}  // namespace heed
"""


def source():
    tables = [range_table(name, regex.compile(category).match)
              for name, category in (("kWordCharacters", r"[\p{L}\p{M}\p{N}]"), ("kNumbers", r"\p{N}"),
                                     ("kPunctuation", r"\p{P}"), ("kSymbols", r"\p{S}"))]
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
