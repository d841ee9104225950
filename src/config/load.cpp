#include <algorithm>

#include "config/config.h"
#include "config/idle_keys.h"
#include "config/key_hint.h"
#include "config/keys.h"
#include "config/renamed_keys.h"
#include "config/rules.h"
#include "config/section_reader.h"
#include "config/yaml_document.h"
#include "core/error.h"
#include "core/file_bytes.h"
#include "core/utf8.h"

namespace heed {
namespace {

std::string read_text(const std::string& path) {
  try {
    return read_file_bytes(path);
  } catch (const Error& error) {
    throw ConfigError(error.what());
  }
}

void read_document(const std::string& text, const std::string& origin, Config& config, KeyPlaces& places) {
  const PlaceOf place_of = places_in(origin);
  const SectionReader reader(
      place_of, [&](const std::string& key, const std::string& place) { places.set_in_file(key, place); },
      KeySpelling::kInSection);
  reader.read(in_present_keys(parse_yaml(text, place_of)), config, "");
}

// {data: {train: {source: value}}} for the name "data.train.source".
YAML::Node nested(const std::string& name, const YAML::Node& value) {
  const size_t dot = name.find('.');
  YAML::Node map(YAML::NodeType::Map);
  map.force_insert(name.substr(0, dot), dot == std::string::npos ? value : nested(name.substr(dot + 1), value));
  return map;
}

// Lists, mappings and quoted text as YAML; anything else is a plain scalar, so that no character needs a quote.
YAML::Node override_value(const std::string& text, const PlaceOf& place_of) {
  const bool is_yaml = !text.empty() && std::string_view("[{\"'").find(text[0]) != std::string_view::npos;
  if (is_yaml) return parse_yaml(text, place_of);
  if (find_invalid_utf8(text)) throw ConfigError(place_of({}) + ": not UTF-8 text");
  return YAML::Node(text);
}

void read_override(const std::string& text, Config& config, KeyPlaces& places) {
  const size_t equals = text.find('=');
  const std::string name = text.substr(0, equals);
  std::string origin = "command line: --" + name;
  if (!find_section(name.substr(0, name.find('.')))) {
    throw ConfigError(origin + ": " + unknown_key(name, KeySpelling::kOption));
  }
  if (equals == std::string::npos || name.find('.') == std::string::npos) {
    throw ConfigError(origin + ": expected --section.key=value");
  }
  const PlaceOf place_of = [&](const YAML::Mark&) { return origin; };
  const SectionReader reader(
      place_of, [&](const std::string& key, const std::string& place) { places.set_on_command_line(key, place); },
      KeySpelling::kOption);
  reader.read(nested(name, override_value(text.substr(equals + 1), place_of)), config, "");
}

struct Draft {
  Config config;
  Config file;  // what it was before the overrides
  KeyPlaces places;
};

Draft read_draft(const std::string& text, const std::string& origin, const std::vector<std::string>& overrides) {
  Draft draft{{}, {}, KeyPlaces(origin)};
  read_document(text, origin, draft.file, draft.places);
  draft.config = draft.file;
  for (const std::string& one : overrides) read_override(one, draft.config, draft.places);
  check_rules(draft.config, draft.places);
  return draft;
}

// Whether a file was written by training, key by key, rather than by a person: only training sets run.cpu.
bool is_dump(const KeyPlaces& places) { return places.in_file("run.cpu"); }

// A person's keys must count: those on the command line in the config as it has become, those in the file there or at
// least in the file's own, which the command line may put out of action.
void check_effects(const Draft& draft) {
  const std::vector<IdleKey> idle_in_file = idle_keys(draft.file);
  for (const auto& [key, need] : idle_keys(draft.config)) {
    const auto same = [&name = key](const IdleKey& idle) { return idle.key == name; };
    const bool in_file = !is_dump(draft.places) && draft.places.in_file(key) &&
                         std::any_of(idle_in_file.begin(), idle_in_file.end(), same);
    if (!in_file && !draft.places.on_command_line(key)) continue;
    throw ConfigError(draft.places.of({key}) + ": " + key + " " + value_of(draft.config, key) +
                      " has no effect: " + std::string(need));
  }
}

}  // namespace

bool LoadedConfig::sets(std::string_view name) const {
  return std::any_of(keys_set.begin(), keys_set.end(), [&](std::string_view key) {
    return key.starts_with(name) && (key.size() == name.size() || key[name.size()] == '.');
  });
}

LoadedConfig load_config_and_keys(const std::string& path, const std::vector<std::string>& overrides) {
  Draft draft = read_draft(read_text(path), path, overrides);
  check_effects(draft);
  return {std::move(draft.config), draft.places.keys()};
}

Config load_config(const std::string& path, const std::vector<std::string>& overrides) {
  return load_config_and_keys(path, overrides).config;
}

Config parse_config(const std::string& text, const std::string& origin, const std::vector<std::string>& overrides) {
  return read_draft(text, origin, overrides).config;
}

void apply_overrides(Config& config, const std::vector<std::string>& overrides) {
  Config changed = config;
  KeyPlaces places("");
  for (const std::string& one : overrides) read_override(one, changed, places);
  check_rules(changed, places);
  config = changed;
}

}  // namespace heed
