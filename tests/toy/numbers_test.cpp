#include "toy/numbers.h"

#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <string>

namespace heed {
namespace {

TEST(GermanNumber, IsSpelledAsInTheDictionary) {
  const std::map<int, std::string> expected = {
      {0, "null"},
      {1, "eins"},
      {7, "sieben"},
      {11, "elf"},
      {12, "zwölf"},
      {16, "sechzehn"},
      {17, "siebzehn"},
      {20, "zwanzig"},
      {21, "einundzwanzig"},
      {30, "dreißig"},
      {66, "sechsundsechzig"},
      {77, "siebenundsiebzig"},
      {100, "einhundert"},
      {101, "einhunderteins"},
      {241, "zweihunderteinundvierzig"},
      {999, "neunhundertneunundneunzig"},
      {1000, "eintausend"},
      {1012, "eintausendzwölf"},
      {2021, "zweitausendeinundzwanzig"},
      {6200, "sechstausendzweihundert"},
      {9999, "neuntausendneunhundertneunundneunzig"},
  };
  for (const auto& [number, words] : expected) EXPECT_EQ(german_number(number), words);
}

TEST(EnglishNumber, IsSpelledAsInTheDictionary) {
  const std::map<int, std::string> expected = {
      {0, "zero"},
      {5, "five"},
      {13, "thirteen"},
      {15, "fifteen"},
      {18, "eighteen"},
      {40, "forty"},
      {90, "ninety"},
      {100, "one hundred"},
      {101, "one hundred one"},
      {241, "two hundred forty-one"},
      {1000, "one thousand"},
      {3512, "three thousand five hundred twelve"},
      {8008, "eight thousand eight"},
      {9999, "nine thousand nine hundred ninety-nine"},
  };
  for (const auto& [number, words] : expected) EXPECT_EQ(english_number(number), words);
}

// Readers that know the words but not how the numbers were put together.

int read_english(const std::string& text) {
  const std::map<std::string, int> values = {
      {"zero", 0},      {"one", 1},       {"two", 2},       {"three", 3},    {"four", 4},     {"five", 5},
      {"six", 6},       {"seven", 7},     {"eight", 8},     {"nine", 9},     {"ten", 10},     {"eleven", 11},
      {"twelve", 12},   {"thirteen", 13}, {"fourteen", 14}, {"fifteen", 15}, {"sixteen", 16}, {"seventeen", 17},
      {"eighteen", 18}, {"nineteen", 19}, {"twenty", 20},   {"thirty", 30},  {"forty", 40},   {"fifty", 50},
      {"sixty", 60},    {"seventy", 70},  {"eighty", 80},   {"ninety", 90}};
  std::string spaced = text;
  for (char& c : spaced) c = c == '-' ? ' ' : c;
  std::istringstream words(spaced);
  int total = 0, pending = 0;
  for (std::string word; words >> word;) {
    if (word == "thousand" || word == "hundred") {
      total += pending * (word == "hundred" ? 100 : 1000);
      pending = 0;
    } else {
      pending += values.at(word);
    }
  }
  return total + pending;
}

int read_german(const std::string& text) {
  for (const auto& [word, factor] : {std::pair<std::string, int>{"tausend", 1000}, {"hundert", 100}}) {
    const size_t at = text.find(word);
    if (at == std::string::npos) continue;
    const std::string rest = text.substr(at + word.size());
    return read_german(text.substr(0, at)) * factor + (rest.empty() ? 0 : read_german(rest));
  }
  const size_t and_at = text.find("und");
  if (and_at != std::string::npos) return read_german(text.substr(0, and_at)) + read_german(text.substr(and_at + 3));
  const std::map<std::string, int> values = {
      {"null", 0},      {"ein", 1},       {"eins", 1},      {"zwei", 2},      {"drei", 3},      {"vier", 4},
      {"fünf", 5},      {"sechs", 6},     {"sieben", 7},    {"acht", 8},      {"neun", 9},      {"zehn", 10},
      {"elf", 11},      {"zwölf", 12},    {"dreizehn", 13}, {"vierzehn", 14}, {"fünfzehn", 15}, {"sechzehn", 16},
      {"siebzehn", 17}, {"achtzehn", 18}, {"neunzehn", 19}, {"zwanzig", 20},  {"dreißig", 30},  {"vierzig", 40},
      {"fünfzig", 50},  {"sechzig", 60},  {"siebzig", 70},  {"achtzig", 80},  {"neunzig", 90}};
  return values.at(text);
}

TEST(Numbers, AllBelowTenThousandReadBackInBothLanguages) {
  for (int number = 0; number < 10000; ++number) {
    ASSERT_EQ(read_english(english_number(number)), number) << english_number(number);
    ASSERT_EQ(read_german(german_number(number)), number) << german_number(number);
  }
}

TEST(Ordinals, OfTheDaysOfAMonth) {
  const std::map<int, std::pair<std::string, std::string>> expected = {{1, {"1st", "ersten"}},
                                                                       {2, {"2nd", "zweiten"}},
                                                                       {3, {"3rd", "dritten"}},
                                                                       {4, {"4th", "vierten"}},
                                                                       {7, {"7th", "siebten"}},
                                                                       {8, {"8th", "achten"}},
                                                                       {11, {"11th", "elften"}},
                                                                       {12, {"12th", "zwölften"}},
                                                                       {13, {"13th", "dreizehnten"}},
                                                                       {19, {"19th", "neunzehnten"}},
                                                                       {20, {"20th", "zwanzigsten"}},
                                                                       {21, {"21st", "einundzwanzigsten"}},
                                                                       {22, {"22nd", "zweiundzwanzigsten"}},
                                                                       {23, {"23rd", "dreiundzwanzigsten"}},
                                                                       {30, {"30th", "dreißigsten"}},
                                                                       {31, {"31st", "einunddreißigsten"}}};
  for (const auto& [day, words] : expected) {
    EXPECT_EQ(english_ordinal(day), words.first);
    EXPECT_EQ(german_ordinal(day), words.second);
  }
}

}  // namespace
}  // namespace heed
