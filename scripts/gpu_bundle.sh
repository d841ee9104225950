#!/usr/bin/env bash
# Makes a directory that a machine with a GPU needs, and nothing else but Python's torch 2.11: built here, where no GPU has
# to be, and checked there with DIR/check/gpu_check.sh.
#   scripts/gpu_bundle.sh DIR          DIR must not exist; BUILD=DIR names another build folder than build/cuda
# DIR is what scripts/bundle.sh makes, with the tests of label cuda, the measuring programs and their batches. The batches
# and the data are Multi30k's where ../shared/data/multi30k is there, else the toy's.
set -euo pipefail
cd "$(dirname "$0")/.."

[ $# = 1 ] || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
directory=$1
export BUILD=${BUILD:-build/cuda}
programs=(cuda_test train_window translate_window)
scripts/setup.sh --tests
cmake --preset release -B "$BUILD" -DHEED_TESTS=ON -DHEED_CUDA=ON >/dev/null
cmake --build "$BUILD" --target heed batch_dump "${programs[@]}" -j "$(nproc)"
scripts/bundle.sh "$directory"
strip "$directory/bin/heed"
for program in "${programs[@]}"; do
  strip -o "$directory/bin/$program" "$BUILD/tests/$program"
  ln -s heed "$directory/$program"
done

check=$directory/check
mkdir -p "$check"
cp scripts/gpu_check.{sh,py} scripts/benchmark_train.py scripts/plain_models.py "$check"
multi30k=../shared/data/multi30k
if [ -d $multi30k ]; then
  mkdir "$check/multi30k"
  cp $multi30k/{train,val,test_2016_flickr}.{en,de} "$check/multi30k"
  data=()
else
  toy=$(mktemp -d)
  trap 'rm -rf "$toy"' EXIT
  "$BUILD/heed" toy translation "$toy" --quiet
  data=(--data.train.source="$toy/train.en" --data.train.target="$toy/train.de")
fi
for tokens in 4096 25000; do
  "$BUILD/tests/batch_dump" configs/multi30k_en_de.yaml $((tokens < 5000 ? 70 : 40)) "${data[@]}" --run.directory=runs/benchmark_train --train.batch_tokens=$tokens >"$check/batches_$tokens.jsonl"
done
du -sh "$directory"
