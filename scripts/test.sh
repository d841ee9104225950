#!/usr/bin/env bash
# Installs what the tests need (scripts/setup.sh --tests), builds everything in build/test and runs the tests.
#   scripts/test.sh                  all of them
#   scripts/test.sh --unit           the quick ones, seconds each
#   scripts/test.sh ARGUMENT...      arguments for ctest, e.g. -R Attention, -L 'system|interop', --repeat until-fail:5
# The last lines are ctest's summary; the exit code is ctest's, or 1 if something could not be installed or built.
# Built with CUDA where there is a GPU to run it on; HEED_CUDA=ON or OFF in the environment decides otherwise.
set -euo pipefail
cd "$(dirname "$0")/.."

selection=("$@")
[ "${1:-}" != --unit ] || selection=(-L '^unit$' "${@:2}")

scripts/setup.sh --tests

scripts/build_tests.sh "${HEED_CUDA:-$([ -e /dev/nvidiactl ] && echo AUTO || echo OFF)}"

# One thread a test (those that compare thread counts set their own): two tests run at a time, and threads that wait for
# each other by spinning only take the cores away.
export OMP_NUM_THREADS=1 GOMP_SPINCOUNT=1000
exec ctest --test-dir build/test --output-on-failure --timeout 1500 -j2 "${selection[@]}"
