#pragma once

#include <cstdint>
#include <span>

namespace heed {

// The word tables of the toy grammar. Every English entry has one German counterpart.

enum class Gender { kMasculine, kFeminine, kNeuter };

// What a noun names: verbs, adjectives and prepositions say which of these they go with. Values are bits.
enum NounClass : uint32_t {
  kMale = 1 << 0,
  kFemale = 1 << 1,
  kChild = 1 << 2,
  kAnimal = 1 << 3,
  kPortable = 1 << 4,
  kReadable = 1 << 5,
  kOpenable = 1 << 6,
  kDevice = 1 << 7,
  kFood = 1 << 8,
  kDrink = 1 << 9,
  kVehicle = 1 << 10,
  kTransit = 1 << 11,  // runs on a timetable
  kClothes = 1 << 12,
  kRoom = 1 << 13,
  kBuilding = 1 << 14,
  kOutdoors = 1 << 15,
  kSurface = 1 << 16,
  kEvent = 1 << 17,
  kPerson = kMale | kFemale | kChild,
  kGoods = kPortable | kReadable | kDevice | kVehicle | kClothes,
  kThing = kGoods | kOpenable | kFood | kDrink | kTransit | kRoom | kBuilding | kOutdoors | kSurface,
  kEnclosed = kRoom | kBuilding | kOutdoors,  // one can be in it
};

struct Noun {
  const char* english;
  const char* english_plural;  // empty for mass nouns
  Gender gender;
  const char* german;
  const char* german_plural;
  const char* genitive;  // singular ending: "s", "es", "" for feminine; "n", "en" for the weak declension
  uint32_t classes;
};

struct Adjective {
  const char* english;
  const char* english_comparative;  // empty: not compared
  const char* german;
  const char* stem;  // to which endings are added: dunkel, dunkl-
  const char* german_comparative;
  uint32_t classes;  // of the nouns it goes with
  bool colour;
};

// How a verb is used.
enum class Frame {
  kIntransitive,  // a person sleeps
  kAccusative,    // a person opens something
  kDative,        // a person helps somebody
  kDitransitive,  // a person gives somebody something
  kMotion,        // a person goes somewhere
  kTransport,     // a person carries something somewhere
  kSchedule,      // a train or meeting (Verb::objects) begins
  kBelong,        // a thing belongs to somebody
  kCost,          // a thing costs a sum
  kBe,            // is old
  kThat,          // a person says that ...
  kInfinitive,    // a person tries to ...
};

struct Verb {
  const char* english;  // bare form
  const char* english_past;
  const char* english_participle;
  const char* english_particle;  // "on" of "turn on", or empty
  const char* prefix;            // separable: "an" of "anrufen", or empty
  const char* infinitive;        // without the prefix
  const char* third;             // third person singular, present
  const char* preterite;         // third person singular
  const char* participle;
  bool perfect_with_sein;
  Frame frame;
  uint32_t objects;  // classes of the object; of the subject for kSchedule
};

struct Modal {
  const char* english;
  const char* english_third;
  const char* infinitive;
  const char* third;
  bool takes_to;  // "wants to": asks for do-support
};

struct Name {
  const char* text;
};

std::span<const Noun> nouns();
std::span<const Adjective> adjectives();
std::span<const Verb> verbs();
std::span<const Modal> modals();
std::span<const Name> first_names();  // none ends in s, so that the genitive is plain

const Verb& verb_be();

}  // namespace heed
