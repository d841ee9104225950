#!/usr/bin/env bash
# Runs some tests of a test program once per instruction set that this CPU has (HEED_CPU).
#   every_instruction_set.sh TEST_PROGRAM FILTER
set -euo pipefail
for set in baseline avx2 avx512 avx512_vnni avx512_bf16; do
  if output=$(HEED_CPU=$set "$1" --gtest_brief=1 --gtest_filter="$2" 2>&1); then
    echo "$set: passed"
  elif [ "$set" != baseline ] && grep -q "expected an instruction set of this CPU" <<<"$output"; then
    echo "$set: this CPU lacks it"
  else
    echo "$output"
    exit 1
  fi
done
