#!/usr/bin/env bash
# Training speed beside a plain eager PyTorch loop on the same batches: target tokens/s, peak memory and the ratio, without
# and with attention dropout. How it measures: scripts/benchmark_train.py.
#   scripts/benchmark_train.sh [CONFIG] [--recurrent] [--threads N] [--windows N] [--updates N] [--section.key=value ...]
# CONFIG gives the data and the tokenizer (default: configs/multi30k_en_de.yaml); the model is the one of the README's
# defaults whatever CONFIG says, or with --recurrent the baseline of configs/multi30k_en_de_bahdanau.yaml (which has no
# attention dropout). Let the machine do nothing else meanwhile.
set -euo pipefail
cd "$(dirname "$0")/.."

config=configs/multi30k_en_de.yaml
threads=$(nproc) windows=5 updates=20 warmup=10
overrides=(--run.directory=runs/benchmark_train --run.device=cpu --run.precision=fp32 --train.batch_tokens=4096 --train.ema=0
           --optimizer.learning_rate=0.001 --schedule.type=inverse_sqrt --schedule.warmup_steps=1000
           --model.dropout=0.1 --model.tie_embeddings=all)
transformer=(--model.d_model=256 --model.d_ff=1024 --model.num_heads=4 --model.num_encoder_layers=3
             --model.num_decoder_layers=3 --model.norm=pre --model.positions=sinusoidal)
recurrent=(--model.encoder=recurrent --model.decoder=recurrent --model.d_model=384 --model.num_encoder_layers=1
           --model.num_decoder_layers=1)
model=transformer
while [ $# -gt 0 ]; do
  case $1 in
    --threads | --windows | --updates) declare "${1#--}=$2"; shift 2 ;;
    --recurrent) model=recurrent; shift ;;
    --*.*=*) overrides+=("$1"); shift ;;
    -*) sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    *) config=$1; shift ;;
  esac
done
declare -n shape=$model
overrides=("${shape[@]}" "${overrides[@]}")

scripts/setup.sh --tests
cmake --preset release >/dev/null
cmake --build build/release --target batch_dump train_window -j "$(nproc)"
python=${XDG_CACHE_HOME:-$HOME/.cache}/heed/venv/bin/python3
batches=$(mktemp)
trap 'rm -f "$batches"' EXIT

compare() {  # ATTENTION_DROPOUT OPTION...: those that tell the peer its model
  local heed="build/release/tests/train_window $config --threads $threads ${overrides[*]} --model.attention_dropout=$1"
  echo "== $model, attention dropout $1"
  "$python" scripts/benchmark_train.py compare --heed "$heed" --batches "$batches" --threads "$threads" \
    --windows "$windows" --updates "$updates" --warmup "$warmup" --attention-dropout "$1" "${@:2}"
}

build/release/tests/batch_dump "$config" $((warmup + windows * updates)) "${overrides[@]}" >"$batches"
if [ $model = recurrent ]; then
  compare 0 --model recurrent --d-model 384
else
  compare 0
  compare 0.1
fi
