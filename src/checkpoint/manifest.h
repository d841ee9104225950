#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace heed {

// The commit mark of a checkpoint directory, `manifest.json`: what every other file in it must be.
//   {"files": {name: {"sha256": hex, "size": bytes}, ...}, "format_version": 1, "sha256": hex}
// The last sha256 is that of the same JSON without it. The text is canonical (sorted keys, two spaces, final newline),
// and only the canonical text is accepted, so that any changed byte shows, white space included.

inline constexpr const char* kManifestName = "manifest.json";
inline constexpr int64_t kFormatVersion = 1;

struct FileDigest {
  uint64_t size = 0;
  std::string sha256;
};

using Manifest = std::map<std::string, FileDigest>;  // file name -> digest

std::string serialize_manifest(const Manifest& manifest);

// CheckpointError, opened by `origin`, with a message of its own for: damage, a format version this program does not
// read, a name that is not a plain one.
Manifest parse_manifest(std::string_view bytes, const std::string& origin);

// True for a name that stays in its directory: not empty, no slash, backslash or control character, not . or .., and
// in UTF-8.
bool is_plain_name(const std::string& name);

}  // namespace heed
