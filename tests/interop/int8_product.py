#!/usr/bin/env python3
"""Heed's products in whole numbers of 8 bits are numpy's, to the last bit, on every instruction set of this CPU.

usage: int8_product.py INT8_PRODUCT

Rows and weights of many sizes, among them rows of zeros, of one large entry and of tiny ones. Exits 1 and says which differ.
"""
import os
import subprocess
import sys
import tempfile

import numpy as np
from safetensors.numpy import load_file, save_file

SETS = ("baseline", "avx2", "avx512", "avx512_vnni", "avx512_bf16")


def whole_numbers(rows):
    """Whole numbers from -127 to 127, and the scale of each row."""
    largest = np.abs(rows).max(1)
    with np.errstate(divide="ignore"):
        inverse = np.where(largest > 1e-30, np.float32(127) / largest, np.float32(0)).astype(np.float32)
    return np.rint(rows * inverse[:, None]).astype(np.int64), largest / np.float32(127)


def product(x, weight, bias):
    whole_x, scale_x = whole_numbers(x)
    whole_weight, scale_weight = whole_numbers(weight)
    sums = (whole_x @ whole_weight.T).astype(np.float32)
    return sums * (scale_weight[None, :] * scale_x[:, None]) + bias


def cases():
    random = np.random.default_rng(1)
    for rows, width, out in [(1, 1, 1), (1, 256, 1024), (3, 37, 65), (6, 64, 64), (17, 130, 1000), (97, 255, 129), (160, 1024, 256)]:
        x = random.standard_normal((rows, width), dtype=np.float32) * random.uniform(1e-3, 1e3, (rows, 1)).astype(np.float32)
        weight = random.standard_normal((out, width), dtype=np.float32)
        x[rows // 2, width // 2] = 1e4
        x[-1] *= 0 if rows > 4 else 1
        weight[out // 3] *= 1e-35
        yield {"x": x, "weight": weight, "bias": random.standard_normal(out, dtype=np.float32)}


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    compared, differing = 0, 0
    with tempfile.TemporaryDirectory() as work:
        given, found = os.path.join(work, "given"), os.path.join(work, "found")
        for case in cases():
            save_file(case, given)
            expected = product(**case)
            for instruction_set in SETS:
                ended = subprocess.run([sys.argv[1], given, found], capture_output=True, text=True,
                                       env={**os.environ, "HEED_CPU": instruction_set})
                if ended.returncode != 0 and "expected an instruction set of this CPU" in ended.stderr:
                    continue
                if ended.returncode != 0:
                    sys.exit(ended.stderr)
                y = load_file(found)["y"]
                compared += y.size
                if not np.array_equal(y, expected):
                    differing += 1
                    print(f"{instruction_set}, x {case['x'].shape}: {np.sum(y != expected)} of {y.size} entries differ, by up to "
                          f"{np.abs(y - expected).max():.3g}")
    print(f"{compared} entries compared")
    sys.exit(differing > 0 or compared == 0)


if __name__ == "__main__":
    main()
