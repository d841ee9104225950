#pragma once

#include <string>

#include "toy/phrase.h"

namespace heed {

// Times of day, dates and other adverbials of time, in both languages.

// `hour` 1 to 12, `minute` a multiple of five below 60: "half past three", "halb vier"; "three o'clock", "drei Uhr".
struct ClockTime {
  int hour = 12, minute = 0;
};
std::string english_clock(const ClockTime& time);
std::string german_clock(const ClockTime& time);

std::string english_month(int month);  // 1 to 12
std::string german_month(int month);
std::string english_weekday(int day);  // 0 is Monday
std::string german_weekday(int day);
int days_in_month(int month);  // February: 28

enum class TimeReference { kHabit, kPast, kRecent, kFuture };  // goes with present, past, perfect, future

Phrase clock_phrase(Draws& draws);  // at half past three / um halb vier
Phrase date_phrase(Draws& draws);   // on March 3rd / am dritten März
Phrase time_phrase(Draws& draws, TimeReference reference);

}  // namespace heed
