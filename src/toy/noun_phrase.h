#pragma once

#include "toy/lexicon.h"
#include "toy/morphology.h"
#include "toy/phrase.h"

namespace heed {

// Noun phrases with articles, numbers and adjectives in agreement, pronouns, names, and prepositional phrases.

enum class Determiner { kNone, kThe, kThis, kEvery, kA, kPossessive, kName, kQuantifier, kNumber, kNegatedArticle };

struct NounPhrase {
  Words english, german;
  Words relative;  // a German relative clause to come after `german` or, of an object, at the end of the clause
  Agreement agreement;
  Person person = Person::kThird;
  uint32_t classes = 0;
  Determiner determiner = Determiner::kNone;
  bool is_pronoun = false;
};

enum class Definiteness { kAny, kDefinite, kIndefinite };  // definite: only the, this or a possessive

struct NounPhraseWish {
  uint32_t classes = 0;
  Case grammatical_case = Case::kNominative;
  Definiteness definiteness = Definiteness::kAny;
  int negation = Word::kInserted;  // link of the "not" that makes an indefinite article "kein"
};

NounPhrase noun_phrase(Draws& draws, const NounPhraseWish& wish);
NounPhrase proper_name(Draws& draws);
NounPhrase subject_pronoun(Draws& draws);                        // I, he, she, we, they
NounPhrase object_pronoun(Draws& draws, Case grammatical_case);  // him, her, them

// he, she, it or they for `antecedent`, as a subject. REQUIRES: has_clear_pronoun(antecedent).
NounPhrase pronoun_for(Draws& draws, const NounPhrase& antecedent);

// Not for "I", and not for "the girl", whose English and German pronouns disagree.
bool has_clear_pronoun(const NounPhrase& phrase);

struct Preposition {
  const char *english, *german;
  Case grammatical_case;
  uint32_t classes;
};

Phrase prepositional_phrase(Draws& draws, const Preposition& preposition);
Phrase place_phrase(Draws& draws);       // in the garden: where
Phrase direction_phrase(Draws& draws);   // into the garden: where to, on foot
Phrase target_phrase(Draws& draws);      // onto the table: where to, of a thing
Phrase companion_phrase(Draws& draws);   // with, without, for somebody
Phrase event_time_phrase(Draws& draws);  // before, after, during the meeting

}  // namespace heed
