#include "toy/numbers.h"

namespace heed {
namespace {

constexpr const char* kEnglishSmall[] = {
    "zero", "one",    "two",    "three",    "four",     "five",    "six",     "seven",     "eight",    "nine",
    "ten",  "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr const char* kEnglishTens[] = {"",      "",      "twenty",  "thirty", "forty",
                                        "fifty", "sixty", "seventy", "eighty", "ninety"};
constexpr const char* kGermanSmall[] = {
    "null", "eins", "zwei",  "drei",     "vier",     "fünf",     "sechs",    "sieben",   "acht",     "neun",
    "zehn", "elf",  "zwölf", "dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn"};
constexpr const char* kGermanTens[] = {"",        "",        "zwanzig", "dreißig", "vierzig",
                                       "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"};

// "ein" where more of the word follows, "eins" at its end.
std::string german_unit(int unit) { return unit == 1 ? "ein" : kGermanSmall[unit]; }

std::string german_below_hundred(int number) {
  if (number < 20) return kGermanSmall[number];
  const std::string tens = kGermanTens[number / 10];
  return number % 10 == 0 ? tens : german_unit(number % 10) + "und" + tens;
}

std::string english_below_hundred(int number) {
  if (number < 20) return kEnglishSmall[number];
  const std::string tens = kEnglishTens[number / 10];
  return number % 10 == 0 ? tens : tens + "-" + kEnglishSmall[number % 10];
}

}  // namespace

std::string english_number(int number) {
  if (number < 100) return english_below_hundred(number);
  const int unit = number >= 1000 ? 1000 : 100;
  const std::string head = std::string(kEnglishSmall[number / unit]) + (unit == 1000 ? " thousand" : " hundred");
  return number % unit == 0 ? head : head + " " + english_number(number % unit);
}

std::string german_number(int number) {
  if (number < 100) return german_below_hundred(number);
  const int unit = number >= 1000 ? 1000 : 100;
  const std::string head = german_unit(number / unit) + (unit == 1000 ? "tausend" : "hundert");
  return number % unit == 0 ? head : head + german_number(number % unit);
}

std::string english_ordinal(int number) {
  const bool teen = number / 10 == 1;
  const char* suffix = teen ? "th" : number % 10 == 1 ? "st" : number % 10 == 2 ? "nd" : number % 10 == 3 ? "rd" : "th";
  return std::to_string(number) + suffix;
}

std::string german_ordinal(int number) {
  switch (number) {
    case 1:
      return "ersten";
    case 3:
      return "dritten";
    case 7:
      return "siebten";
    case 8:
      return "achten";
    default:
      return german_number(number) + (number < 20 ? "ten" : "sten");
  }
}

}  // namespace heed
