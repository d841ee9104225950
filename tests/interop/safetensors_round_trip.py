#!/usr/bin/env python3
"""Files of the safetensors package, read and written again by Heed, keep every byte.

usage: safetensors_round_trip.py SAFETENSORS_COPY

Also prints the SHA-256 that tests/tensor/safetensors_test.cpp holds Heed's writer to.
"""
import hashlib
import math
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from safetensors.torch import save

TYPES = [torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64,
         torch.float16, torch.bfloat16, torch.float32, torch.float64]
METADATA = {"format": "pt"}


def every_type():
    return {
        "b": torch.tensor([True, False, True]), "u": torch.tensor([0, 255], dtype=torch.uint8),
        "i8": torch.tensor([-128], dtype=torch.int8), "i16": torch.tensor([[-3]], dtype=torch.int16),
        "i32": torch.tensor([5, 6], dtype=torch.int32), "s": torch.tensor(-7),
        "h": torch.tensor([1.5], dtype=torch.float16), "bf": torch.tensor([-2.0, 3.0], dtype=torch.bfloat16),
        "w": torch.arange(6, dtype=torch.float32).reshape(2, 3) - 2.5, 'quote"\\\n\u00e9': torch.tensor([1.0]),
        "e": torch.zeros(0, 3, dtype=torch.float64),
    }


def random_tensors(rng):
    tensors = {}
    for _ in range(rng.randrange(8)):
        ranges = [(1, 128), (0xA0, 0xD800), (0x10000, 0x11000)]
        name = "".join(chr(rng.randrange(*rng.choice(ranges))) for _ in range(rng.randrange(1, 12)))
        shape = [rng.choice([0, 1, 2, 3, 17]) for _ in range(rng.randrange(5))]
        values = [rng.randrange(100) / 2 for _ in range(math.prod(shape))]
        tensors[name] = torch.tensor(values).reshape(shape).to(rng.choice(TYPES))
    return tensors


def main():
    rng = random.Random(1)
    golden = save(every_type(), metadata=METADATA)
    print("sha256 of every_type:", hashlib.sha256(golden).hexdigest())
    files = [golden] + [save(random_tensors(rng), metadata=METADATA) for _ in range(300)]
    with tempfile.TemporaryDirectory() as directory:
        pairs = [(Path(directory) / f"{i}.in", Path(directory) / f"{i}.out") for i in range(len(files))]
        for (source, _), content in zip(pairs, files):
            source.write_bytes(content)
        subprocess.run([sys.argv[1]] + [str(path) for pair in pairs for path in pair], check=True)
        different = [i for i, (_, copy) in enumerate(pairs) if copy.read_bytes() != files[i]]
    print(f"{len(files) - len(different)} of {len(files)} files come back byte for byte")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
