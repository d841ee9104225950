#!/usr/bin/env bash
# What each reach of attention costs by the length of the source, 64 to 8,192 words: time and peak memory of an update and
# of a step of greedy search, one sentence at a time. The table goes to standard output, two pictures to docs/.
#   scripts/benchmark_attention.sh [--threads N] [--windows N] [--shortest N] [--longest N] [--pictures DIRECTORY]
# How it measures: scripts/benchmark_attention.py. Let the machine do nothing else meanwhile.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh --tests
cmake --preset release >/dev/null
cmake --build build/release --target heed train_window -j "$(nproc)"
exec python3 scripts/benchmark_attention.py --build build/release "$@"
