#!/usr/bin/env bash
# Installs what Heed needs and is not there yet; says nothing but one line when all is there. Debian 12, Ubuntu 24.04.
#   scripts/setup.sh            to build and run on the CPU: apt packages (with sudo when not root), LibTorch (1.2 GB)
#   scripts/setup.sh --cuda     to build with CUDA: the full LibTorch (5 GB); the CUDA toolkit's nvcc is yours to install
#   scripts/setup.sh --tests    to run the tests: the full LibTorch, the Python peers they compare with, a browser (Debian)
# Everything but the apt packages goes to ${XDG_CACHE_HOME:-~/.cache}/heed, which every clone shares. Nothing there is
# taken for whole before it is: an interrupted run is simply run again.
# Environment: HEED_LIBTORCH=DIR uses the LibTorch in DIR and installs none; HEED_NO_INSTALL=1 only says what is missing.
# Exit code 0: all is there. 1: something is missing and may not or could not be installed; stderr says what.
set -euo pipefail

torch_version=2.11.0
cpu_requirements=("torch==$torch_version" nvidia-cuda-runtime==13.0.96 nvidia-cuda-cupti==13.0.85)
full_requirements=("torch==$torch_version" numpy==2.4.6 sacrebleu==2.6.0 safetensors==0.8.0 entmax==1.3 sentencepiece==0.2.3
                   tensorboard==2.21.0 ctranslate2==4.8.5 transformers==5.23.0 rouge-score==0.1.2)
packages=(g++ cmake ninja-build ccache pkg-config git ca-certificates python3 python3-venv python3-pip
          libsentencepiece-dev libyaml-cpp-dev libgtest-dev libgmock-dev libcli11-dev nlohmann-json3-dev
          libssl-dev zlib1g-dev libicu-dev libfmt-dev)

cache=${XDG_CACHE_HOME:-$HOME/.cache}/heed
full=false
for argument in "$@"; do
  case $argument in
    --cuda) full=true ;;
    --tests)
      full=true
      packages+=(zsh)  # completes heed's commands in a test
      # Ubuntu has chromium only as a snap; without one the tests of pages are left out
      [ "$(. /etc/os-release && echo "$ID")" != debian ] || packages+=(chromium-headless-shell)
      ;;
    *) sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
done

say() { echo "setup: $*" >&2; }
fail() { say "$@"; exit 1; }

missing_packages() {
  local package
  for package in "${packages[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
  done
}

has_cpu_libtorch() { [ -e "$cache/libtorch-$torch_version-cpu/torch/lib/libtorch_cpu.so" ]; }
has_full_set() { [ "$(cat "$cache/venv/.complete" 2>/dev/null)" = "${full_requirements[*]}" ]; }
needs_cpu_libtorch() { [ -z "${HEED_LIBTORCH:-}" ] && ! $full && ! has_cpu_libtorch && ! has_full_set; }
needs_full_set() { $full && ! has_full_set; }

may_install() { [ "${HEED_NO_INSTALL:-0}" = 0 ]; }
# Root needs nothing, a person at a terminal can be asked for a password, anyone else needs sudo without one.
if [ "$(id -u)" = 0 ]; then as_root=(env); elif [ -t 0 ]; then as_root=(sudo); else as_root=(sudo -n); fi
may_install_packages() {
  may_install && command -v apt-get >/dev/null && command -v "${as_root[0]}" >/dev/null &&
    { [ "${as_root[*]}" != "sudo -n" ] || sudo -n true 2>/dev/null; }
}

# Runs a command, showing what it wrote only if it fails.
quietly() {
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 </dev/null || status=$?
  [ $status = 0 ] || { tail -n 30 "$log" >&2; say "failed: $*"; }
  rm -f "$log"
  return $status
}

install_packages() {
  say "installing with apt-get: $*"
  quietly "${as_root[@]}" apt-get update -q
  quietly "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}

require_free() {  # GIGABYTES
  local free
  free=$(($(df -Pk "$cache" | awk 'NR == 2 {print $4}') / 1000000))
  [ "$free" -ge "$1" ] ||
    fail "needs $1 GB free in $cache, found $free GB: free some, or set XDG_CACHE_HOME to a folder on a larger disk"
}

# pip, keeping its temporary files beside their destination: /tmp may be small, and a rename within a disk is free.
pip_install() {  # PYTHON ARGUMENT...
  TMPDIR=$cache/partial quietly "$1" -m pip --disable-pip-version-check install -q --no-cache-dir --no-compile \
    --root-user-action=ignore "${@:2}"
}

install_cpu_libtorch() {
  say "installing LibTorch $torch_version for CPU into $cache (1.2 GB)"
  require_free 3
  pip_install python3 --no-deps --target "$cache/partial/libtorch" "${cpu_requirements[@]}"
  rm -rf "$cache/libtorch-$torch_version-cpu"
  mv "$cache/partial/libtorch" "$cache/libtorch-$torch_version-cpu"
}

install_full_set() {  # in place, for a virtual environment cannot be moved; .complete is written last
  say "installing LibTorch $torch_version with CUDA libraries and the Python peers of the tests into $cache/venv (5 GB)"
  require_free 10
  # What is there already is kept: pip adds what an older list lacked.
  rm -f "$cache/venv/.complete"
  "$cache/venv/bin/python3" -c "import pip" 2>/dev/null || quietly python3 -m venv --clear "$cache/venv"
  pip_install "$cache/venv/bin/python3" "${full_requirements[@]}"
  echo "${full_requirements[*]}" >"$cache/venv/.complete"
}

mapfile -t missing < <(missing_packages)
say_missing() {  # every missing thing at once
  [ ${#missing[@]} = 0 ] || say "missing packages: run  apt-get install --no-install-recommends ${missing[*]}"
  ! needs_cpu_libtorch || say "missing LibTorch $torch_version in $cache: run  scripts/setup.sh  or set HEED_LIBTORCH"
  ! needs_full_set || say "missing the full LibTorch and Python set in $cache/venv: run  scripts/setup.sh --tests"
}
if [ ${#missing[@]} -gt 0 ] && ! may_install_packages || ! may_install; then
  say_missing
  if [ ${#missing[@]} -gt 0 ] || needs_cpu_libtorch || needs_full_set; then
    may_install && fail "packages need root (or sudo) and apt-get; nothing was installed"
    fail "HEED_NO_INSTALL is set; nothing was installed"
  fi
fi

[ ${#missing[@]} = 0 ] || install_packages "${missing[@]}"
if needs_cpu_libtorch || needs_full_set; then
  mkdir -p "$cache"
  exec 9>"$cache/.setup-lock"
  flock -n 9 || { say "waiting for another setup"; flock 9; }
  rm -rf "$cache/partial"
  mkdir "$cache/partial"
  ! needs_cpu_libtorch || install_cpu_libtorch
  ! needs_full_set || install_full_set
  rm -rf "$cache/partial"
fi
say "all is there"
