"""Makes src/eval/lower_case_table.h from Python's str.lower, or checks that it is up to date.

    python tests/interop/eval_lower_case_table.py > src/eval/lower_case_table.h
    python tests/interop/eval_lower_case_table.py --check src/eval/lower_case_table.h

The check says nothing where Python knows another version of Unicode than the table was made with.
"""

import sys
import unicodedata

from code_ranges import hexadecimal, range_table, table

HEAD = """// Made by tests/interop/eval_lower_case_table.py from Unicode %s.
// clang-format off
#pragma once

#include "core/code_range.h"

namespace heed {

// Every `step`-th character from `first` to `last` has its lower-case form `distance` further on.
struct CaseRange {
  char32_t first, last;
  int step, distance;
};

"""
SIGMA = "\u03a3"


def lower_ranges():
    found = []
    for code in range(0x110000):
        lower = chr(code).lower() if not 0xD800 <= code < 0xE000 else chr(code)
        if len(lower) != 1 or ord(lower) == code:
            continue
        distance = ord(lower) - code
        if found:
            first, last, step, known = found[-1]
            if known == distance and code - last in (1, 2) and (first == last or code - last == step):
                found[-1] = (first, code, code - last, distance)
                continue
        found.append((code, code, 1, distance))
    return found


def before_sigma(text):
    return (text + SIGMA).lower().endswith("\u03c2")


def is_cased(c):
    return before_sigma(c)


def is_ignorable(c):
    return before_sigma("a" + c) and not before_sigma(c)


def source():
    ranges = ((hexadecimal(a), hexadecimal(b), str(step), str(distance)) for a, b, step, distance in lower_ranges())
    return (HEAD % unicodedata.unidata_version + "\n".join([
        table("kLowerCase", ranges, "CaseRange"),
        "// What counts as a letter, and what is passed over, where a sigma may end a word.",
        range_table("kCased", is_cased), range_table("kCaseIgnorable", is_ignorable)])
        + "\n}  // namespace heed\n")


def main():
    if sys.argv[1:2] != ["--check"]:
        sys.stdout.write(source())
        return 0
    with open(sys.argv[2], encoding="utf-8") as committed:
        text = committed.read()
    if f"from Unicode {unicodedata.unidata_version}." not in text:
        print(f"made with another Unicode than this Python's {unicodedata.unidata_version}: not checked")
        return 0
    if text == source():
        return 0
    print(f"{sys.argv[2]} is not what {sys.argv[0]} makes", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
