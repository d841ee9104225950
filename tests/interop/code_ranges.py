"""Tables of ranges of characters, as C++ that core/code_range.h searches."""


def code_ranges(holds):
    """[[first, last], ...] of the characters that `holds` is true of."""
    found = []
    for code in range(0x110000):
        if 0xD800 <= code < 0xE000 or not holds(chr(code)):
            continue
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return found


def hexadecimal(code):
    return "0x%X" % code


def table(name, items, kind="CodeRange"):
    """items: each a list of texts, the fields of one `kind`."""
    lines, line = [], " "
    for item in items:
        text = " {%s}," % ", ".join(item)
        if len(line) + len(text) > 120:
            lines.append(line)
            line = " "
        line += text
    return "constexpr %s %s[] = {\n%s\n};\n" % (kind, name, "\n".join(lines + [line]))


def range_table(name, holds):
    return table(name, (map(hexadecimal, ends) for ends in code_ranges(holds)))
