#include "config/key_hint.h"

#include <algorithm>

#include "config/foreign_names.h"
#include "config/keys.h"
#include "config/nearest_key.h"
#include "config/value.h"

namespace heed {
namespace {

std::string joined(std::string_view section, std::string_view key) {
  return section.empty() ? std::string(key) : std::string(section) + "." + std::string(key);
}

bool exists(std::string_view name) { return find_key(name) || find_section(name); }

// Every key and section, in full.
const std::vector<std::string_view>& all_names() {
  static const std::vector<std::string_view> kNames = [] {
    std::vector<std::string_view> all;
    for (const SectionDescription& section : all_sections()) all.push_back(section.name);
    for (const KeyDescription& key : all_keys()) all.push_back(key.name);
    return all;
  }();
  return kNames;
}

// What stands directly in a section, without its name.
std::vector<std::string_view> members(std::string_view section) {
  std::vector<std::string_view> found;
  for (const std::string_view name : all_names()) {
    if (split_name(name).section == section) found.push_back(split_name(name).key);
  }
  return found;
}

// run.cpu and run.gpu_name are written by training: nobody means them.
std::vector<std::string_view> last_parts() {
  std::vector<std::string_view> found;
  for (const std::string_view name : all_names()) {
    if (name != "run.cpu" && name != "run.gpu_name") found.push_back(split_name(name).key);
  }
  return found;
}

KeyHint hint_of_one(std::string name) { return {{std::move(name)}, "", ""}; }

// The key with this last part, where only one has it, or only one in a section of its own (model.num_heads, not
// model.cross_attention.num_heads).
KeyHint only_with_last_part(std::string_view part) {
  const auto depth = [](std::string_view name) { return std::count(name.begin(), name.end(), '.'); };
  KeyHint hint;
  for (const std::string_view name : all_names()) {
    if (split_name(name).key != part) continue;
    if (!hint.empty() && depth(name) < depth(hint.names.front())) hint.names.clear();
    if (hint.empty() || depth(name) == depth(hint.names.front())) hint.names.emplace_back(name);
  }
  return hint.names.size() == 1 ? hint : KeyHint{};
}

// A row of the table; where the section at hand has a key of the same last part, that one is meant.
KeyHint hint_of_row(const ForeignNames* row, std::string_view section) {
  if (!row) return {};
  KeyHint hint{{}, "and", row->note};
  for (const std::string_view name : split_at_spaces(row->keys)) {
    const std::string here = joined(section, split_name(name).key);
    hint.names.push_back(!section.empty() && exists(here) ? here : std::string(name));
  }
  return hint;
}

// Of a name that holds in this section only, "" being outside of all.
KeyHint foreign_hint_here(std::string_view section, const std::string& key) {
  return hint_of_row(find_foreign(canonical(section) + "." + key), section);
}

KeyHint hint_by_part(std::string_view section, std::string_view key) {
  KeyHint hint{{}, "or", ""};
  for (const std::string_view name : containing(key, members(section))) hint.names.push_back(joined(section, name));
  return hint;
}

KeyHint hint_by_slip(std::string_view section, std::string_view key) {
  const std::string_view slip = nearest(key, members(section));
  return slip.empty() ? KeyHint{} : hint_of_one(joined(section, slip));
}

// The surest first.
KeyHint hint_in_section(std::string_view section, std::string_view key) {
  KeyHint hint = foreign_hint_here(section, canonical(key));
  if (hint.empty() && !section.empty() && find_section(key)) hint = hint_of_one(std::string(key));
  if (hint.empty()) hint = hint_of_row(find_foreign(canonical(key)), section);
  if (hint.empty()) hint = hint_by_part(section, key);
  if (hint.empty()) hint = only_with_last_part(key);
  if (hint.empty()) hint = hint_by_slip(section, key);
  if (hint.empty()) hint = only_with_last_part(nearest(key, last_parts()));
  return hint;
}

// The sections that an unknown one may stand for.
std::vector<std::string> sections_meant(std::string_view section) {
  std::vector<std::string> sections;
  for (const std::string& name : key_hint(section).names) {
    if (find_section(name)) sections.push_back(name);
  }
  return sections;
}

}  // namespace

KeyHint key_hint(std::string_view name) {
  const auto [section, key] = split_name(name);
  if (section.empty() || find_section(section)) return hint_in_section(section, key);
  KeyHint exact = hint_of_row(find_foreign(canonical(name)), "");
  if (!exact.empty()) return exact;
  const std::vector<std::string> meant = sections_meant(section);
  for (const std::string& one : meant) {
    if (exists(joined(one, key))) return hint_of_one(joined(one, key));
  }
  for (const std::string& one : meant) {
    KeyHint hint = hint_in_section(one, key);
    if (!hint.empty()) return hint;
  }
  return exists(key) ? hint_of_one(std::string(key)) : hint_in_section("", key);
}

std::string hint_text(const KeyHint& hint, std::string_view name, KeySpelling spelling) {
  if (hint.names.empty()) return std::string(hint.note);
  const std::string_view section = split_name(name).section;
  std::string text = "did you mean ";
  for (const std::string& full : hint.names) {
    const bool here = spelling == KeySpelling::kInSection && is_above(section, full);
    if (&full != &hint.names.front()) text.append(" ").append(hint.conjunction).append(" ");
    text += spelling == KeySpelling::kOption ? "'--" : "'";
    text += (here && !section.empty() ? full.substr(section.size() + 1) : full) + "'";
  }
  return text + (hint.note.empty() ? "" : ", " + std::string(hint.note)) + "?";
}

std::string list_of_keys(std::string_view section) {
  return section.empty() ? "heed config lists all keys" : "heed config " + std::string(section) + " lists its keys";
}

std::string unknown_key(const std::string& name, KeySpelling spelling) {
  const KeyHint hint = key_hint(name);
  const std::string_view section = split_name(name).section;
  return "unknown key " + shown(name) + " (" +
         (hint.empty() ? list_of_keys(find_section(section) ? section : "") : hint_text(hint, name, spelling)) + ")";
}

}  // namespace heed
