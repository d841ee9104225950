#include "checkpoint/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/sha256.h"

namespace heed {

namespace {

using nlohmann::json;

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

}  // namespace

std::string serialize_manifest(const Manifest& manifest) {
  json text = {{"format_version", kFormatVersion}, {"files", json::object()}};
  for (const auto& [name, digest] : manifest) text["files"][name] = {{"size", digest.size}, {"sha256", digest.sha256}};
  text["sha256"] = sha256_hex(canonical(text));
  return canonical(text);
}

Manifest parse_manifest(std::string_view bytes, const std::string& origin) {
  const json text = verified(bytes, origin);
  Manifest manifest;
  try {
    const int64_t version = text.at("format_version").get<int64_t>();
    if (version != kFormatVersion)
      throw CheckpointError(
          fmt::format("{}: format version {}, this program reads version {}; use another version of heed", origin,
                      version, kFormatVersion));
    for (const auto& [name, digest] : text.at("files").items()) {
      if (!is_plain_name(name) || name == kManifestName)
        throw CheckpointError(
            fmt::format("{}: refusing {}, a path outside the checkpoint directory or the manifest itself", origin,
                        json(name).dump()));
      manifest[name] = {digest.at("size").get<uint64_t>(), digest.at("sha256").get<std::string>()};
    }
  } catch (const json::exception& error) {
    throw CheckpointError(fmt::format("{}: the manifest lacks a part: {}", origin, error.what()));
  }
  return manifest;
}

bool is_plain_name(const std::string& name) {
  const auto is_odd = [](unsigned char byte) { return byte < ' ' || byte == 0x7f || byte == '/' || byte == '\\'; };
  return !name.empty() && name != "." && name != ".." && std::none_of(name.begin(), name.end(), is_odd) &&
         is_valid_utf8(name);
}

}  // namespace heed
