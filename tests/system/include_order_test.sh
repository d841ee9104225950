#!/usr/bin/env bash
# Holds every #include in src/ to the order of the rooms and to that inside kernels/, and CMakeLists.txt to the rooms' table.
#   include_order_test.sh [SOURCE_DIR]      exit code 1, one line per offence (file:line: what), if anything is out of order
# First it looks at small offending trees of its own making, so that a check that has gone blind fails too.
set -euo pipefail

# room: the rooms it may include besides itself. "all" is every room.
rooms='
core:
config:     core
toy:        core
kernels:    core tensor
tensor:     core
text:       core config
eval:       core config
report:     core eval
data:       core config text tensor
nn:         core config tensor kernels
model:      core config tensor kernels nn
audit:      core config text data
checkpoint: core config text tensor model
decode:     core config text eval tensor kernels data nn model checkpoint
train:      core config text tensor kernels data nn model checkpoint decode eval
export:     core config text tensor nn model checkpoint
watch:      core config text tensor nn model checkpoint decode train report
cli:        all
'
# package pattern: the only rooms that may include it. The text wing has no tensors.
packages='
^yaml-cpp/                     config
^sentencepiece                 text
^(torch|ATen|c10|caffe2)/      tensor kernels nn model data checkpoint decode train export watch cli
^CLI/                          cli
'
# Inside a room: files, and the only files of their room that they may include. The first row that fits a file counts.
# Plans and what else both compilers read (`plain`) lie above cpu/ and cuda/, which know nothing else of kernels/, nor each other.
plain='(attention_plan|bfloat16|dropout_hash|host_device|label_loss|plans|product_plans|reach|update_plans|with_cuda)[.]h$'
inner="
^src/kernels/$plain                                ^kernels/$plain
^src/kernels/[^/]*[.]h$                            ^kernels/[^/]*$
^src/kernels/cpu/                                  ^kernels/(cpu/|$plain)
^src/kernels/cuda/                                 ^kernels/(cuda/|$plain)
"

offences() {  # SOURCE_DIR -> lines "file:line: what"
  (cd "$1" && mkdir -p src && find src -name '*.h' -o -name '*.cpp' -o -name '*.cu' -o -name '*.cuh' | sort | xargs -r awk \
    -v rooms="$rooms" -v packages="$packages" -v inner="$inner" '
    function has(list, word) { return index(" " list " ", " " word " ") > 0 }
    BEGIN {
      n = split(rooms, lines, "\n")
      for (i = 1; i <= n; i++) if (split(lines[i], parts, ":") == 2) { gsub(/ +/, " ", parts[2]); may[parts[1]] = parts[2] " " }
      n = split(packages, lines, "\n")
      for (i = 1; i <= n; i++) if (split(lines[i], parts, " ") > 1) {
        pattern = parts[1]; sub(/^[^ ]+ +/, "", lines[i]); only[pattern] = lines[i]
      }
      n = split(inner, lines, "\n")
      for (i = 1; i <= n; i++) if (split(lines[i], parts, " ") == 2) { ++rows; files[rows] = parts[1]; their[rows] = parts[2] }
    }
    FNR == 1 {
      split(FILENAME, path, "/"); room = path[2]
      if (!(room in may)) printf "%s:1: src/%s is not a room of the table in tests/system/include_order_test.sh\n", FILENAME, room
      for (row = 1; row <= rows && FILENAME !~ files[row];) row++
    }
    /^[ \t]*#[ \t]*include[ \t]*["<]/ {
      name = $0; sub(/^[^"<]*["<]/, "", name); sub(/[">].*$/, "", name)
      where = FILENAME ":" FNR ": "
      for (pattern in only) if (name ~ pattern && !has(only[pattern], room))
        print where "room " room " may not know " name " (only: " only[pattern] ")"
      if ($0 !~ /include[ \t]*"/) next
      split(name, path, "/"); used = path[1]
      if (!(used in may)) print where "\"" name "\" names no room: write \"room/file.h\""
      else if (used != room && !has(may[room], "all") && !has(may[room], used))
        print where "room " room " may not include " used " (may:" may[room] ")"
      else if (used == room && row <= rows && name !~ their[row])
        print where "may not include " name " of its own room (only: " their[row] ")"
    }')
  [ ! -f "$1/CMakeLists.txt" ] || cmake_offences "$1"
}

cmake_offences() {  # every heed_room(NAME USES ...) of CMakeLists.txt equals its row
  awk -v rooms="$rooms" '
    function sorted(text,   words, n, i, j, t, line) {
      n = split(text, words, " ")
      for (i = 2; i <= n; i++) for (j = i; j > 1 && words[j - 1] > words[j]; j--) { t = words[j]; words[j] = words[j - 1]; words[j - 1] = t }
      for (i = 1; i <= n; i++) line = line " " words[i]
      return line
    }
    BEGIN { n = split(rooms, lines, "\n"); for (i = 1; i <= n; i++) if (split(lines[i], parts, ":") == 2) may[parts[1]] = parts[2] }
    /^heed_room\(/ {
      line = $0; sub(/^heed_room\(/, "", line); sub(/\).*$/, "", line)
      room = line; sub(/ .*$/, "", room); sub(/^[^ ]+ ?/, "", line)
      gsub(/(^| )(USES|TORCH)( |$)/, " ", line); gsub(/(^| )(USES|TORCH)( |$)/, " ", line)
      if (sorted(line) != sorted(may[room])) printf "CMakeLists.txt:%d: room %s uses%s, the table says%s\n", FNR, room, sorted(line), sorted(may[room])
    }' "$1/CMakeLists.txt"
}

must_be_seen() {  # PATH LINE EXPECTED: a tree of this one file gives an offence that contains EXPECTED
  local tree found
  tree=$(mktemp -d)
  mkdir -p "$tree/$(dirname "$1")" && printf '// a comment\n%s\n' "$2" >"$tree/$1"
  found=$(offences "$tree")
  rm -r "$tree"
  [[ "$found" == *"$3"* ]] || { echo "blind: '$2' in $1 should be an offence ('$3'), found: '$found'"; exit 1; }
}

must_be_seen src/text/a.h '#include "tensor/batch.h"' 'src/text/a.h:2: room text may not include tensor'
must_be_seen src/core/a.cpp '#include "config/config.h"' 'room core may not include config'
must_be_seen src/nn/attention/a.cpp '  #  include "text/tokenizer.h"' 'room nn may not include text'
must_be_seen src/kernels/a.cu '#include "nn/linear.h"' 'room kernels may not include nn'
must_be_seen src/kernels/cuda/a.h '#include "kernels/cpu/lanes.h"' 'src/kernels/cuda/a.h:2: may not include kernels/cpu/lanes.h of its own room'
must_be_seen src/kernels/cuda/a.cu '#include "kernels/dispatch.h"' 'may not include kernels/dispatch.h of its own room'
must_be_seen src/kernels/cpu/a.cpp '#include "kernels/cuda/items.h"' 'may not include kernels/cuda/items.h of its own room'
must_be_seen src/kernels/cpu/a.h '#include "kernels/dropout.h"' 'may not include kernels/dropout.h of its own room'
must_be_seen src/kernels/a.h '#include "kernels/cpu/cpu_kernels.h"' 'may not include kernels/cpu/cpu_kernels.h of its own room'
must_be_seen src/kernels/plans.h '#include "kernels/dropout.h"' 'may not include kernels/dropout.h of its own room'
must_be_seen src/train/a.cpp '#include <yaml-cpp/yaml.h>' 'room train may not know yaml-cpp/yaml.h'
must_be_seen src/eval/a.cpp '#include <ATen/ops/add.h>' 'room eval may not know ATen/ops/add.h'
must_be_seen src/data/a.cpp '#include <sentencepiece_processor.h>' 'room data may not know sentencepiece_processor.h'
must_be_seen src/utils/a.h '#include "core/error.h"' 'src/utils is not a room'
must_be_seen src/core/a.h '#include "error.h"' 'names no room'
must_be_seen CMakeLists.txt 'heed_room(text USES core tensor TORCH)' 'CMakeLists.txt:2: room text uses core tensor, the table says config core'

source_dir=${1:-$(cd "$(dirname "$0")/../.." && pwd)}
found=$(offences "$source_dir")
[ -z "$found" ] || { echo "$found"; exit 1; }
echo "every include of $(find "$source_dir/src" -name '*.h' -o -name '*.cpp' -o -name '*.cu' | wc -l) files is in order"
