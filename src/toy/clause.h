#pragma once

#include <optional>

#include "toy/noun_phrase.h"

namespace heed {

// Clauses as German grammar sees them: a subject, a finite verb whose place depends on the kind of clause, a middle
// field and what closes it (participle, infinitive, separable prefix). English order follows from the same parts.

enum class Tense { kPresent, kPast, kPerfect, kFuture, kModal, kInfinitive };

struct ClauseWish {
  Tense tense = Tense::kPresent;
  bool time = false;  // an adverbial of time
  bool negated = false;
  bool question = false;              // English needs an auxiliary
  bool place = true;                  // allow adverbials of place and company
  bool relatives = false;             // allow relative clauses
  bool timeless = false;              // no adverbial of time whatever the verb
  std::optional<NounPhrase> subject;  // else drawn
  std::optional<Frame> frame;         // else drawn, to fit the subject
  const NounPhrase* gap = nullptr;    // the object that a relative pronoun stands for: left out
  Case gap_case = Case::kAccusative;
};

struct Clause {
  NounPhrase subject;
  Words auxiliary, negation, verb;  // English verb group, in this order, the adverb before `verb`
  Phrase early;                     // pronouns and dative objects: German puts them before the time
  Phrase time, adverb;
  Phrase late;      // other objects, place, predicate
  Phrase tail;      // comparison: comes after everything
  Words relative;   // German relative clause of an object, extraposed to the end
  Words finite;     // German
  Words nonfinite;  // German participle or infinitive
  std::string prefix;
};

Clause make_clause(Draws& draws, const ClauseWish& wish);
NounPhrase draw_subject(Draws& draws);

Words english_statement(const Clause& clause);   // the man opens the door
Words english_question(const Clause& clause);    // does the man open the door
Words english_predicate(const Clause& clause);   // opens the door; to open the door
Words german_main(const Clause& clause);         // der Mann macht die Tür auf
Words german_inverted(const Clause& clause);     // macht der Mann die Tür auf
Words german_subordinate(const Clause& clause);  // der Mann die Tür aufmacht
Words german_infinitive(const Clause& clause);   // die Tür aufzumachen

// A relative clause for `phrase`: English words appended, German ones in phrase.relative.
void attach_relative(Draws& draws, NounPhrase& phrase);

}  // namespace heed
