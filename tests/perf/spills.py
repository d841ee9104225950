#!/usr/bin/env python3
"""spills.py HEED: the hot loops of the CPU's products keep their sums in registers.

Looks at the machine code of every product kernel, of every instruction set. Its innermost loops that multiply and add
must neither read nor write a vector register's place on the stack: a compiler that runs out of registers does that,
silently, and the product takes twice the time.
"""
import re
import subprocess
import sys

# Functions of the products, and how many loops of how many multiplications there are at least, in all instruction sets.
KERNELS = re.compile(r"\(anonymous namespace\)::(product(_of_block|_tile)?<|WeightGradient<.*add_tile|product_rows<)")
MULTIPLIES = re.compile(r"\bv?(fn?madd\w+|mulps|mulpd|pmaddwd|pdpbusd|dpbf16ps)\b")
VECTOR_ON_STACK = re.compile(r"%[xyz]mm.*-?(0x[0-9a-f]+)?\(%r[sb]p\)|-?(0x[0-9a-f]+)?\(%r[sb]p\).*%[xyz]mm")
LEAST_MULTIPLICATIONS = 8  # smaller loops are of the last few rows
LEAST_SHARE = 0.2          # of a loop's instructions, a spilled one's too; in others the multiplications are by the way
LEAST_LOOPS = 20


class Function:
    def __init__(self, name):
        self.name, self.code = name, []  # (address, text)

    def innermost_loops(self):
        places = {address: i for i, (address, _) in enumerate(self.code)}
        loops = []
        for i, (_, text) in enumerate(self.code):
            jump = re.match(r"j\w+\s+([0-9a-f]+)", text)
            start = places.get(int(jump.group(1), 16)) if jump else None
            if start is not None and start <= i:
                loops.append((start, i))
        return [(a, b) for a, b in loops if not any((c, d) != (a, b) and a <= c and d <= b for c, d in loops)]


def functions(binary):
    listing = subprocess.run(["objdump", "-d", "-C", "--no-show-raw-insn", binary], stdout=subprocess.PIPE, text=True,
                             check=True).stdout
    function = None
    for line in listing.splitlines():
        header = re.match(r"[0-9a-f]+ <(.*)>:$", line)
        if header:
            if function and KERNELS.search(function.name):
                yield function
            function = Function(header.group(1))
        elif function and (code := re.match(r"\s+([0-9a-f]+):\s+(\S.*)", line)):
            function.code.append((int(code.group(1), 16), code.group(2)))
    if function and KERNELS.search(function.name):
        yield function


def main():
    found, spilled = 0, []
    for function in functions(sys.argv[1]):
        for start, end in function.innermost_loops():
            loop = [text for _, text in function.code[start:end + 1]]
            multiplications = sum(bool(MULTIPLIES.search(text)) for text in loop)
            if multiplications < max(LEAST_MULTIPLICATIONS, LEAST_SHARE * len(loop)):
                continue
            found += 1
            spills = [text for text in loop if VECTOR_ON_STACK.search(text)]
            if spills:
                spilled.append(f"{function.code[start][0]:x} in {function.name[:150]}: {len(spills)}, the first is {spills[0]}")
    print(f"{found} loops")
    if found < LEAST_LOOPS:
        sys.exit(f"expected {LEAST_LOOPS} loops at least: were the kernels renamed?")
    if spilled:
        sys.exit("vector registers on the stack within a loop:\n" + "\n".join(spilled))


if __name__ == "__main__":
    main()
