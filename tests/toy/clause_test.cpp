#include "toy/clause.h"

#include <gtest/gtest.h>

#include <string>

namespace heed {
namespace {

// "The man opens the door": enough to see where German puts the verb in each kind of clause.
Clause opening() {
  Clause clause;
  clause.subject.english = linked("the man", 0);
  clause.subject.german = linked("der Mann", 0);
  clause.verb = linked("opens", 1);
  clause.finite = linked("macht", 1);
  clause.prefix = "auf";
  clause.time = {linked("today", 2), linked("heute", 2)};
  clause.late = {linked("the door", 3), linked("die Tür", 3)};
  return clause;
}

TEST(ClauseOrder, TheFiniteVerbStandsSecondFirstOrLast) {
  const Clause clause = opening();
  EXPECT_EQ(joined(english_statement(clause)), "the man opens the door today");
  EXPECT_EQ(joined(german_main(clause)), "der Mann macht heute die Tür auf");
  EXPECT_EQ(joined(german_inverted(clause)), "macht der Mann heute die Tür auf");
  EXPECT_EQ(joined(german_subordinate(clause)), "der Mann heute die Tür aufmacht");
}

TEST(ClauseOrder, ParticiplesCloseTheClauseAndTheAuxiliaryFollowsThemInSubordinateOnes) {
  Clause clause = opening();
  clause.prefix = "";
  clause.finite = linked("hat", 4);
  clause.nonfinite = linked("aufgemacht", 1);
  clause.relative = linked("die alt ist", 5);
  EXPECT_EQ(joined(german_main(clause)), "der Mann hat heute die Tür aufgemacht, die alt ist,");
  EXPECT_EQ(joined(german_subordinate(clause)), "der Mann heute die Tür aufgemacht hat, die alt ist,");
}

TEST(ClauseOrder, ARelativeClauseOfTheSubjectStandsBetweenCommas) {
  Clause clause = opening();
  clause.subject.relative = linked("der alt ist", 5);
  EXPECT_EQ(joined(german_inverted(clause)), "macht der Mann, der alt ist, heute die Tür auf");
}

TEST(FinishSentence, CapitalisesUmlautsAndDropsAClosingComma) {
  Words words = linked("über allem,", 0);
  finish_sentence(words, '.');
  EXPECT_EQ(joined(words), "Über allem.");
}

// Over many clauses: agreement of subject and finite verb, seen in the German copula.
TEST(MakeClause, TheVerbAgreesWithTheSubject) {
  for (uint64_t i = 0; i < 2000; ++i) {
    Draws draws{RandomStream(i)};
    ClauseWish wish;
    wish.frame = Frame::kBe;
    const Clause clause = make_clause(draws, wish);
    const bool first = clause.subject.person == Person::kFirst;
    const std::string expected = clause.subject.agreement.plural ? "sind" : first ? "bin" : "ist";
    EXPECT_EQ(joined(clause.finite), expected) << joined(german_main(clause));
  }
}

}  // namespace
}  // namespace heed
