#!/usr/bin/env bash
# Makes a relocatable directory out of a build: DIR/heed starts it on another x86-64 machine that has this machine's glibc
# or a newer one (Debian 12's: 2.36) and, of everything else, only LibTorch 2.11.
#   scripts/bundle.sh DIR              DIR must not exist; BUILD=DIR names another build folder than build/release
# DIR holds bin/heed, lib/ (every shared library but glibc's and LibTorch's, with their licences), and the launcher heed,
# which looks for LibTorch in $HEED_LIBTORCH, then in DIR/torch, then in python3's torch package.
set -euo pipefail
cd "$(dirname "$0")/.."

[ $# = 1 ] || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
directory=$1
build=${BUILD:-build/release}
[ ! -e "$directory" ] || { echo "bundle: $directory exists; remove it or name another" >&2; exit 1; }
if [ ! -x "$build/heed" ]; then
  scripts/setup.sh
  cmake --preset release -B "$build"
  cmake --build "$build" --target heed -j "$(nproc)"
fi

mkdir -p "$directory/lib/licenses"
cmake --install "$build" --prefix "$directory" >/dev/null  # rewrites the rpath to $ORIGIN/../lib

# Only what the system's folders hold: LibTorch and its CUDA libraries lie elsewhere. libstdc++ and libgcc come along (LibTorch
# asks for older ones than any compiler that builds Heed), libgomp for a LibTorch without its own.
glibc='^(ld-linux|libc\.|libm\.|libmvec\.|libdl\.|librt\.|libpthread\.|libresolv\.|libutil\.|linux-vdso)'
ldd "$build/heed" | awk '$2 == "=>" && $3 ~ /^\/(usr\/)?lib/ {print $1, $3}' | grep -vE "$glibc" | while read -r name path; do
  cp -L "$path" "$directory/lib/$name"
  file=$(readlink -f "$path")
  package=$(dpkg-query -S "$file" "${file#/usr}" 2>/dev/null | cut -d: -f1 | head -n 1) || true  # / or /usr: both name it
  [ -z "$package" ] || cp -L "/usr/share/doc/$package/copyright" "$directory/lib/licenses/$package"
done
[ -e "$directory/lib/libgomp.so.1" ] || cp -L "$(gcc -print-file-name=libgomp.so.1)" "$directory/lib/"
cp LICENSE "$directory/"

cat >"$directory/heed" <<'LAUNCHER'
#!/bin/sh
# Starts the program of its own name in bin/ with the first LibTorch 2.11 of: $HEED_LIBTORCH, torch/ beside this file,
# python3's. bin/heed where there is none of that name.
here=$(dirname "$(readlink -f "$0")")
find_python_torch() {  # the package's folder, found without importing it
  python3 - 2>/dev/null <<'PYTHON'
import importlib.metadata, importlib.util
if importlib.metadata.version("torch").startswith("2.11."):
    print(importlib.util.find_spec("torch").submodule_search_locations[0])
PYTHON
}
if [ -n "${HEED_LIBTORCH:-}" ]; then
  torch=$HEED_LIBTORCH
  looked_in="HEED_LIBTORCH ($HEED_LIBTORCH)"
else
  torch=$here/torch
  looked_in="$here/torch and for python3's torch 2.11"
  [ -e "$torch/lib/libtorch_cpu.so" ] || torch=$(find_python_torch)
fi
if [ ! -e "$torch/lib/libtorch_cpu.so" ]; then
  echo "heed: error: no lib/libtorch_cpu.so: looked in $looked_in; set HEED_LIBTORCH to the folder of a LibTorch or of a Python torch package" >&2
  exit 1
fi
LD_LIBRARY_PATH=$torch/lib:$torch/../nvidia/cu13/lib:$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH
program=$here/bin/$(basename "$0")
[ -x "$program" ] || program=$here/bin/heed
exec "$program" "$@"
LAUNCHER
chmod +x "$directory/heed"

glibc_needed=$(objdump -T "$directory/bin/heed" "$directory"/lib/*.so* | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1)
echo "bundle: $directory, $(du -sh "$directory" | cut -f1), needs x86-64, ${glibc_needed/_/ } and LibTorch 2.11"
