#!/usr/bin/env bash
# Builds the tests in build/test, without running any; scripts/setup.sh --tests has installed what they need.
#   scripts/build_tests.sh ON|OFF|AUTO [TARGET...]      with CUDA or without; everything, or these targets
set -euo pipefail
cd "$(dirname "$0")/.."

cuda=$1
shift
# The tests are linked to the very LibTorch that the Python peers import.
venv=${XDG_CACHE_HOME:-$HOME/.cache}/heed/venv
libtorch=$(echo "$venv"/lib/python3*/site-packages/torch)
cmake --preset release -B build/test -DHEED_TESTS=ON -DHEED_CUDA="$cuda" \
  -DHEED_LIBTORCH="${HEED_LIBTORCH:-$libtorch}" -DHEED_PYTHON="$venv/bin/python3"
cmake --build build/test -j "$(nproc)" --target "${@:-all}"
