#include "toy/clause.h"

namespace heed {
namespace {

void append_relative(Words& words, const Words& relative) {
  if (relative.empty()) return;
  add_comma(words);
  append(words, relative);
  add_comma(words);
}

void append_english_complements(Words& words, const Clause& clause) {
  append(words, clause.adverb.english);
  append(words, clause.verb);
  append(words, clause.early.english);
  append(words, clause.late.english);
  append(words, clause.tail.english);
  append(words, clause.time.english);
}

Words german_subject(const Clause& clause) {
  Words words = clause.subject.german;
  append_relative(words, clause.subject.relative);
  return words;
}

void append_middle(Words& words, const Clause& clause) {
  append(words, clause.early.german);
  append(words, clause.time.german);
  append(words, clause.adverb.german);
  append(words, clause.late.german);
}

void append_end(Words& words, const Clause& clause) {
  append(words, clause.tail.german);
  append_relative(words, clause.relative);
}

// What closes a main clause: "auf" of "macht ... auf", a participle or an infinitive.
void append_right_bracket(Words& words, const Clause& clause) {
  if (!clause.prefix.empty()) words.push_back({clause.prefix, clause.finite.front().link});
  append(words, clause.nonfinite);
}

}  // namespace

Words english_predicate(const Clause& clause) {
  Words words = clause.auxiliary;
  append(words, clause.negation);
  append_english_complements(words, clause);
  return words;
}

Words english_statement(const Clause& clause) {
  Words words = clause.subject.english;
  append(words, english_predicate(clause));
  return words;
}

Words english_question(const Clause& clause) {
  Words words = clause.auxiliary;
  append(words, clause.subject.english);
  append(words, clause.negation);
  append_english_complements(words, clause);
  return words;
}

Words german_main(const Clause& clause) {
  Words words = german_subject(clause);
  append(words, clause.finite);
  append_middle(words, clause);
  append_right_bracket(words, clause);
  append_end(words, clause);
  return words;
}

Words german_inverted(const Clause& clause) {
  Words words = clause.finite;
  append(words, german_subject(clause));
  append_middle(words, clause);
  append_right_bracket(words, clause);
  append_end(words, clause);
  return words;
}

Words german_subordinate(const Clause& clause) {
  Words words = german_subject(clause);
  append_middle(words, clause);
  append(words, clause.nonfinite);
  Words finite = clause.finite;
  finite.front().text = clause.prefix + finite.front().text;
  append(words, finite);
  append_end(words, clause);
  return words;
}

Words german_infinitive(const Clause& clause) {
  Words words;
  append_middle(words, clause);
  append(words, clause.nonfinite);
  append_end(words, clause);
  return words;
}

}  // namespace heed
