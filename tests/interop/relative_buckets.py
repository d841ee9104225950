#!/usr/bin/env python3
"""Heed's buckets of relative positions are T5's.

usage: relative_buckets.py RELATIVE_BUCKETS_DUMP

Compared for distances -600 .. 600, of encoders and decoders: with those of transformers' T5, and with the formula of
pytorch_attention.py, which the short sentences of pytorch_updates.py see little of. Exits 1 and says which differ.
"""
import subprocess
import sys

import torch
from pytorch_attention import FARTHEST_BUCKET, RELATIVE_BUCKETS, relative_bucket
from transformers.models.t5.modeling_t5 import T5Attention

FARTHEST = 600


def t5_buckets(distances, causal):
    return T5Attention._relative_position_bucket(torch.tensor(distances), bidirectional=not causal,
                                                 num_buckets=RELATIVE_BUCKETS, max_distance=FARTHEST_BUCKET).tolist()


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    torch.set_num_threads(1)
    dumped = subprocess.run([sys.argv[1], str(FARTHEST)], check=True, capture_output=True, text=True).stdout
    rows = [map(int, line.split()) for line in dumped.splitlines()]
    heed = {(distance, bool(causal)): bucket for distance, causal, bucket in rows}
    distances, differing = list(range(-FARTHEST, FARTHEST + 1)), 0
    for causal in (False, True):
        for distance, t5 in zip(distances, t5_buckets(distances, causal), strict=True):
            ours, written = heed[distance, causal], relative_bucket(distance, causal)
            if not ours == t5 == written:
                differing += 1
                print(f"distance {distance}, causal {causal}: Heed {ours}, T5 {t5}, the paper's formula {written}",
                      file=sys.stderr)
    print(f"{len(heed)} buckets, {differing} differ")
    return 1 if differing or len(heed) != 2 * len(distances) else 0


if __name__ == "__main__":
    sys.exit(main())
