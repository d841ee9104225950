#!/usr/bin/env bash
# Builds the fuzz targets (tests/fuzz) with clang in build/asan and runs each for a while from its corpus.
#   scripts/fuzz.sh [SECONDS [TARGET...]]      20 seconds each; all targets (tests/fuzz/CMakeLists.txt)
# Inputs that reach new code are kept in build/asan/corpus/TARGET, a finding in build/asan/findings/TARGET; run
# build/asan/fuzz/TARGET_fuzz on that file to see it again. Exit code 1, after all have run, if there was a finding.
# HEED_FUZZ_BUILD names another build folder, HEED_FUZZ_SEED another way through the inputs than 1.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-20}
build=${HEED_FUZZ_BUILD:-build/asan}
targets=("${@:2}")
if [ ${#targets[@]} = 0 ]; then
  mapfile -t targets < <(sed -n 's/^heed_fuzz(\([a-z0-9_]*\).*/\1/p' tests/fuzz/CMakeLists.txt)
fi

[ -e "$build/build.ninja" ] || cmake --preset asan -B "$build"
cmake --build "$build" -j "$(nproc)" --target "${targets[@]/%/_fuzz}"

# Limits that a bounded reader keeps: 20 seconds and 2 GB an input. detect_leaks=0: what libraries keep to the end.
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 OMP_NUM_THREADS=1
findings=()
for target in "${targets[@]}"; do
  mkdir -p "$build/corpus/$target" "$build/findings/$target"
  log=$build/$target.log
  if "$build/fuzz/${target}_fuzz" -seed="${HEED_FUZZ_SEED:-1}" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
       -artifact_prefix="$build/findings/$target/" "$build/corpus/$target" "tests/fuzz/corpus/$target" >"$log" 2>&1; then
    echo "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs in $seconds s, nothing found"
  else
    findings+=("$target")
    echo "$target: a finding, see $log"
    grep -m 3 -E 'broken promise|^==[0-9]+==ERROR|runtime error|SUMMARY' "$log" || true
  fi
done
[ ${#findings[@]} = 0 ] || { echo "findings in: ${findings[*]}"; exit 1; }
