#!/usr/bin/env bash
# From a fresh clone to a translation: installs what is missing, builds Heed, trains a small English-to-German translator
# on a synthetic language (on the CPU, minutes), scores it on sentences it has never seen, translates one, draws what it
# looked at, and exports it for CTranslate2.
# Every step shows the command that it runs, so that you can run it again by hand. The run stays in runs/quickstart.
set -euo pipefail
cd "$(dirname "$0")/.."

step() {  # TITLE COMMAND
  printf '\n== %s\n$ %s\n' "$1" "$2"
  eval "$2"
}

step "install what is missing" "scripts/setup.sh"
step "configure" "cmake --preset release"
step "build the binary (build/release/heed)" "cmake --build --preset release"
step "write the corpus: sentence pairs of a toy English and German" \
  "build/release/heed toy translation data/toy/translation"
step "train (stop it at any time: the same command with --resume instead of --overwrite goes on)" \
  "build/release/heed train configs/toy_translation.yaml --run.directory=runs/quickstart --overwrite"
step "score its translations of the test sentences, none of which it was trained on" \
  "build/release/heed evaluate runs/quickstart"
step "translate one of them: Wenn die kluge Nichte den Bericht übersetzt, wird sie die lauten Drucker nicht prüfen." \
  "echo 'If the clever niece translates the report, she will not check the loud printers.' | build/release/heed translate runs/quickstart"
step "draw what it looked at while it translated (open runs/quickstart/attention.html in a browser)" \
  "build/release/heed attention runs/quickstart --source 'If the clever niece translates the report, she will not check the loud printers.' -o runs/quickstart/attention.html"
step "export it for CTranslate2 (runs/quickstart/ctranslate2/README.md has the four lines of Python that load it)" \
  "build/release/heed export runs/quickstart --format ctranslate2 -o runs/quickstart/ctranslate2 --force"
