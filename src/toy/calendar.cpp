#include "toy/calendar.h"

#include "toy/numbers.h"

namespace heed {
namespace {

constexpr const char* kEnglishMonths[] = {"January", "February", "March",     "April",   "May",      "June",
                                          "July",    "August",   "September", "October", "November", "December"};
constexpr const char* kGermanMonths[] = {"Januar", "Februar", "März",      "April",   "Mai",      "Juni",
                                         "Juli",   "August",  "September", "Oktober", "November", "Dezember"};
constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
constexpr const char* kEnglishWeekdays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                            "Friday", "Saturday", "Sunday"};
constexpr const char* kGermanWeekdays[] = {"Montag",  "Dienstag", "Mittwoch", "Donnerstag",
                                           "Freitag", "Samstag",  "Sonntag"};

struct FixedTime {
  const char *english, *german;
};

constexpr FixedTime kHabitTimes[] = {{"every/1 day/2", "jeden/1 Tag/2"},
                                     {"every/1 morning/2", "jeden/1 Morgen/2"},
                                     {"every/1 evening/2", "jeden/1 Abend/2"},
                                     {"every/1 week/2", "jede/1 Woche/2"},
                                     {"every/1 year/2", "jedes/1 Jahr/2"},
                                     {"in/1 the/1 morning/2", "am/1 Morgen/2"},
                                     {"in/1 the/1 evening/2", "am/1 Abend/2"},
                                     {"in/1 summer/2", "im/1 Sommer/2"},
                                     {"in/1 winter/2", "im/1 Winter/2"},
                                     {"today/1", "heute/1"},
                                     {"now/1", "jetzt/1"}};
constexpr FixedTime kPastTimes[] = {{"yesterday/1", "gestern/1"},
                                    {"last/1 week/2", "letzte/1 Woche/2"},
                                    {"last/1 month/2", "letzten/1 Monat/2"},
                                    {"last/1 year/2", "letztes/1 Jahr/2"},
                                    {"last/1 summer/2", "letzten/1 Sommer/2"},
                                    {"yesterday/1 morning/2", "gestern/1 Morgen/2"},
                                    {"yesterday/1 evening/2", "gestern/1 Abend/2"}};
constexpr FixedTime kRecentTimes[] = {{"today/1", "heute/1"},
                                      {"this/1 week/2", "diese/1 Woche/2"},
                                      {"this/1 month/2", "diesen/1 Monat/2"},
                                      {"this/1 year/2", "dieses/1 Jahr/2"},
                                      {"this/1 morning/2", "heute/1 Morgen/2"}};
constexpr FixedTime kFutureTimes[] = {{"tomorrow/1", "morgen/1"},
                                      {"next/1 week/2", "nächste/1 Woche/2"},
                                      {"next/1 month/2", "nächsten/1 Monat/2"},
                                      {"next/1 year/2", "nächstes/1 Jahr/2"},
                                      {"tomorrow/1 evening/2", "morgen/1 Abend/2"},
                                      {"the/1 day/1 after/1 tomorrow/1", "übermorgen/1"}};

struct Unit {
  const char *english, *german_dative;
};
constexpr Unit kUnits[] = {
    {"hours", "Stunden"}, {"days", "Tagen"}, {"weeks", "Wochen"}, {"months", "Monaten"}, {"years", "Jahren"}};

template <class Table>
Phrase fixed_time(Draws& draws, const Table& table) {
  const FixedTime& row = draws.pick(table);
  return parallel(draws, row.english, row.german);
}

Phrase weekday_phrase(Draws& draws) {
  const int day = draws.between(0, 6);
  return parallel(draws, "on/1 " + english_weekday(day) + "/2", "am/1 " + german_weekday(day) + "/2");
}

Phrase distance_phrase(Draws& draws, TimeReference reference) {
  const Unit& unit = draws.pick(kUnits);
  const int count = draws.between(2, 20);
  const int number = draws.new_link(), word = draws.new_link(), particle = draws.new_link();
  Phrase phrase;
  const bool past = reference == TimeReference::kPast;
  if (!past) phrase.english = linked("in", particle);
  append(phrase.english, linked(english_number(count), number));
  append(phrase.english, linked(unit.english, word));
  if (past) append(phrase.english, linked("ago", particle));
  phrase.german = linked(past ? "vor" : "in", particle);
  append(phrase.german, linked(german_number(count), number));
  append(phrase.german, linked(unit.german_dative, word));
  return phrase;
}

Phrase past_time(Draws& draws) {
  const int kind = draws.between(0, 9);
  if (kind < 3) return fixed_time(draws, kPastTimes);
  if (kind < 5) return distance_phrase(draws, TimeReference::kPast);
  if (kind < 7) return date_phrase(draws);
  if (kind < 8) {
    const std::string year = std::to_string(draws.between(1950, 2020));
    return parallel(draws, "in/1 " + year + "/2", "im/1 Jahr " + year + "/2");
  }
  Phrase phrase = weekday_phrase(draws);
  if (draws.chance(50)) append(phrase, clock_phrase(draws));
  return phrase;
}

Phrase future_time(Draws& draws) {
  const int kind = draws.between(0, 9);
  if (kind < 4) return fixed_time(draws, kFutureTimes);
  if (kind < 6) return distance_phrase(draws, TimeReference::kFuture);
  Phrase phrase = kind < 8 ? date_phrase(draws) : weekday_phrase(draws);
  if (draws.chance(50)) append(phrase, clock_phrase(draws));
  return phrase;
}

}  // namespace

std::string english_month(int month) { return kEnglishMonths[month - 1]; }
std::string german_month(int month) { return kGermanMonths[month - 1]; }
std::string english_weekday(int day) { return kEnglishWeekdays[day]; }
std::string german_weekday(int day) { return kGermanWeekdays[day]; }
int days_in_month(int month) { return kDays[month - 1]; }

std::string english_clock(const ClockTime& time) {
  const std::string hour = english_number(time.hour), next = english_number(time.hour % 12 + 1);
  switch (time.minute) {
    case 0:
      return hour + " o'clock";
    case 15:
      return "a quarter past " + hour;
    case 30:
      return "half past " + hour;
    case 45:
      return "a quarter to " + next;
    default:
      return time.minute < 30 ? english_number(time.minute) + " past " + hour
                              : english_number(60 - time.minute) + " to " + next;
  }
}

// Around the half hour Germans count from it: 3:25 is "fünf vor halb vier".
std::string german_clock(const ClockTime& time) {
  const std::string hour = german_number(time.hour), next = german_number(time.hour % 12 + 1);
  switch (time.minute) {
    case 0:
      return (time.hour == 1 ? "ein" : hour) + " Uhr";
    case 15:
      return "Viertel nach " + hour;
    case 25:
      return "fünf vor halb " + next;
    case 30:
      return "halb " + next;
    case 35:
      return "fünf nach halb " + next;
    case 45:
      return "Viertel vor " + next;
    default:
      return time.minute < 30 ? german_number(time.minute) + " nach " + hour
                              : german_number(60 - time.minute) + " vor " + next;
  }
}

Phrase clock_phrase(Draws& draws) {
  const ClockTime time{draws.between(1, 12), 5 * draws.between(0, 11)};
  Phrase phrase = parallel(draws, "at/1", "um/1");
  const int link = draws.new_link();  // "half past three" names another hour than "halb vier": one unit
  append(phrase, {linked(english_clock(time), link), linked(german_clock(time), link)});
  return phrase;
}

Phrase date_phrase(Draws& draws) {
  const int month = draws.between(1, 12);
  const int day = draws.between(1, days_in_month(month));
  return parallel(draws, "on/1 " + english_month(month) + "/2 " + english_ordinal(day) + "/3",
                  "am/1 " + german_ordinal(day) + "/3 " + german_month(month) + "/2");
}

Phrase time_phrase(Draws& draws, TimeReference reference) {
  switch (reference) {
    case TimeReference::kPast:
      return past_time(draws);
    case TimeReference::kRecent:
      return fixed_time(draws, kRecentTimes);
    case TimeReference::kFuture:
      return future_time(draws);
    case TimeReference::kHabit:
      break;
  }
  const int kind = draws.between(0, 9);
  if (kind < 5) return fixed_time(draws, kHabitTimes);
  return kind < 8 ? clock_phrase(draws) : weekday_phrase(draws);
}

}  // namespace heed
