#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/decode_config.h"

namespace heed {

enum class Peer { kCtranslate2, kTransformers };

struct PeerRequest {
  Peer peer;
  std::string python;                   // the interpreter, a path or a name to look up
  std::string directory;                // what was exported
  DecodeConfig decode;                  // beam_size, length_penalty, max_length, allow_unk
  std::vector<std::string> suppressed;  // pieces that are never to be generated; Marian and Pegasus directories know
  std::map<std::string, std::string> codes;  // language codes and the pieces they are; likewise
  int64_t source_pieces = 1 << 20;           // that are read of a line, eos left out
};

struct PeerAnswer {
  std::string peer;     // "ctranslate2 4.8.5"
  std::string missing;  // what cannot be started or imported; then there is nothing else
  std::vector<std::string> translations;
};

// Translates lines with an exported directory in the Python package it was made for, from the exported files alone, in
// a process of its own. Error, with how it ended and the last line it wrote, where that process fails.
PeerAnswer translate_with_peer(const PeerRequest& request, const std::vector<std::string>& lines);

}  // namespace heed
