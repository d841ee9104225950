#include "config/reference.h"

#include <algorithm>

#include "config/config.h"
#include "config/idle_keys.h"
#include "config/key_hint.h"
#include "config/keys.h"
#include "core/error.h"

namespace heed {
namespace {

constexpr size_t kWidth = 96;  // of a line for a terminal

// Words in lines of at most kWidth, each line after so many spaces.
std::string wrapped(std::string_view text, size_t indent) {
  const std::string margin(indent, ' ');
  std::string lines, line;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (!line.empty() && indent + line.size() + 1 + word.size() > kWidth) {
      lines += margin + line + "\n";
      line.clear();
    }
    line.append(line.empty() ? "" : " ").append(word);
  }
  return lines + margin + line + "\n";
}

std::string heading(const SectionDescription& section) { return section.name + ": " + section.meaning + "\n"; }

std::string entry(const KeyDescription& key) {
  return "  " + key.name + " = " + key.default_value + "\n" + wrapped(key.meaning + " [" + key.values + "]", 6);
}

std::string page(const KeyDescription& key) {
  std::string text = key.name + "\n" + wrapped(key.meaning, 2);
  text += "  values: " + key.values + "\n  default: " + key.default_value + "\n";
  for (const std::string_view need : needs_of(key.name))
    text += wrapped("has an effect only so: " + std::string(need), 2);
  return text;
}

std::string pages_of_section(const SectionDescription& section) {
  std::string text = heading(section);
  for (const KeyDescription& key : all_keys()) {
    if (is_above(section.name, key.name)) text += entry(key);
  }
  return text;
}

bool is_top(const SectionDescription& section) { return section.name.find('.') == std::string::npos; }

std::string whole_reference() {
  std::string text = wrapped(
      "A config is YAML: sections that hold keys. On the command line --section.key=value sets a key. "
      "Below: key = default, then what it means and [what may stand there]. "
      "`heed config SECTION` and `heed config SECTION.KEY` print a part.",
      0);
  for (const SectionDescription& section : all_sections()) {
    if (is_top(section)) text += "\n" + pages_of_section(section);
  }
  return text;
}

}  // namespace

std::string config_text(const std::string& name) {
  if (name.empty()) return whole_reference();
  if (const KeyDescription* key = find_key(name)) return page(*key);
  if (const SectionDescription* section = find_section(name)) return pages_of_section(*section);
  throw ConfigError(unknown_key(name, KeySpelling::kFull));
}

std::string config_reference() {
  std::string markdown;
  for (const SectionDescription& section : all_sections()) {
    if (!is_top(section)) continue;
    markdown += (markdown.empty() ? "" : "\n");
    markdown += "**`" + section.name + "`**: " + section.meaning + "\n\n";
    markdown += "| key | default | values | meaning |\n|---|---|---|---|\n";
    for (const KeyDescription& key : all_keys()) {
      if (!is_above(section.name, key.name)) continue;
      markdown += "| `" + key.name.substr(section.name.size() + 1) + "` | `" + key.default_value + "` | " + key.values +
                  " | " + key.meaning + " |\n";
    }
  }
  return markdown;
}

}  // namespace heed
