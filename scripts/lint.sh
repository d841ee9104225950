#!/usr/bin/env bash
# Holds the sources to their layout (.clang-format) and their names, sizes and known mistakes (.clang-tidy).
#   scripts/lint.sh              all files
#   scripts/lint.sh FILE...      these files (clang-tidy takes up to a minute for one that includes LibTorch)
#   scripts/lint.sh --format     the layout only, seconds
# clang-format and clang-tidy (Debian 12: version 14, whose layout is the one that counts) are not among what setup.sh
# installs: apt-get install clang-format clang-tidy. BUILD=DIR names a configured build folder (default build/release).
set -euo pipefail
cd "$(dirname "$0")/.."

layout_only=false
[ "${1:-}" != --format ] || { layout_only=true; shift; }
files=("$@")
[ ${#files[@]} -gt 0 ] || mapfile -t files < <(git ls-files 'src/*.h' 'src/*.cpp' 'src/*.cu' 'tests/*.h' 'tests/*.cpp')
for tool in clang-format clang-tidy; do
  command -v $tool >/dev/null || { echo "lint: missing $tool: apt-get install $tool" >&2; exit 1; }
done

status=0
clang-format --dry-run -Werror "${files[@]}" || status=1
tests/system/include_order_test.sh || status=1
if ! $layout_only; then
  build=${BUILD:-build/release}
  [ -f "$build/compile_commands.json" ] || cmake --preset release -B "$build" >/dev/null
  mapfile -t units < <(printf '%s\n' "${files[@]}" | grep '\.cpp$' || true)
  # Without the headers that GCC has precompiled: clang cannot read them, and sources must name what they include.
  commands=$(mktemp -d)
  trap 'rm -rf "$commands"' EXIT
  sed 's/-Winvalid-pch -include [^ ]*cmake_pch.hxx//' "$build/compile_commands.json" >"$commands/compile_commands.json"
  # Flags that only GCC knows are unknown to clang, and that is no finding.
  printf '%s\0' "${units[@]}" | xargs -0 -r -n 1 -P "$(nproc)" \
    clang-tidy -p "$commands" --quiet --extra-arg=-Wno-unknown-warning-option --extra-arg=-Wno-ignored-optimization-argument || status=1
fi
exit $status
