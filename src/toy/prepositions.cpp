#include "toy/noun_phrase.h"

namespace heed {
namespace {

constexpr Case kDat = Case::kDative, kAcc = Case::kAccusative;

constexpr Preposition kPlaces[] = {
    {"in", "in", kDat, kEnclosed},
    {"in", "in", kDat, kEnclosed},
    {"on", "auf", kDat, kSurface},
    {"under", "unter", kDat, kSurface},
    {"behind", "hinter", kDat, kBuilding | kOpenable},
    {"in front of", "vor", kDat, kBuilding},
    {"next to", "neben", kDat, kBuilding | kSurface},
};
constexpr Preposition kDirections[] = {
    {"into", "in", kAcc, kEnclosed},
    {"to", "zu", kDat, kBuilding},
    {"out of", "aus", kDat, kBuilding | kRoom},
    {"through", "durch", kAcc, kOutdoors | kRoom},
    {"around", "um", kAcc, kBuilding | kSurface},
};
constexpr Preposition kTargets[] = {
    {"into", "in", kAcc, kRoom | kBuilding},
    {"onto", "auf", kAcc, kSurface},
};
constexpr Preposition kCompanions[] = {
    {"with", "mit", kDat, kPerson},
    {"without", "ohne", kAcc, kPerson},
    {"for", "für", kAcc, kPerson},
};
constexpr Preposition kEventTimes[] = {
    {"before", "vor", kDat, kEvent},
    {"after", "nach", kDat, kEvent},
    {"during", "während", Case::kGenitive, kEvent},
};

}  // namespace

Phrase prepositional_phrase(Draws& draws, const Preposition& preposition) {
  const bool definite = preposition.grammatical_case == Case::kGenitive || (preposition.classes & kEvent) != 0;
  const Definiteness definiteness = definite ? Definiteness::kDefinite : Definiteness::kAny;
  const NounPhrase object = noun_phrase(draws, {preposition.classes, preposition.grammatical_case, definiteness});
  const int link = draws.new_link();
  Phrase phrase{linked(preposition.english, link), {}};
  append(phrase.english, object.english);
  const bool article = object.determiner == Determiner::kThe;
  const std::string merged = article ? contraction(preposition.german, object.german.front().text) : "";
  if (merged.empty()) {
    phrase.german = linked(preposition.german, link);
    append(phrase.german, object.german);
    return phrase;
  }
  // "in the" together are "im".
  const int article_link = object.german.front().link;
  for (Word& word : phrase.english) {
    if (word.link == link) word.link = article_link;
  }
  phrase.german = object.german;
  phrase.german.front().text = merged;
  return phrase;
}

Phrase place_phrase(Draws& draws) { return prepositional_phrase(draws, draws.pick(kPlaces)); }
Phrase direction_phrase(Draws& draws) { return prepositional_phrase(draws, draws.pick(kDirections)); }
Phrase target_phrase(Draws& draws) { return prepositional_phrase(draws, draws.pick(kTargets)); }
Phrase companion_phrase(Draws& draws) { return prepositional_phrase(draws, draws.pick(kCompanions)); }
Phrase event_time_phrase(Draws& draws) { return prepositional_phrase(draws, draws.pick(kEventTimes)); }

}  // namespace heed
