#pragma once

#include <string>
#include <string_view>

#include "toy/lexicon.h"

namespace heed {

// Inflection: pure functions from a table row and grammatical features to a word form.
// German endings after Duden, Die Grammatik (articles, adjectives, noun and verb inflection).

enum class Case { kNominative, kAccusative, kDative, kGenitive };
enum class Person { kFirst, kThird };

// What German articles and adjectives agree with.
struct Agreement {
  Gender gender = Gender::kMasculine;
  bool plural = false;
  Case grammatical_case = Case::kNominative;
};

enum class Declension { kWeak, kMixed, kStrong };  // after der-words, after ein-words, after no article

std::string definite_article(const Agreement& agreement);                 // der, die, das, den, dem, des
std::string relative_pronoun(const Agreement& agreement);                 // der, ..., denen, dessen, deren
std::string der_word(std::string_view stem, const Agreement& agreement);  // dies-, jed-, viel-
std::string ein_word(std::string_view stem, const Agreement& agreement);  // ein-, kein-, mein-, unser-
std::string adjective_form(const Adjective& adjective, Declension declension, const Agreement& agreement);
std::string noun_form(const Noun& noun, const Agreement& agreement);
std::string third_person_pronoun(const Agreement& agreement);  // er, ihn, ihm, ...; not the genitive

// "zum" for ("zu", "dem"); empty where the two do not contract.
std::string contraction(std::string_view preposition, std::string_view article);

// German finite verbs, without a separable prefix. `third` is the third person singular present.
std::string german_present(std::string_view infinitive, std::string_view third, Person person, bool plural);
std::string german_past(std::string_view preterite, bool plural);
std::string german_zu_infinitive(const Verb& verb);  // aufzumachen; zu kaufen

std::string english_third(std::string_view base);                                // opens, watches, carries
std::string english_article(std::string_view next_word);                         // a, an
std::string english_present(std::string_view base, Person person, bool plural);  // knows be and have
std::string english_past(const Verb& verb, bool plural);

}  // namespace heed
