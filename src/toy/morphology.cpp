#include "toy/morphology.h"

namespace heed {
namespace {

// Rows: nominative, accusative, dative, genitive. Columns: masculine, feminine, neuter, plural.
using Paradigm = const char* const[4][4];

constexpr Paradigm kArticles = {{"der", "die", "das", "die"},
                                {"den", "die", "das", "die"},
                                {"dem", "der", "dem", "den"},
                                {"des", "der", "des", "der"}};
constexpr Paradigm kRelatives = {{"der", "die", "das", "die"},
                                 {"den", "die", "das", "die"},
                                 {"dem", "der", "dem", "denen"},
                                 {"dessen", "deren", "dessen", "deren"}};
constexpr Paradigm kPronouns = {
    {"er", "sie", "es", "sie"}, {"ihn", "sie", "es", "sie"}, {"ihm", "ihr", "ihm", "ihnen"}, {"", "", "", ""}};
constexpr Paradigm kDerEndings = {
    {"er", "e", "es", "e"}, {"en", "e", "es", "e"}, {"em", "er", "em", "en"}, {"es", "er", "es", "er"}};
constexpr Paradigm kEinEndings = {
    {"", "e", "", "e"}, {"en", "e", "", "e"}, {"em", "er", "em", "en"}, {"es", "er", "es", "er"}};
constexpr Paradigm kWeakEndings = {
    {"e", "e", "e", "en"}, {"en", "e", "e", "en"}, {"en", "en", "en", "en"}, {"en", "en", "en", "en"}};
constexpr Paradigm kMixedEndings = {
    {"er", "e", "es", "en"}, {"en", "e", "es", "en"}, {"en", "en", "en", "en"}, {"en", "en", "en", "en"}};
constexpr Paradigm kStrongEndings = {
    {"er", "e", "es", "e"}, {"en", "e", "es", "e"}, {"em", "er", "em", "en"}, {"en", "er", "en", "er"}};

const char* cell(Paradigm& paradigm, const Agreement& agreement) {
  const int column = agreement.plural ? 3 : static_cast<int>(agreement.gender);
  return paradigm[static_cast<int>(agreement.grammatical_case)][column];
}

bool ends_with(std::string_view text, std::string_view ending) {
  return text.size() >= ending.size() && text.substr(text.size() - ending.size()) == ending;
}

bool is_vowel(char c) { return std::string_view("aeiou").find(c) != std::string_view::npos; }

}  // namespace

std::string definite_article(const Agreement& agreement) { return cell(kArticles, agreement); }
std::string relative_pronoun(const Agreement& agreement) { return cell(kRelatives, agreement); }
std::string third_person_pronoun(const Agreement& agreement) { return cell(kPronouns, agreement); }

std::string der_word(std::string_view stem, const Agreement& agreement) {
  return std::string(stem) + cell(kDerEndings, agreement);
}

std::string ein_word(std::string_view stem, const Agreement& agreement) {
  return std::string(stem) + cell(kEinEndings, agreement);
}

std::string adjective_form(const Adjective& adjective, Declension declension, const Agreement& agreement) {
  const std::string stem = adjective.stem;
  if (declension == Declension::kWeak) return stem + cell(kWeakEndings, agreement);
  if (declension == Declension::kMixed) return stem + cell(kMixedEndings, agreement);
  return stem + cell(kStrongEndings, agreement);
}

std::string noun_form(const Noun& noun, const Agreement& agreement) {
  if (agreement.plural) {
    const std::string plural = noun.german_plural;
    const bool takes_n =
        agreement.grammatical_case == Case::kDative && !ends_with(plural, "n") && !ends_with(plural, "s");
    return takes_n ? plural + "n" : plural;
  }
  const std::string ending = noun.genitive;
  const bool weak = ends_with(ending, "n");
  const bool inflected =
      weak ? agreement.grammatical_case != Case::kNominative : agreement.grammatical_case == Case::kGenitive;
  return inflected ? noun.german + ending : noun.german;
}

std::string contraction(std::string_view preposition, std::string_view article) {
  struct Row {
    const char *preposition, *article, *merged;
  };
  constexpr Row kRows[] = {{"in", "dem", "im"},  {"in", "das", "ins"}, {"an", "dem", "am"},   {"von", "dem", "vom"},
                           {"zu", "dem", "zum"}, {"zu", "der", "zur"}, {"bei", "dem", "beim"}};
  for (const Row& row : kRows) {
    if (preposition == row.preposition && article == row.article) return row.merged;
  }
  return "";
}

std::string german_present(std::string_view infinitive, std::string_view third, Person person, bool plural) {
  if (infinitive == "sein") return plural ? "sind" : person == Person::kFirst ? "bin" : "ist";
  if (plural) return std::string(infinitive);
  if (person == Person::kThird) return std::string(third);
  // Preterite-present verbs (kann, weiß, will): the first person is the third.
  if (!ends_with(third, "t") && infinitive != "werden") return std::string(third);
  return std::string(infinitive.substr(0, infinitive.size() - 1));
}

std::string german_past(std::string_view preterite, bool plural) {
  std::string form(preterite);
  if (!plural) return form;
  return ends_with(form, "e") ? form + "n" : form + "en";
}

std::string german_zu_infinitive(const Verb& verb) {
  const std::string prefix = verb.prefix;
  return prefix.empty() ? std::string("zu ") + verb.infinitive : prefix + "zu" + verb.infinitive;
}

std::string english_third(std::string_view base) {
  const std::string form(base);
  for (const char* hissing : {"s", "sh", "ch", "x", "z", "o"}) {
    if (ends_with(form, hissing)) return form + "es";
  }
  const bool consonant_y = ends_with(form, "y") && !is_vowel(form[form.size() - 2]);
  return consonant_y ? form.substr(0, form.size() - 1) + "ies" : form + "s";
}

std::string english_article(std::string_view next_word) { return is_vowel(next_word.front()) ? "an" : "a"; }

std::string english_present(std::string_view base, Person person, bool plural) {
  const bool third = person == Person::kThird && !plural;
  if (base == "be") return plural ? "are" : third ? "is" : "am";
  if (base == "have") return third ? "has" : "have";
  return third ? english_third(base) : std::string(base);
}

std::string english_past(const Verb& verb, bool plural) {
  if (verb.frame == Frame::kBe) return plural ? "were" : "was";
  return verb.english_past;
}

}  // namespace heed
