#!/usr/bin/env bash
# The unit tests under the compiler's sanitizers: AddressSanitizer with UndefinedBehaviorSanitizer for the rooms that read what
# strangers write, ThreadSanitizer for those that start threads, and a race on purpose that it must find.
#   scripts/sanitize.sh [address | thread]      both without an argument; build folders build/asan and build/tsan; clang
# Tests that train a vocabulary or start thousands of processes are left out under AddressSanitizer: minutes there.
set -euo pipefail
cd "$(dirname "$0")/.."

address_rooms=(core config text eval data)
thread_rooms=(core data)
what=${1:-both}
scripts/setup.sh --tests

run() {  # preset filter room...
  local preset=$1 filter=$2
  shift 2
  cmake --preset "$preset" >/dev/null
  cmake --build "build/$preset" -j "$(nproc)" --target "${@/%/_test}"
  for room in "$@"; do
    echo "== $room, $preset"
    CUDA_VISIBLE_DEVICES= OMP_NUM_THREADS=1 "build/$preset/tests/${room}_test" --gtest_brief=1 --gtest_filter="$filter"
  done
}

if [ "$what" != thread ]; then
  # Leaks: LibTorch and sentencepiece keep what they keep until the end. Children that are killed report nothing.
  ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
    run asan '-*Training*:*ForeignModel*' "${address_rooms[@]}"
fi
if [ "$what" != address ]; then
  export TSAN_OPTIONS=halt_on_error=1
  race=$(mktemp)
  trap 'rm -f "$race"' EXIT
  clang++ -std=c++20 -g -fsanitize=thread tests/fault/seeded_race.cpp -o "$race"
  ! "$race" 2>/dev/null || { echo "ThreadSanitizer did not find the race of tests/fault/seeded_race.cpp" >&2; exit 1; }
  run tsan '*' "${thread_rooms[@]}"
fi
