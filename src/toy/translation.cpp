#include "toy/translation.h"

#include "toy/calendar.h"
#include "toy/clause.h"
#include "toy/numbers.h"

namespace heed {
namespace {

struct Sentence {
  Phrase words;
  char mark = '.';
};

Tense draw_tense(Draws& draws) {
  constexpr Tense kTenses[] = {Tense::kPresent, Tense::kPresent, Tense::kPresent, Tense::kPast,
                               Tense::kPast,    Tense::kPast,    Tense::kPerfect, Tense::kPerfect,
                               Tense::kFuture,  Tense::kModal,   Tense::kModal};
  return draws.pick(kTenses);
}

ClauseWish plain_wish(Draws& draws) {
  ClauseWish wish;
  wish.tense = draw_tense(draws);
  wish.time = draws.chance(50);
  wish.relatives = true;
  wish.negated = draws.chance(10);
  return wish;
}

Phrase word_pair(Draws& draws, const char* english, const char* german) {
  const int link = draws.new_link();
  return {linked(english, link), linked(german, link)};
}

Sentence statement(Draws& draws) {
  const Clause clause = make_clause(draws, plain_wish(draws));
  return {{english_statement(clause), german_main(clause)}};
}

// Something first, then the main clause: "On Monday, the man ..." / "Am Montag macht der Mann ...".
Sentence fronted(Phrase front, const Clause& clause) {
  add_comma(front.english);
  append(front, {english_statement(clause), german_inverted(clause)});
  return {front};
}

Sentence fronted_time(Draws& draws) {
  ClauseWish wish = plain_wish(draws);
  wish.time = true;
  Clause clause = make_clause(draws, wish);
  if (clause.time.empty()) return {{english_statement(clause), german_main(clause)}};
  const Phrase time = clause.time;
  clause.time = {};
  return fronted(time, clause);
}

Sentence fronted_place(Draws& draws) {
  ClauseWish wish = plain_wish(draws);
  wish.place = false;
  wish.subject = draws.chance(30) ? proper_name(draws) : noun_phrase(draws, {kPerson});
  const Phrase place = place_phrase(draws);
  return fronted(place, make_clause(draws, wish));
}

struct Conjunction {
  const char *english, *german;
  bool present, past;
};
constexpr Conjunction kConjunctions[] = {
    {"because", "weil", true, true}, {"because", "weil", true, true}, {"although", "obwohl", true, true},
    {"if", "wenn", true, false},     {"if", "wenn", true, false},     {"while", "während", true, true},
    {"before", "bevor", true, true}, {"when", "als", false, true},    {"as soon as", "sobald", true, false},
    {"until", "bis", true, true},
};

struct ClausePair {
  Clause main, sub;
  Phrase conjunction;
};

// Main and subordinate clause whose tenses go together; the later of them may have a pronoun for the other's subject.
ClausePair clause_pair(Draws& draws, bool sub_first) {
  const Conjunction& row = draws.pick(kConjunctions);
  const bool past = row.past && (!row.present || draws.chance(50));
  ClauseWish first;
  first.tense = past ? Tense::kPast : sub_first || draws.chance(50) ? Tense::kPresent : draw_tense(draws);
  if (!past && first.tense == Tense::kPast) first.tense = Tense::kPresent;
  first.time = draws.chance(25);
  ClauseWish second = first;
  second.tense = past ? Tense::kPast : sub_first ? Tense::kFuture : Tense::kPresent;
  second.time = draws.chance(15);
  second.negated = draws.chance(12);
  const Clause leading = make_clause(draws, first);
  if (has_clear_pronoun(leading.subject) && draws.chance(50)) second.subject = pronoun_for(draws, leading.subject);
  const Clause following = make_clause(draws, second);
  const Phrase conjunction = word_pair(draws, row.english, row.german);
  if (sub_first) return {following, leading, conjunction};
  return {leading, following, conjunction};
}

Sentence with_subordinate(Draws& draws) {
  const ClausePair pair = clause_pair(draws, /*sub_first=*/false);
  Phrase words{english_statement(pair.main), german_main(pair.main)};
  add_comma(words.german);
  append(words, pair.conjunction);
  append(words, {english_statement(pair.sub), german_subordinate(pair.sub)});
  return {words};
}

Sentence fronted_subordinate(Draws& draws) {
  const ClausePair pair = clause_pair(draws, /*sub_first=*/true);
  Phrase words = pair.conjunction;
  append(words, {english_statement(pair.sub), german_subordinate(pair.sub)});
  add_comma(words.german);
  return fronted(words, pair.main);
}

// A person and a finite verb that governs what follows: "the man says", "Anna has tried".
Clause governing_clause(Draws& draws, Frame frame) {
  ClauseWish wish;
  constexpr Tense kTenses[] = {Tense::kPresent, Tense::kPast, Tense::kPerfect};
  wish.tense = draws.pick(kTenses);
  wish.frame = frame;
  wish.subject = draws.chance(25)   ? subject_pronoun(draws)
                 : draws.chance(30) ? proper_name(draws)
                                    : noun_phrase(draws, {kPerson});
  return make_clause(draws, wish);
}

Sentence that_clause(Draws& draws) {
  const Clause main = governing_clause(draws, Frame::kThat);
  ClauseWish wish = plain_wish(draws);
  wish.relatives = draws.chance(30);
  const Clause sub = make_clause(draws, wish);
  Phrase words{english_statement(main), german_main(main)};
  add_comma(words.german);
  append(words, word_pair(draws, "that", "dass"));
  append(words, {english_statement(sub), german_subordinate(sub)});
  return {words};
}

Clause infinitive_clause(Draws& draws) {
  ClauseWish wish;
  wish.tense = Tense::kInfinitive;
  wish.subject = noun_phrase(draws, {kPerson});  // not spoken: says what can be done
  return make_clause(draws, wish);
}

// "tries to open the door"; "drives into the city in order to buy a book".
Sentence infinitive(Draws& draws) {
  const bool purpose = draws.chance(50);
  ClauseWish wish;
  wish.tense = draw_tense(draws);
  wish.place = false;
  wish.subject = draws.chance(25) ? proper_name(draws) : noun_phrase(draws, {kPerson});
  wish.frame = draws.chance(60) ? Frame::kMotion : Frame::kAccusative;
  const Clause main = purpose ? make_clause(draws, wish) : governing_clause(draws, Frame::kInfinitive);
  const Clause action = infinitive_clause(draws);
  Phrase words{english_statement(main), german_main(main)};
  add_comma(words.german);
  if (purpose) append(words, word_pair(draws, "in order", "um"));
  append(words, {english_predicate(action), german_infinitive(action)});
  return {words};
}

Sentence coordination(Draws& draws) {
  ClauseWish wish;
  wish.tense = draw_tense(draws);
  wish.time = draws.chance(20);
  const Clause first = make_clause(draws, wish);
  wish.time = false;
  const Clause second = make_clause(draws, wish);
  Phrase words{english_statement(first), german_main(first)};
  const bool contrast = draws.chance(50);
  add_comma(words.english);
  if (contrast) add_comma(words.german);
  append(words, contrast ? word_pair(draws, "but", "aber") : word_pair(draws, "and", "und"));
  append(words, {english_statement(second), german_main(second)});
  return {words};
}

Sentence question(Draws& draws) {
  ClauseWish wish = plain_wish(draws);
  wish.negated = false;
  wish.question = true;
  const int kind = draws.between(0, 4);
  Phrase words;
  if (kind == 0) words = word_pair(draws, "why", "warum");
  if (kind == 1) words = word_pair(draws, "when", "wann");
  if (kind == 1) wish.time = false;
  if (kind == 1) wish.timeless = true;
  const Clause clause = make_clause(draws, wish);
  append(words, {english_question(clause), german_inverted(clause)});
  return {words, '?'};
}

// "There are twenty-three old books on the table." / "Es gibt dreiundzwanzig alte Bücher auf dem Tisch."
Sentence existence(Draws& draws) {
  const uint32_t classes = kPerson | kAnimal | kPortable | kFood | kBuilding;
  const NounPhrase things = noun_phrase(draws, {classes, Case::kAccusative, Definiteness::kIndefinite});
  const bool plural = things.agreement.plural;
  const bool past = draws.chance(40);
  Phrase words = parallel(draws,
                          plural ? (past ? "there/1 were/2" : "there/1 are/2")
                          : past ? "there/1 was/2"
                                 : "there/1 is/2",
                          past ? "es/1 gab/2" : "es/1 gibt/2");
  append(words, {things.english, things.german});
  append(words, place_phrase(draws));
  return {words};
}

struct Pattern {
  Sentence (*make)(Draws&);
  int percent;
};
constexpr Pattern kPatterns[] = {
    {statement, 20},   {fronted_time, 18}, {fronted_place, 5}, {with_subordinate, 15}, {fronted_subordinate, 8},
    {that_clause, 12}, {infinitive, 8},    {coordination, 5},  {question, 7},          {existence, 2},
};

}  // namespace

Phrase translation_sentence(Draws& draws) {
  int roll = draws.between(1, 100);
  const Pattern* pattern = kPatterns;
  while ((roll -= pattern->percent) > 0) ++pattern;
  Sentence sentence = pattern->make(draws);
  finish_sentence(sentence.words.english, sentence.mark);
  finish_sentence(sentence.words.german, sentence.mark);
  return sentence.words;
}

}  // namespace heed
