#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace heed {

// What the field lists say of one key, for all who need the keys as data: references, hints, shell completion.
struct KeyDescription {
  std::string name;           // in full: "data.train.source"
  std::string default_value;  // as YAML
  std::string values;         // what may stand there: "an integer from 1 to 8"
  std::string meaning;
  std::vector<std::string> choices;  // the values one by one, where there are only so many
};

struct SectionDescription {
  std::string name;  // in full: "data", "data.train"
  std::string meaning;
};

// In the order of a dump.
const std::vector<KeyDescription>& all_keys();
const std::vector<SectionDescription>& all_sections();

const KeyDescription* find_key(std::string_view name);  // null: no key has that full name
const SectionDescription* find_section(std::string_view name);

// "data" is above "data.train" and "data.train.source", and "" above everything.
bool is_above(std::string_view section, std::string_view name);

// {"data.train", "source"} of "data.train.source"; the first is "" where there is no dot.
struct SplitName {
  std::string_view section, key;
};
SplitName split_name(std::string_view name);

}  // namespace heed
