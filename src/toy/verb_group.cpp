#include "toy/verb_group.h"

namespace heed {
namespace {

struct Links {
  int auxiliary, verb;
};

// The English bare verb with its particle: "turn on".
std::string with_particle(const std::string& form, const Verb& verb) {
  return verb.english_particle[0] == '\0' ? form : form + " " + verb.english_particle;
}

bool is_person(const NounPhrase& subject) { return (subject.classes & kPerson) != 0; }

void simple_tense(const Verb& verb, const ClauseWish& wish, Links links, Clause& clause) {
  const NounPhrase& subject = clause.subject;
  const bool plural = subject.agreement.plural, past = wish.tense == Tense::kPast;
  const auto english = [&](std::string_view base) {
    return past ? base == "do" ? std::string("did") : english_past(verb, plural)
                : english_present(base, subject.person, plural);
  };
  if (verb.frame == Frame::kBe) {
    clause.auxiliary = linked(english("be"), links.verb);
  } else if (wish.negated || wish.question) {
    clause.auxiliary = linked(english("do"), links.verb);
    clause.verb = linked(with_particle(verb.english, verb), links.verb);
  } else {
    clause.verb = linked(with_particle(english(verb.english), verb), links.verb);
  }
  const std::string finite =
      past ? german_past(verb.preterite, plural) : german_present(verb.infinitive, verb.third, subject.person, plural);
  clause.finite = linked(finite, links.verb);
  clause.prefix = verb.prefix;
}

void perfect_tense(const Verb& verb, Links links, Clause& clause) {
  const NounPhrase& subject = clause.subject;
  const bool plural = subject.agreement.plural;
  clause.auxiliary = linked(english_present("have", subject.person, plural), links.auxiliary);
  clause.verb = linked(with_particle(verb.english_participle, verb), links.verb);
  const std::string finite = verb.perfect_with_sein ? german_present("sein", "ist", subject.person, plural)
                                                    : german_present("haben", "hat", subject.person, plural);
  clause.finite = linked(finite, links.auxiliary);
  clause.nonfinite = linked(verb.participle, links.verb);
}

void future_tense(const Verb& verb, Links links, Clause& clause) {
  clause.auxiliary = linked("will", links.auxiliary);
  clause.verb = linked(with_particle(verb.english, verb), links.verb);
  const NounPhrase& subject = clause.subject;
  clause.finite = linked(german_present("werden", "wird", subject.person, subject.agreement.plural), links.auxiliary);
  clause.nonfinite = linked(std::string(verb.prefix) + verb.infinitive, links.verb);
}

void modal_tense(Draws& draws, const Verb& verb, const ClauseWish& wish, Links links, Clause& clause) {
  const NounPhrase& subject = clause.subject;
  const bool plural = subject.agreement.plural;
  // Negated "must" and "may" mean other things than "muss nicht" and "darf nicht"; "cannot" is one word.
  const Modal& modal = draws.pick_if(modals(), [&](const Modal& row) {
    const std::string_view name = row.english;
    return wish.negated ? name == "should" || name == "could" : is_person(subject) || !row.takes_to;
  });
  const std::string bare = with_particle(verb.english, verb);
  if (!modal.takes_to) {
    clause.auxiliary = linked(modal.english, links.auxiliary);
    clause.verb = linked(bare, links.verb);
  } else {
    if (wish.question) clause.auxiliary = linked(english_present("do", subject.person, plural), links.auxiliary);
    const std::string form =
        wish.question ? std::string(modal.english) : english_present(modal.english, subject.person, plural);
    clause.verb = linked(form + " to", links.auxiliary);
    append(clause.verb, linked(bare, links.verb));
  }
  clause.finite = linked(german_present(modal.infinitive, modal.third, subject.person, plural), links.auxiliary);
  clause.nonfinite = linked(std::string(verb.prefix) + verb.infinitive, links.verb);
}

void infinitive(const Verb& verb, Links links, Clause& clause) {
  const bool separable = verb.prefix[0] != '\0';
  clause.auxiliary = linked("to", separable ? links.verb : links.auxiliary);
  clause.verb = linked(with_particle(verb.english, verb), links.verb);
  clause.nonfinite = linked(german_zu_infinitive(verb), links.verb);
  if (!separable) clause.nonfinite.front().link = links.auxiliary;
}

}  // namespace

void conjugate(Draws& draws, const Verb& verb, const ClauseWish& wish, int negation, Clause& clause) {
  const Links links{draws.new_link(), draws.new_link()};
  if (negation != Word::kInserted) clause.negation = linked("not", negation);
  switch (wish.tense) {
    case Tense::kPresent:
    case Tense::kPast:
      return simple_tense(verb, wish, links, clause);
    case Tense::kPerfect:
      return perfect_tense(verb, links, clause);
    case Tense::kFuture:
      return future_tense(verb, links, clause);
    case Tense::kModal:
      return modal_tense(draws, verb, wish, links, clause);
    case Tense::kInfinitive:
      return infinitive(verb, links, clause);
  }
}

}  // namespace heed
