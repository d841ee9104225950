#!/usr/bin/env bash
# What Heed does on this machine's GPU: right (tests, resume), fast (beside PyTorch), and where its time goes. Builds
# nothing and needs no network; run it from a bundle that scripts/gpu_bundle.sh made.
#   check/gpu_check.sh OUT [STAGE...]     default: every stage, under 10 minutes; --list names them
# OUT/report.jsonl has one line of JSON a stage, written as it ends, failed ones too. Exit code 0: all passed. 1: some
# failed. 2: no GPU here, or not a bundle.
exec python3 "$(dirname "$0")/gpu_check.py" "$@"
