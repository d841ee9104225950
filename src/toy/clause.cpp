#include "toy/clause.h"

#include "toy/calendar.h"
#include "toy/numbers.h"
#include "toy/verb_group.h"

namespace heed {
namespace {

struct Adverb {
  const char *english, *german;
};
constexpr Adverb kHabitAdverbs[] = {{"often", "oft"},          {"always", "immer"},     {"never", "nie"},
                                    {"sometimes", "manchmal"}, {"usually", "meistens"}, {"rarely", "selten"}};
constexpr Adverb kFutureAdverbs[] = {{"probably", "wahrscheinlich"}, {"certainly", "sicher"}, {"soon", "bald"}};
constexpr Adverb kDegrees[] = {{"very", "sehr"}, {"too", "zu"}, {"quite", "ziemlich"}, {"really", "wirklich"}};

struct FrameWeight {
  Frame frame;
  int percent;
};
constexpr FrameWeight kPersonFrames[] = {
    {Frame::kAccusative, 46}, {Frame::kIntransitive, 13}, {Frame::kDative, 9}, {Frame::kDitransitive, 11},
    {Frame::kMotion, 8},      {Frame::kTransport, 6},     {Frame::kBe, 7}};
constexpr FrameWeight kTimetableFrames[] = {{Frame::kSchedule, 70}, {Frame::kBe, 30}};
constexpr FrameWeight kGoodsFrames[] = {{Frame::kBe, 50}, {Frame::kCost, 30}, {Frame::kBelong, 20}};

template <class Weights>
Frame draw_frame(Draws& draws, const Weights& weights) {
  int roll = draws.between(1, 100);
  for (const FrameWeight& row : weights) {
    if ((roll -= row.percent) <= 0) return row.frame;
  }
  return weights[0].frame;
}

Frame frame_for(Draws& draws, const ClauseWish& wish, const NounPhrase& subject) {
  if (wish.gap != nullptr) return wish.gap_case == Case::kDative ? Frame::kDative : Frame::kAccusative;
  if (wish.frame) return *wish.frame;
  if ((subject.classes & kPerson) != 0) return draw_frame(draws, kPersonFrames);
  if ((subject.classes & (kTransit | kEvent)) != 0) return draw_frame(draws, kTimetableFrames);
  if ((subject.classes & (kGoods | kFood)) == 0) return Frame::kBe;
  const Frame frame = draw_frame(draws, kGoodsFrames);
  return frame == Frame::kCost && wish.tense == Tense::kPast ? Frame::kBelong : frame;  // the past of "cost" is "cost"
}

const Verb& draw_verb(Draws& draws, const ClauseWish& wish, const NounPhrase& subject) {
  const Frame frame = frame_for(draws, wish, subject);
  return draws.pick_if(verbs(), [&](const Verb& verb) {
    const bool fits_tense = wish.tense != Tense::kPast || verb.english_past != std::string_view(verb.english);
    const bool fits_subject = frame != Frame::kSchedule || (verb.objects & subject.classes) != 0;
    const bool fits_gap = wish.gap == nullptr || (verb.objects & wish.gap->classes) != 0;
    return verb.frame == frame && fits_tense && fits_subject && fits_gap;
  });
}

// "is old", "is very old", "is older than the house".
void add_predicate(Draws& draws, const ClauseWish& wish, Clause& clause) {
  const uint32_t classes = clause.subject.classes;
  const bool simple = wish.tense == Tense::kPresent || wish.tense == Tense::kPast;
  const bool compared = simple && !wish.negated && wish.relatives && draws.chance(30);
  const Adjective& adjective = draws.pick_if(adjectives(), [&](const Adjective& row) {
    return (row.classes & classes) != 0 && (!compared || row.english_comparative[0] != '\0');
  });
  const int link = draws.new_link();
  if (compared) {
    append(clause.late, {linked(adjective.english_comparative, link), linked(adjective.german_comparative, link)});
    const NounPhrase other =
        noun_phrase(draws, {adjective.classes & classes, Case::kNominative, Definiteness::kDefinite});
    const int than = draws.new_link();
    clause.tail = {linked("than", than), linked("als", than)};
    append(clause.tail, {other.english, other.german});
    return;
  }
  if (draws.chance(50) && !adjective.colour) {
    const Adverb& degree = draws.pick(kDegrees);
    const int degree_link = draws.new_link();
    append(clause.late, {linked(degree.english, degree_link), linked(degree.german, degree_link)});
  }
  append(clause.late, {linked(adjective.english, link), linked(adjective.german, link)});
}

void add_sum(Draws& draws, Clause& clause) {
  int amount = draws.between(2, draws.chance(60) ? 999 : 9999);
  if (amount % 100 == 1) ++amount;  // einhundertein Euro: better not
  const int number = draws.new_link(), unit = draws.new_link();
  const bool dollars = draws.chance(30);
  append(clause.late, {linked(english_number(amount), number), linked(german_number(amount), number)});
  append(clause.late, {linked(dollars ? "dollars" : "euros", unit), linked(dollars ? "Dollar" : "Euro", unit)});
}

// Objects of the clause in German order. The last accusative object may carry a relative clause.
class Complements {
 public:
  Complements(Draws& draws, const ClauseWish& wish, int negation, Clause& clause)
      : draws_(draws), wish_(wish), negation_(negation), clause_(clause) {}

  void add(const Verb& verb) {
    if (wish_.gap != nullptr) return add_surroundings(30);
    switch (verb.frame) {
      case Frame::kAccusative:
      case Frame::kDative:
        return add_object(verb);
      case Frame::kDitransitive:
        return add_two_objects(verb);
      case Frame::kIntransitive:
        add_not();
        return add_surroundings(60);
      case Frame::kMotion:
        add_not();
        return append(clause_.late, direction_phrase(draws_));
      case Frame::kTransport:
        return add_transport(verb);
      case Frame::kBelong:
        return add_phrase(noun(kPerson, Case::kDative, negation_), clause_.late);
      case Frame::kCost:
        add_not();
        return add_sum(draws_, clause_);
      case Frame::kBe:
        add_not();
        return add_predicate(draws_, wish_, clause_);
      case Frame::kSchedule:
      case Frame::kThat:
      case Frame::kInfinitive:
        return add_not();
    }
  }

 private:
  NounPhrase noun(uint32_t classes, Case grammatical_case, int negation) {
    return noun_phrase(draws_, {classes, grammatical_case, Definiteness::kAny, negation});
  }

  // "nicht", unless an article has taken it up already.
  void add_not() {
    if (negation_ == Word::kInserted) return;
    clause_.late.german.push_back({"nicht", negation_});
    negation_ = Word::kInserted;
  }

  void add_phrase(const NounPhrase& phrase, Phrase& field) {
    append(field, {phrase.english, phrase.german});
    if (phrase.determiner == Determiner::kNegatedArticle) negation_ = Word::kInserted;
    add_not();
  }

  void add_object(const Verb& verb) {
    const Case object_case = verb.frame == Frame::kDative ? Case::kDative : Case::kAccusative;
    const bool person = (verb.objects & kPerson) != 0;
    const bool prepositional = verb.frame == Frame::kDative || verb.english_particle[0] == '\0';
    if (person && prepositional && draws_.chance(20)) {
      const NounPhrase pronoun = object_pronoun(draws_, object_case);
      append(clause_.early, {pronoun.english, pronoun.german});
      add_not();
      return add_surroundings(30);
    }
    const bool negated = negation_ != Word::kInserted;
    NounPhrase object = noun(verb.objects, object_case, negation_);
    const bool relative = wish_.relatives && !negated && draws_.chance(18);
    if (relative) attach_relative(draws_, object);
    clause_.relative = object.relative;
    add_phrase(object, clause_.late);
    if (!relative && !negated) add_surroundings(30);
  }

  void add_two_objects(const Verb& verb) {
    const NounPhrase receiver = draws_.chance(25)
                                    ? object_pronoun(draws_, Case::kDative)
                                    : noun_phrase(draws_, {kPerson, Case::kDative, Definiteness::kDefinite});
    append(clause_.early, {receiver.english, receiver.german});
    add_phrase(noun(verb.objects, Case::kAccusative, negation_), clause_.late);
  }

  void add_transport(const Verb& verb) {
    add_phrase(noun(verb.objects, Case::kAccusative, negation_), clause_.late);
    append(clause_.late, target_phrase(draws_));
  }

  void add_surroundings(int percent) {
    if (!wish_.place || !draws_.chance(percent)) return;
    append(clause_.late, draws_.chance(30) ? companion_phrase(draws_) : place_phrase(draws_));
  }

  Draws& draws_;
  const ClauseWish& wish_;
  int negation_;
  Clause& clause_;
};

TimeReference reference_of(Tense tense) {
  switch (tense) {
    case Tense::kPast:
      return TimeReference::kPast;
    case Tense::kPerfect:
      return TimeReference::kRecent;
    case Tense::kFuture:
    case Tense::kModal:
      return TimeReference::kFuture;
    default:
      return TimeReference::kHabit;
  }
}

void add_time(Draws& draws, const ClauseWish& wish, const Verb& verb, Clause& clause) {
  const bool schedule = verb.frame == Frame::kSchedule && wish.tense != Tense::kPerfect;
  if (wish.negated && wish.tense == Tense::kPresent) return;  // "jeden Abend nicht" is odd
  if (wish.time || (schedule && draws.chance(60))) {
    if (schedule && draws.chance(60)) {
      clause.time = clock_phrase(draws);
    } else if (wish.tense != Tense::kPerfect && verb.frame != Frame::kSchedule && draws.chance(12)) {
      clause.time = event_time_phrase(draws);
    } else {
      clause.time = time_phrase(draws, reference_of(wish.tense));
    }
    return;
  }
  const bool future = wish.tense == Tense::kFuture;
  const bool simple = wish.tense == Tense::kPresent || wish.tense == Tense::kPast;
  if (wish.negated || wish.question || !(future || simple) || !draws.chance(18)) return;
  const Adverb& adverb = future ? draws.pick(kFutureAdverbs) : draws.pick(kHabitAdverbs);
  const int link = draws.new_link();
  clause.adverb = {linked(adverb.english, link), linked(adverb.german, link)};
}

}  // namespace

NounPhrase draw_subject(Draws& draws) {
  const int roll = draws.between(1, 100);
  if (roll <= 16) return subject_pronoun(draws);
  if (roll <= 28) return proper_name(draws);
  if (roll > 78) return noun_phrase(draws, {kGoods | kFood | kTransit | kEvent | kRoom | kBuilding | kAnimal});
  NounPhrase subject = noun_phrase(draws, {kPerson});
  if (roll > 72) {
    const NounPhrase second = noun_phrase(draws, {kPerson});
    const int link = draws.new_link();
    append(subject.english, linked("and", link));
    append(subject.english, second.english);
    append(subject.german, linked("und", link));
    append(subject.german, second.german);
    subject.agreement.plural = true;
    subject.determiner = Determiner::kNone;
  }
  return subject;
}

Clause make_clause(Draws& draws, const ClauseWish& wish) {
  Clause clause;
  clause.subject = wish.subject ? *wish.subject : draw_subject(draws);
  const bool bare_noun = clause.subject.determiner != Determiner::kNone;
  if (wish.relatives && !wish.subject && bare_noun && draws.chance(10)) attach_relative(draws, clause.subject);
  const Verb& verb = draw_verb(draws, wish, clause.subject);
  const int negation = wish.negated ? draws.new_link() : Word::kInserted;
  conjugate(draws, verb, wish, negation, clause);
  Complements(draws, wish, negation, clause).add(verb);
  if (clause.relative.empty() && !wish.timeless) add_time(draws, wish, verb, clause);
  return clause;
}

}  // namespace heed
