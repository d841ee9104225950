#include "config/reference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "config/config.h"
#include "config/keys.h"
#include "core/error.h"

namespace heed {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> names_of_keys() {
  std::vector<std::string> names;
  for (const KeyDescription& key : all_keys()) names.push_back(key.name);
  return names;
}

// The dump is made by other code: the same keys in the same order, each with its default.
TEST(Keys, AreThoseOfTheDumpInItsOrder) {
  std::string dump = dump_config(Config());
  size_t position = 0;
  for (const KeyDescription& key : all_keys()) {
    const std::string line = " " + std::string(split_name(key.name).key) + ": " + key.default_value + "\n";
    const size_t found = dump.find(line, position);
    ASSERT_NE(found, std::string::npos) << key.name;
    EXPECT_EQ(dump.substr(position, found - position).find(": "), std::string::npos) << key.name;
    position = found + line.size();
  }
  EXPECT_EQ(position, dump.size());
}

// Also what only training can refuse later: every choice is read, and one that is none is not.
TEST(Keys, EveryChoiceIsAValueOfItsKey) {
  int with_choices = 0;
  for (const KeyDescription& key : all_keys()) {
    for (const std::string& choice : key.choices) {
      std::string complaint;
      try {
        parse_config("run: {seed: 1}", "c.yaml", {key.name + "=" + choice});
      } catch (const ConfigError& error) {
        complaint = error.what();
      }
      EXPECT_THAT(complaint, Not(HasSubstr(", got '" + choice + "'"))) << key.name;
      ++with_choices;
    }
    if (!key.choices.empty()) {
      EXPECT_THROW(parse_config("run: {seed: 1}", "c.yaml", {key.name + "=neither"}), ConfigError);
    }
  }
  EXPECT_GT(with_choices, 40);
  EXPECT_THAT(find_key("tokenizer.type")->choices, testing::ElementsAre("bpe", "unigram", "char", "word", "none"));
  EXPECT_THAT(find_key("tokenizer.shared")->choices, testing::ElementsAre("true", "false"));
  EXPECT_THAT(find_key("eval.metrics")->choices,
              testing::ElementsAre("bleu", "chrf", "ter", "rouge1", "rouge2", "rougeL", "rougeLsum", "exact_match"));
  EXPECT_TRUE(find_key("model.d_model")->choices.empty());
}

TEST(Reference, TheTablesHaveARowForEveryKeyWithDefaultValuesAndMeaning) {
  const std::string reference = config_reference();
  std::string section;
  std::vector<std::string> found;
  for (const std::string& line : lines_of(reference)) {
    if (line.starts_with("**`")) section = line.substr(3, line.find('`', 3) - 3);
    if (line.starts_with("| `")) found.push_back(section + "." + line.substr(3, line.find('`', 3) - 3));
    EXPECT_TRUE(!line.starts_with("| ") || std::count(line.begin(), line.end(), '|') == 5) << line;
  }
  EXPECT_EQ(found, names_of_keys());
  EXPECT_THAT(reference, HasSubstr("| `betas` | `[0.9, 0.98]` | a list of two numbers from 0 to below 1 | "));
}

TEST(Reference, TheTextForATerminalHasEveryKeyOnceInLinesThatFit) {
  std::vector<std::string> found;
  for (const std::string& line : lines_of(config_text(""))) {
    EXPECT_LE(line.size(), 96u) << line;
    const bool is_entry = line.starts_with("  ") && line[2] != ' ';
    if (is_entry) found.push_back(line.substr(2, line.find(" = ") - 2));
  }
  EXPECT_EQ(found, names_of_keys());
}

TEST(Reference, ASectionIsItsPartOfTheWhole) {
  const std::string whole = config_text("");
  for (const SectionDescription& section : all_sections()) {
    const std::string part = config_text(section.name);
    EXPECT_THAT(part, testing::StartsWith(section.name + ": " + section.meaning + "\n"));
    EXPECT_THAT(whole, HasSubstr(part.substr(part.find('\n') + 1))) << section.name;
    for (const KeyDescription& key : all_keys())
      EXPECT_EQ(part.find("  " + key.name + " = ") != std::string::npos, is_above(section.name, key.name)) << key.name;
  }
}

TEST(Reference, AKeyTellsDefaultValuesMeaningAndWhatItNeeds) {
  EXPECT_EQ(config_text("model.recurrence"),
            "model.recurrence\n"
            "  of a recurrent decoder: it attends with its state before the token, or with the one after\n"
            "  values: bahdanau or luong\n"
            "  default: bahdanau\n"
            "  has an effect only so: it needs model.decoder recurrent\n");
}

TEST(Reference, WhatIsNoKeyIsRefusedWithAGuess) {
  const auto complaint = [](const std::string& name) {
    try {
      return config_text(name);
    } catch (const ConfigError& error) {
      return std::string(error.what());
    }
  };
  EXPECT_EQ(complaint("modle"), "unknown key 'modle' (did you mean 'model'?)");
  EXPECT_EQ(complaint("model.d_modle"), "unknown key 'model.d_modle' (did you mean 'model.d_model'?)");
  EXPECT_EQ(complaint("lr"), "unknown key 'lr' (did you mean 'optimizer.learning_rate'?)");
  EXPECT_EQ(complaint("xyzzy"), "unknown key 'xyzzy' (heed config lists all keys)");
}

}  // namespace
}  // namespace heed
