#include "checkpoint/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/json_object.h"
#include "core/sha256.h"

namespace heed {

namespace {

using nlohmann::json;

constexpr size_t kSha256Digits = 64;
constexpr int kMaxDepth =
    3;  // what lies deeper is dropped on reading, since writing recurses: no stack to be exhausted

std::string canonical(const json& value) { return value.dump(2) + "\n"; }

bool is_valid_utf8(const std::string& text) {
  try {
    return !json(text).dump().empty();
  } catch (const json::exception&) {
    return false;
  }
}

// The JSON without its own sha256, after that has been found right.
json verified(std::string_view bytes, const std::string& origin) {
  const auto shallow = [](int depth, json::parse_event_t, json&) { return depth <= kMaxDepth; };
  json manifest = json::parse(bytes, shallow, /*allow_exceptions=*/false);
  if (!manifest.is_object() || !manifest.contains("sha256") || !manifest["sha256"].is_string())
    throw CheckpointError(fmt::format("{}: this is no manifest: it must be a JSON object with its own sha256", origin));
  const std::string text = canonical(manifest);
  const std::string expected = manifest["sha256"];
  manifest.erase("sha256");
  if (text != bytes || sha256_hex(canonical(manifest)) != expected)
    throw CheckpointError(fmt::format("{}: the manifest does not agree with its own sha256: it is damaged", origin));
  return manifest;
}

FileDigest digest_of(const JsonObject& object) {
  const FileDigest digest{static_cast<uint64_t>(object.count_of("size")), object.text_of("sha256")};
  const bool is_hex = digest.sha256.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (digest.sha256.size() != kSha256Digits || !is_hex) object.refuse("sha256", "64 hexadecimal digits");
  object.require_no_keys_but({"size", "sha256"});
  return digest;
}

}  // namespace

std::string serialize_manifest(const Manifest& manifest) {
  json text = {{"format_version", kFormatVersion}, {"files", json::object()}};
  for (const auto& [name, digest] : manifest) text["files"][name] = {{"size", digest.size}, {"sha256", digest.sha256}};
  text["sha256"] = sha256_hex(canonical(text));
  return canonical(text);
}

Manifest parse_manifest(std::string_view bytes, const std::string& origin) {
  try {
    const JsonObject text(verified(bytes, origin), origin);
    const int64_t version = text.integer_of("format_version");
    if (version != kFormatVersion)
      throw CheckpointError(
          fmt::format("{}: format version {}, this program reads version {}; use another version of heed", origin,
                      version, kFormatVersion));
    const JsonObject files = text.object_of("files");
    Manifest manifest;
    for (const auto& [name, digest] : files.object().items()) {
      if (!is_plain_name(name) || name == kManifestName)
        throw CheckpointError(
            fmt::format("{}: refusing {}, a path outside the checkpoint directory or the manifest itself", origin,
                        json(name).dump()));
      manifest[name] = digest_of(files.object_of(name));
    }
    text.require_no_keys_but({"files", "format_version"});
    return manifest;
  } catch (const DataError& error) {
    throw CheckpointError(error.what());
  }
}

bool is_plain_name(const std::string& name) {
  const auto is_odd = [](unsigned char byte) { return byte < ' ' || byte == 0x7f || byte == '/' || byte == '\\'; };
  return !name.empty() && name != "." && name != ".." && std::none_of(name.begin(), name.end(), is_odd) &&
         is_valid_utf8(name);
}

}  // namespace heed
