#include "toy/noun_phrase.h"

#include "toy/numbers.h"

namespace heed {
namespace {

struct Stem {
  const char *english, *german;
};
constexpr Stem kPossessives[] = {{"my", "mein"}, {"our", "unser"}, {"his", "sein"}, {"her", "ihr"}, {"their", "ihr"}};
constexpr Stem kQuantifiers[] = {{"many", "viel"}, {"some", "einig"}, {"few", "wenig"}};

bool is_mass(const Noun& noun) { return noun.english_plural[0] == '\0'; }

Determiner draw_definite(Draws& draws) {
  const int roll = draws.between(1, 100);
  return roll <= 60 ? Determiner::kThe : roll <= 75 ? Determiner::kThis : Determiner::kPossessive;
}

Determiner draw_indefinite(Draws& draws, bool plural) {
  if (!plural) return Determiner::kA;
  const int roll = draws.between(1, 100);
  return roll <= 40 ? Determiner::kQuantifier : roll <= 75 ? Determiner::kNumber : Determiner::kNone;
}

Determiner draw_determiner(Draws& draws, const Noun& noun, bool plural, Definiteness definiteness) {
  const bool definite = definiteness == Definiteness::kDefinite;
  const bool indefinite = definiteness == Definiteness::kIndefinite;
  if (is_mass(noun) && !definite && (indefinite || draws.chance(40))) return Determiner::kNone;
  if (definite || is_mass(noun)) return draw_definite(draws);
  if (indefinite || draws.chance(30)) return draw_indefinite(draws, plural);
  const int roll = draws.between(1, 100);
  if (roll <= 7) return Determiner::kName;
  return roll <= 14 && !plural ? Determiner::kEvery : draw_definite(draws);
}

// The words before the adjectives; sets how those are declined.
Phrase determiner_words(Draws& draws, NounPhrase& phrase, Declension& declension) {
  const int link = draws.new_link();
  const Agreement& agreement = phrase.agreement;
  declension = Declension::kStrong;
  switch (phrase.determiner) {
    case Determiner::kThe:
      declension = Declension::kWeak;
      return {linked("the", link), linked(definite_article(agreement), link)};
    case Determiner::kThis:
      declension = Declension::kWeak;
      return {linked(agreement.plural ? "these" : "this", link), linked(der_word("dies", agreement), link)};
    case Determiner::kEvery:
      declension = Declension::kWeak;
      return {linked("every", link), linked(der_word("jed", agreement), link)};
    case Determiner::kA:
      declension = Declension::kMixed;
      return {linked("a", link), linked(ein_word("ein", agreement), link)};
    case Determiner::kPossessive: {
      declension = Declension::kMixed;
      const Stem& stem = draws.pick(kPossessives);
      return {linked(stem.english, link), linked(ein_word(stem.german, agreement), link)};
    }
    case Determiner::kName: {
      const std::string name = draws.pick(first_names()).text;
      return {linked(name + "'s", link), linked(name + "s", link)};
    }
    case Determiner::kQuantifier: {
      const Stem& stem = draws.pick(kQuantifiers);
      return {linked(stem.english, link), linked(der_word(stem.german, agreement), link)};
    }
    case Determiner::kNumber: {
      const int number = draws.between(2, draws.chance(70) ? 12 : 99);
      return {linked(english_number(number), link), linked(german_number(number), link)};
    }
    case Determiner::kNone:
    case Determiner::kNegatedArticle:
      break;
  }
  return {};
}

// "not a book", "not books": the article merges with the negation.
Phrase negated_article(NounPhrase& phrase, int negation) {
  Phrase words;
  if (phrase.determiner == Determiner::kA) words.english = linked("a", negation);
  words.german = linked(ein_word("kein", phrase.agreement), negation);
  phrase.determiner = Determiner::kNegatedArticle;
  return words;
}

void append_adjective(Draws& draws, NounPhrase& phrase, Declension declension, bool colour) {
  const auto fits = [&](const Adjective& row) { return row.colour == colour && (row.classes & phrase.classes) != 0; };
  bool any = false;
  for (const Adjective& row : adjectives()) any = any || fits(row);
  if (!any) return;
  const Adjective& adjective = draws.pick_if(adjectives(), fits);
  const int link = draws.new_link();
  append(phrase.english, linked(adjective.english, link));
  append(phrase.german, linked(adjective_form(adjective, declension, phrase.agreement), link));
}

NounPhrase bare_pronoun(Draws& draws, const char* english, const std::string& german) {
  NounPhrase phrase;
  const int link = draws.new_link();
  phrase.english = linked(english, link);
  phrase.german = linked(german, link);
  phrase.is_pronoun = true;
  phrase.classes = kMale;
  return phrase;
}

bool takes_owner(const Noun& noun) { return (noun.classes & (kOpenable | kRoom | kSurface)) != 0; }

// the door of the old house / die Tür des alten Hauses
void append_owner(Draws& draws, NounPhrase& phrase) {
  NounPhrase owner = noun_phrase(draws, {kBuilding, Case::kGenitive, Definiteness::kDefinite});
  append(phrase.english, linked("of", owner.german.front().link));
  append(phrase.english, owner.english);
  append(phrase.german, owner.german);
}

}  // namespace

NounPhrase noun_phrase(Draws& draws, const NounPhraseWish& wish) {
  const auto fits = [&](const Noun& noun) { return (noun.classes & wish.classes) != 0; };
  const Noun& noun = draws.pick_if(nouns(), fits);
  NounPhrase phrase;
  phrase.classes = noun.classes;
  phrase.agreement = {noun.gender, !is_mass(noun) && draws.chance(30), wish.grammatical_case};
  phrase.determiner = draw_determiner(draws, noun, phrase.agreement.plural, wish.definiteness);
  const bool scoped = phrase.determiner == Determiner::kEvery || phrase.determiner == Determiner::kQuantifier ||
                      phrase.determiner == Determiner::kNumber;
  if (scoped && wish.negation != Word::kInserted)
    phrase.determiner = Determiner::kThe;  // "not every" is not "nicht jedes"

  Declension declension = Declension::kMixed;
  const bool indefinite = phrase.determiner == Determiner::kA || phrase.determiner == Determiner::kNone;
  const bool negated = wish.negation != Word::kInserted && indefinite;
  const Phrase start = negated ? negated_article(phrase, wish.negation) : determiner_words(draws, phrase, declension);
  phrase.english = start.english;
  phrase.german = start.german;

  if (draws.chance(38)) {
    append_adjective(draws, phrase, declension, /*colour=*/false);
    if (draws.chance(20)) append_adjective(draws, phrase, declension, /*colour=*/true);
  }
  const int link = draws.new_link();
  append(phrase.english, linked(phrase.agreement.plural ? noun.english_plural : noun.english, link));
  append(phrase.german, linked(noun_form(noun, phrase.agreement), link));
  if (phrase.english.front().text == "a") phrase.english.front().text = english_article(phrase.english[1].text);
  if (phrase.determiner == Determiner::kThe && takes_owner(noun) && draws.chance(15)) append_owner(draws, phrase);
  return phrase;
}

NounPhrase proper_name(Draws& draws) {
  const char* name = draws.pick(first_names()).text;
  NounPhrase phrase = bare_pronoun(draws, name, name);
  phrase.is_pronoun = false;
  phrase.classes = kChild;  // no pronoun for it: the table does not say whether he or she
  phrase.agreement.gender = Gender::kNeuter;
  return phrase;
}

NounPhrase subject_pronoun(Draws& draws) {
  NounPhrase phrase;
  switch (draws.between(0, 4)) {
    case 0:
      phrase = bare_pronoun(draws, "I", "ich");
      phrase.person = Person::kFirst;
      return phrase;
    case 1:
      phrase = bare_pronoun(draws, "we", "wir");
      phrase.person = Person::kFirst;
      phrase.agreement.plural = true;
      return phrase;
    case 2:
      return bare_pronoun(draws, "he", "er");
    case 3:
      phrase = bare_pronoun(draws, "she", "sie");
      phrase.agreement.gender = Gender::kFeminine;
      return phrase;
    default:
      phrase = bare_pronoun(draws, "they", "sie");
      phrase.agreement.plural = true;
      return phrase;
  }
}

NounPhrase object_pronoun(Draws& draws, Case grammatical_case) {
  const int kind = draws.between(0, 2);
  const Agreement agreement{kind == 1 ? Gender::kFeminine : Gender::kMasculine, kind == 2, grammatical_case};
  constexpr const char* kEnglish[] = {"him", "her", "them"};
  NounPhrase phrase = bare_pronoun(draws, kEnglish[kind], third_person_pronoun(agreement));
  phrase.agreement = agreement;
  return phrase;
}

bool has_clear_pronoun(const NounPhrase& phrase) {
  if (phrase.person == Person::kFirst || phrase.is_pronoun) return false;
  return phrase.agreement.plural || (phrase.classes & (kChild | kAnimal)) == 0;
}

NounPhrase pronoun_for(Draws& draws, const NounPhrase& antecedent) {
  const Agreement agreement{antecedent.agreement.gender, antecedent.agreement.plural, Case::kNominative};
  const char* english = agreement.plural                 ? "they"
                        : (antecedent.classes & kMale)   ? "he"
                        : (antecedent.classes & kFemale) ? "she"
                                                         : "it";
  NounPhrase phrase = bare_pronoun(draws, english, third_person_pronoun(agreement));
  phrase.agreement = agreement;
  phrase.classes = antecedent.classes;
  return phrase;
}

}  // namespace heed
