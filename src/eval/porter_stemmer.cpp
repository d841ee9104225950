#include "eval/porter_stemmer.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace heed {
namespace {

using std::string_view;

constexpr auto kIrregular = std::to_array<std::pair<string_view, string_view>>({{"sky", "sky"},
                                                                                {"skies", "sky"},
                                                                                {"dying", "die"},
                                                                                {"lying", "lie"},
                                                                                {"tying", "tie"},
                                                                                {"news", "news"},
                                                                                {"innings", "inning"},
                                                                                {"inning", "inning"},
                                                                                {"outings", "outing"},
                                                                                {"outing", "outing"},
                                                                                {"cannings", "canning"},
                                                                                {"canning", "canning"},
                                                                                {"howe", "howe"},
                                                                                {"proceed", "proceed"},
                                                                                {"exceed", "exceed"},
                                                                                {"succeed", "succeed"}});

bool is_one_of(char c, string_view letters) { return letters.find(c) != string_view::npos; }

// Whether each letter is a consonant: a y is one where none stands before it.
std::string consonants(string_view word) {
  std::string kinds;
  for (const char c : word) {
    const bool after_consonant = !kinds.empty() && kinds.back() == 'c';
    const bool vowel = c == 'y' ? after_consonant : is_one_of(c, "aeiou");
    kinds += vowel ? 'v' : 'c';
  }
  return kinds;
}

// The paper's m: how often a consonant follows a vowel.
int measure(string_view stem) {
  const std::string kinds = consonants(stem);
  int count = 0;
  for (size_t i = 1; i < kinds.size(); ++i) count += kinds[i - 1] == 'v' && kinds[i] == 'c';
  return count;
}
bool has_measure(string_view stem) { return measure(stem) > 0; }
bool is_longer(string_view stem) { return measure(stem) > 1; }

bool has_vowel(string_view stem) { return consonants(stem).find('v') != std::string::npos; }

bool ends_in_double_consonant(string_view word) {
  const size_t n = word.size();
  return n >= 2 && word[n - 1] == word[n - 2] && consonants(word).back() == 'c';
}

// The paper's *o, and NLTK's short words.
bool ends_short(string_view word) {
  const std::string kinds = consonants(word);
  if (kinds == "vc") return true;
  return kinds.ends_with("cvc") && !is_one_of(word.back(), "wxy");
}

struct Rule {
  string_view suffix, replacement;
  bool (*holds)(string_view stem) = nullptr;  // null: always
};

// The first rule with the word's suffix decides.
template <size_t n>
std::string by_rules(std::string word, const std::array<Rule, n>& rules) {
  for (const Rule& rule : rules) {
    if (!word.ends_with(rule.suffix)) continue;
    const size_t stem = word.size() - rule.suffix.size();
    if (!rule.holds || rule.holds(string_view(word).substr(0, stem)))
      word.replace(stem, std::string::npos, rule.replacement);
    break;
  }
  return word;
}

std::string cut(const std::string& word, size_t letters) { return word.substr(0, word.size() - letters); }

std::string without_plural(const std::string& word) {  // step 1a
  if (word.ends_with("ies") && word.size() == 4) return cut(word, 1);
  return by_rules(word, std::to_array<Rule>({{"sses", "ss"}, {"ies", "i"}, {"ss", "ss"}, {"s", ""}}));
}

std::string with_ending(const std::string& stem) {  // of step 1b, after "ed" or "ing"
  for (const string_view ending : {"at", "bl", "iz"})
    if (stem.ends_with(ending)) return stem + "e";
  if (ends_in_double_consonant(stem)) return is_one_of(stem.back(), "lsz") ? stem : cut(stem, 1);
  return measure(stem) == 1 && ends_short(stem) ? stem + "e" : stem;
}

std::string without_past(const std::string& word) {  // step 1b
  if (word.ends_with("ied")) return cut(word, word.size() == 4 ? 1 : 2);
  if (word.ends_with("eed")) return has_measure(cut(word, 3)) ? cut(word, 1) : word;
  for (const string_view suffix : {"ed", "ing"})
    if (word.ends_with(suffix) && has_vowel(cut(word, suffix.size()))) return with_ending(cut(word, suffix.size()));
  return word;
}

std::string with_final_i(const std::string& word) {  // step 1c
  const bool after_consonant = word.size() > 2 && word.ends_with("y") && consonants(cut(word, 1)).back() == 'c';
  return after_consonant ? cut(word, 1) + "i" : word;
}

std::string without_double_suffix(const std::string& word) {  // step 2
  if (word.ends_with("alli") && has_measure(cut(word, 4))) return without_double_suffix(cut(word, 2));
  if (word.ends_with("logi")) return has_measure(cut(word, 3)) ? cut(word, 1) : word;
  constexpr auto kRules = std::to_array<Rule>(
      {{"ational", "ate", has_measure}, {"tional", "tion", has_measure}, {"enci", "ence", has_measure},
       {"anci", "ance", has_measure},   {"izer", "ize", has_measure},    {"bli", "ble", has_measure},
       {"alli", "al", has_measure},     {"entli", "ent", has_measure},   {"eli", "e", has_measure},
       {"ousli", "ous", has_measure},   {"ization", "ize", has_measure}, {"ation", "ate", has_measure},
       {"ator", "ate", has_measure},    {"alism", "al", has_measure},    {"iveness", "ive", has_measure},
       {"fulness", "ful", has_measure}, {"ousness", "ous", has_measure}, {"aliti", "al", has_measure},
       {"iviti", "ive", has_measure},   {"biliti", "ble", has_measure},  {"fulli", "ful", has_measure}});
  return by_rules(word, kRules);
}

std::string without_suffix(const std::string& word) {  // step 3
  constexpr auto kRules = std::to_array<Rule>({{"icate", "ic", has_measure},
                                               {"ative", "", has_measure},
                                               {"alize", "al", has_measure},
                                               {"iciti", "ic", has_measure},
                                               {"ical", "ic", has_measure},
                                               {"ful", "", has_measure},
                                               {"ness", "", has_measure}});
  return by_rules(word, kRules);
}

std::string without_last_suffix(const std::string& word) {  // step 4
  constexpr auto kAfterSOrT = [](string_view stem) { return is_longer(stem) && is_one_of(stem.back(), "st"); };
  constexpr auto kRules = std::to_array<Rule>({{"al", "", is_longer},
                                               {"ance", "", is_longer},
                                               {"ence", "", is_longer},
                                               {"er", "", is_longer},
                                               {"ic", "", is_longer},
                                               {"able", "", is_longer},
                                               {"ible", "", is_longer},
                                               {"ant", "", is_longer},
                                               {"ement", "", is_longer},
                                               {"ment", "", is_longer},
                                               {"ent", "", is_longer},
                                               {"ion", "", kAfterSOrT},
                                               {"ou", "", is_longer},
                                               {"ism", "", is_longer},
                                               {"ate", "", is_longer},
                                               {"iti", "", is_longer},
                                               {"ous", "", is_longer},
                                               {"ive", "", is_longer},
                                               {"ize", "", is_longer}});
  return by_rules(word, kRules);
}

std::string tidied(std::string word) {  // step 5
  if (word.ends_with("e")) {
    const std::string stem = cut(word, 1);
    if (is_longer(stem) || (measure(stem) == 1 && !ends_short(stem))) word = stem;
  }
  return word.ends_with("ll") && is_longer(cut(word, 1)) ? cut(word, 1) : word;
}

}  // namespace

std::string porter_stem(std::string word) {
  const auto irregular =
      std::find_if(kIrregular.begin(), kIrregular.end(), [&](const auto& known) { return known.first == word; });
  if (irregular != kIrregular.end()) return std::string(irregular->second);
  if (word.size() <= 2) return word;
  word = with_final_i(without_past(without_plural(word)));
  return tidied(without_last_suffix(without_suffix(without_double_suffix(word))));
}

}  // namespace heed
