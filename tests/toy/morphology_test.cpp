#include "toy/morphology.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace heed {
namespace {

const Noun& noun(std::string_view english) {
  for (const Noun& row : nouns()) {
    if (row.english == english) return row;
  }
  throw std::out_of_range(std::string(english));
}

const Adjective& adjective(std::string_view english) {
  for (const Adjective& row : adjectives()) {
    if (row.english == english) return row;
  }
  throw std::out_of_range(std::string(english));
}

const Verb& verb(std::string_view english) {
  for (const Verb& row : verbs()) {
    if (row.english == english) return row;
  }
  throw std::out_of_range(std::string(english));
}

// Article, adjective and noun in one case: the tables of a school grammar, column by column.
std::string declined(const char* article, const char* adjective_name, const char* noun_name, bool plural, Case kase) {
  const Noun& row = noun(noun_name);
  const Agreement agreement{row.gender, plural, kase};
  const std::string_view kind = article;
  const Declension declension = kind == "der"  ? Declension::kWeak
                                : kind.empty() ? Declension::kStrong
                                               : Declension::kMixed;
  const std::string start = kind == "der"  ? definite_article(agreement) + " "
                            : kind.empty() ? ""
                                           : ein_word(kind, agreement) + " ";
  return start + adjective_form(adjective(adjective_name), declension, agreement) + " " + noun_form(row, agreement);
}

struct Row {
  const char *article, *adjective, *noun;
  bool plural;
  const char *nominative, *accusative, *dative, *genitive;
};

TEST(Declension, FollowsTheTablesOfAGrammar) {
  const Row rows[] = {
      {"der", "old", "man", false, "der alte Mann", "den alten Mann", "dem alten Mann", "des alten Mannes"},
      {"der", "old", "woman", false, "die alte Frau", "die alte Frau", "der alten Frau", "der alten Frau"},
      {"der", "old", "book", false, "das alte Buch", "das alte Buch", "dem alten Buch", "des alten Buches"},
      {"der", "old", "book", true, "die alten Bücher", "die alten Bücher", "den alten Büchern", "der alten Bücher"},
      {"ein", "expensive", "hat", false, "ein teurer Hut", "einen teuren Hut", "einem teuren Hut",
       "eines teuren Hutes"},
      {"kein", "dark", "kitchen", false, "keine dunkle Küche", "keine dunkle Küche", "keiner dunklen Küche",
       "keiner dunklen Küche"},
      {"unser", "tired", "child", false, "unser müdes Kind", "unser müdes Kind", "unserem müden Kind",
       "unseres müden Kindes"},
      {"mein", "young", "sister", true, "meine jungen Schwestern", "meine jungen Schwestern",
       "meinen jungen Schwestern", "meiner jungen Schwestern"},
      {"", "cold", "water", false, "kaltes Wasser", "kaltes Wasser", "kaltem Wasser", "kalten Wassers"},
      {"", "fresh", "milk", false, "frische Milch", "frische Milch", "frischer Milch", "frischer Milch"},
      {"", "red", "car", true, "rote Autos", "rote Autos", "roten Autos", "roter Autos"},
      {"der", "clever", "student", false, "der kluge Student", "den klugen Studenten", "dem klugen Studenten",
       "des klugen Studenten"},
      {"ein", "poor", "neighbor", false, "ein armer Nachbar", "einen armen Nachbarn", "einem armen Nachbarn",
       "eines armen Nachbarn"},
  };
  for (const Row& row : rows) {
    const auto form = [&](Case kase) { return declined(row.article, row.adjective, row.noun, row.plural, kase); };
    EXPECT_EQ(form(Case::kNominative), row.nominative);
    EXPECT_EQ(form(Case::kAccusative), row.accusative);
    EXPECT_EQ(form(Case::kDative), row.dative);
    EXPECT_EQ(form(Case::kGenitive), row.genitive);
  }
}

TEST(RelativePronoun, DiffersFromTheArticleInTheDativePlural) {
  EXPECT_EQ(relative_pronoun({Gender::kMasculine, false, Case::kAccusative}), "den");
  EXPECT_EQ(relative_pronoun({Gender::kNeuter, false, Case::kDative}), "dem");
  EXPECT_EQ(relative_pronoun({Gender::kFeminine, true, Case::kDative}), "denen");
}

TEST(GermanVerb, FiniteForms) {
  EXPECT_EQ(german_present("machen", "macht", Person::kFirst, false), "mache");
  EXPECT_EQ(german_present("arbeiten", "arbeitet", Person::kFirst, false), "arbeite");
  EXPECT_EQ(german_present("geben", "gibt", Person::kThird, false), "gibt");
  EXPECT_EQ(german_present("geben", "gibt", Person::kFirst, true), "geben");
  EXPECT_EQ(german_present("können", "kann", Person::kFirst, false), "kann");
  EXPECT_EQ(german_present("wissen", "weiß", Person::kFirst, false), "weiß");
  EXPECT_EQ(german_present("werden", "wird", Person::kFirst, false), "werde");
  EXPECT_EQ(german_present("haben", "hat", Person::kFirst, false), "habe");
  EXPECT_EQ(german_present("sein", "ist", Person::kFirst, false), "bin");
  EXPECT_EQ(german_present("sein", "ist", Person::kThird, true), "sind");
  EXPECT_EQ(german_past("machte", true), "machten");
  EXPECT_EQ(german_past("aß", true), "aßen");
  EXPECT_EQ(german_past("rief", false), "rief");
}

TEST(GermanVerb, ZuGoesBetweenASeparablePrefixAndTheVerb) {
  EXPECT_EQ(german_zu_infinitive(verb("open")), "aufzumachen");
  EXPECT_EQ(german_zu_infinitive(verb("begin")), "anzufangen");
  EXPECT_EQ(german_zu_infinitive(verb("buy")), "zu kaufen");
}

TEST(EnglishVerb, ThirdPersonAndArticle) {
  EXPECT_EQ(english_third("open"), "opens");
  EXPECT_EQ(english_third("watch"), "watches");
  EXPECT_EQ(english_third("go"), "goes");
  EXPECT_EQ(english_third("carry"), "carries");
  EXPECT_EQ(english_third("buy"), "buys");
  EXPECT_EQ(english_article("old"), "an");
  EXPECT_EQ(english_article("new"), "a");
}

TEST(Contraction, OnlyOfThePairsThatContract) {
  EXPECT_EQ(contraction("in", "dem"), "im");
  EXPECT_EQ(contraction("zu", "der"), "zur");
  EXPECT_EQ(contraction("in", "das"), "ins");
  EXPECT_EQ(contraction("in", "der"), "");
  EXPECT_EQ(contraction("mit", "dem"), "");
}

}  // namespace
}  // namespace heed
