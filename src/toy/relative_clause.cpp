#include "toy/clause.h"

namespace heed {
namespace {

Tense draw_tense(Draws& draws) {
  constexpr Tense kTenses[] = {Tense::kPresent, Tense::kPresent, Tense::kPast,
                               Tense::kPast,    Tense::kPerfect, Tense::kModal};
  return draws.pick(kTenses);
}

// The relative pronoun, with the features of what it stands for.
NounPhrase pronoun(Draws& draws, const NounPhrase& antecedent, Case grammatical_case) {
  const bool person = (antecedent.classes & kPerson) != 0;
  const int link = draws.new_link();
  NounPhrase phrase;
  phrase.agreement = antecedent.agreement;
  phrase.agreement.grammatical_case = grammatical_case;
  phrase.classes = antecedent.classes;
  const char* english = !person ? "that" : grammatical_case == Case::kNominative ? "who" : "whom";
  phrase.english = linked(english, link);
  phrase.german = linked(relative_pronoun(phrase.agreement), link);
  phrase.is_pronoun = true;
  return phrase;
}

bool has_verb(Frame frame, uint32_t classes) {
  for (const Verb& verb : verbs()) {
    if (verb.frame == frame && (verb.objects & classes) != 0 && verb.english_past != std::string_view(verb.english)) {
      return true;
    }
  }
  return false;
}

// who opens the door / der die Tür aufmacht
void attach_subject_relative(Draws& draws, NounPhrase& phrase) {
  ClauseWish wish;
  wish.tense = draw_tense(draws);
  wish.time = draws.chance(25);
  wish.subject = pronoun(draws, phrase, Case::kNominative);
  const Clause clause = make_clause(draws, wish);
  append(phrase.english, english_statement(clause));
  phrase.relative = german_subordinate(clause);
}

// whom the woman helps / dem die Frau hilft
void attach_object_relative(Draws& draws, NounPhrase& phrase, Case grammatical_case) {
  const NounPhrase relative = pronoun(draws, phrase, grammatical_case);
  ClauseWish wish;
  wish.tense = draw_tense(draws);
  wish.time = draws.chance(25);
  wish.subject = draws.chance(30)   ? subject_pronoun(draws)
                 : draws.chance(30) ? proper_name(draws)
                                    : noun_phrase(draws, {kPerson});
  wish.gap = &relative;
  wish.gap_case = grammatical_case;
  const Clause clause = make_clause(draws, wish);
  append(phrase.english, relative.english);
  append(phrase.english, english_statement(clause));
  phrase.relative = relative.german;
  append(phrase.relative, german_subordinate(clause));
}

}  // namespace

void attach_relative(Draws& draws, NounPhrase& phrase) {
  const bool person = (phrase.classes & kPerson) != 0;
  const int roll = draws.between(1, 100);
  if (person && roll <= 15) return attach_object_relative(draws, phrase, Case::kDative);
  if (roll <= 55 && has_verb(Frame::kAccusative, phrase.classes)) {
    return attach_object_relative(draws, phrase, Case::kAccusative);
  }
  attach_subject_relative(draws, phrase);
}

}  // namespace heed
