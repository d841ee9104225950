#!/usr/bin/env bash
# Translating speed beside CTranslate2, on the CPU: lines a second from text to text, peak memory and the ratio, greedily
# and with a beam of 5, many lines and one at a time.
#   scripts/benchmark_translate.sh MODEL TEXT [--threads N] [--windows N] [--precision fp32|int8]
# MODEL is a run whose kind CTranslate2 knows; TEXT has a source line a line. How it measures:
# scripts/benchmark_translate.py. Let the machine do nothing else meanwhile.
set -euo pipefail
cd "$(dirname "$0")/.."

[ $# -ge 2 ] || { sed -n '2,6p' "$0" | sed 's/^# \{0,1\}//' >&2; exit 2; }
scripts/setup.sh --tests
heed=${HEED:-build/release/heed}
if [ -z "${HEED:-}" ]; then
  cmake --preset release >/dev/null
  cmake --build build/release --target heed -j "$(nproc)"
fi
exec "${XDG_CACHE_HOME:-$HOME/.cache}/heed/venv/bin/python3" scripts/benchmark_translate.py --heed "$heed" "$@"
