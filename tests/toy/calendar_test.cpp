#include "toy/calendar.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace heed {
namespace {

struct Row {
  ClockTime time;
  std::string english, german;
};

TEST(ClockTime, EveryMinuteStepIsNamedAsGermansDo) {
  const std::vector<Row> rows = {{{3, 0}, "three o'clock", "drei Uhr"},
                                 {{3, 5}, "five past three", "fünf nach drei"},
                                 {{3, 10}, "ten past three", "zehn nach drei"},
                                 {{3, 15}, "a quarter past three", "Viertel nach drei"},
                                 {{3, 20}, "twenty past three", "zwanzig nach drei"},
                                 {{3, 25}, "twenty-five past three", "fünf vor halb vier"},
                                 {{3, 30}, "half past three", "halb vier"},
                                 {{3, 35}, "twenty-five to four", "fünf nach halb vier"},
                                 {{3, 40}, "twenty to four", "zwanzig vor vier"},
                                 {{3, 45}, "a quarter to four", "Viertel vor vier"},
                                 {{3, 50}, "ten to four", "zehn vor vier"},
                                 {{3, 55}, "five to four", "fünf vor vier"}};
  for (const Row& row : rows) {
    EXPECT_EQ(english_clock(row.time), row.english);
    EXPECT_EQ(german_clock(row.time), row.german);
  }
}

TEST(ClockTime, OneIsEinBeforeUhrAndFollowsTwelve) {
  EXPECT_EQ(german_clock({1, 0}), "ein Uhr");
  EXPECT_EQ(german_clock({1, 15}), "Viertel nach eins");
  EXPECT_EQ(german_clock({12, 30}), "halb eins");
  EXPECT_EQ(english_clock({12, 45}), "a quarter to one");
}

TEST(DatePhrase, DrawsEveryDayOfAYearAndNoOther) {
  std::set<std::string> days;
  for (uint64_t i = 0; i < 20000; ++i) {
    Draws draws{RandomStream(i)};
    days.insert(joined(date_phrase(draws).german));
  }
  EXPECT_EQ(days.size(), 365u);
  EXPECT_TRUE(days.contains("am dritten März"));
  EXPECT_FALSE(days.contains("am dreißigsten Februar"));
}

TEST(DatePhrase, AlignsTheDayAndTheMonthAcrossTheirOrders) {
  Draws draws{RandomStream(1)};
  const Phrase phrase = date_phrase(draws);  // on March 3rd / am dritten März
  const std::vector<std::pair<int, int>> expected = {{0, 0}, {1, 2}, {2, 1}};
  EXPECT_EQ(alignment(phrase), expected);
}

}  // namespace
}  // namespace heed
