#!/usr/bin/env bash
# Every command of heed with its first, second, third, ... system call on a file failing (tests/fault/fault_sweep.py), then
# 200 SIGKILLs and 200 SIGTERMs in runs of each kind of model. Hours; needs build/test (scripts/test.sh builds it).
#   scripts/fault_sweep.sh                 all of it
#   scripts/fault_sweep.sh ARGUMENT...     the sweep alone, with arguments for it: --every N, --commands a,b, --kinds EIO
# The last lines are the sweep's table, unless a signal found something. Exit code 1: something did not hold.
set -euo pipefail
cd "$(dirname "$0")/.."

cmake --build build/test --target heed file_faults -j "$(nproc)"
export OMP_NUM_THREADS=1 GOMP_SPINCOUNT=1000 CUDA_VISIBLE_DEVICES=
work=build/test/fault_sweep
if [ $# = 0 ]; then
  for signal in KILL TERM; do
    for kind in transformer recurrent; do
      echo "== 200 SIG${signal}s, $kind"
      python3 tests/fault/kill_and_resume.py build/test/heed "$work" --signal "$signal" --kind "$kind" --kills 200
    done
  done
fi
echo "== faults"
exec python3 tests/fault/fault_sweep.py build/test/heed build/test/tests/libfile_faults.so "$work" "$@"
