#!/usr/bin/env bash
# Every kind of attention of configs/attention at equal budget: validation loss, BLEU, alignment error rate, speed and peak
# memory in a table, and all learning curves in one picture.
#   scripts/compare_attention.sh [--task translation|reverse|multi30k] [--steps N] [--threads N] [--section.key=value...] [NAME...]
# NAMEs are configs (scaled_dot, cosine, ...; default: all of them), one run after another. Runs, table.md and curves.svg go
# to runs/attention/TASK; a run that is there already is not made again. Let the machine do nothing else meanwhile.
set -euo pipefail
cd "$(dirname "$0")/.."

heed=${HEED:-build/release/heed}
[ -x "$heed" ] || { echo "$heed is not built: scripts/setup.sh && cmake --preset release && cmake --build --preset release" >&2; exit 1; }
exec python3 scripts/compare_attention.py --heed "$heed" "$@"
