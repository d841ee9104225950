#include "audit/corpus_audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/logging.h"
#include "support/piece_tokenizers.h"
#include "support/scratch_directory.h"

namespace heed {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CorpusAuditTest : public ::testing::Test {
 protected:
  void SetUp() override {
    set_quiet(true);
    options_.cache_directory = scratch_ / "cache";
  }
  void TearDown() override { set_quiet(false); }

  CorpusConfig corpus(const std::string& source, const std::string& target, const std::string& name = "train") {
    put(scratch_ / (name + ".en"), source);
    put(scratch_ / (name + ".de"), target);
    return {{scratch_ / (name + ".en")}, {scratch_ / (name + ".de")}};
  }
  CorpusAudit audit(const CorpusConfig& files) { return audit_corpus(files, options_, tokenizers_).audit; }

  // With the corpus's cache, as training opens it.
  CorpusAudit audit_with_cache(const CorpusConfig& files) {
    const ParallelCorpus cache = ParallelCorpus::open(files, options_, tokenizers_);
    return audit_corpus(files, options_, tokenizers_, &cache).audit;
  }

  ScratchDirectory scratch_;
  Tokenizers tokenizers_ = testing::piece_tokenizers(true);
  DataConfig options_;
};

TEST_F(CorpusAuditTest, CountsWhatStandsThere) {
  const CorpusAudit found = audit(corpus("ba ko li\nner\n", "mo te\n犬\n"));
  EXPECT_EQ(found.pairs, 2);
  EXPECT_EQ(found.source.words, 4);
  EXPECT_EQ(found.target.words, 3);
  EXPECT_EQ(found.source.characters, 11);
  EXPECT_EQ(found.target.characters, 6);
  const auto pieces = [&](const char* line) { return static_cast<int64_t>(tokenizers_.source->encode(line).size()); };
  EXPECT_EQ(found.source.pieces.total(), pieces("ba ko li") + pieces("ner"));
  EXPECT_DOUBLE_EQ(found.source.pieces_a_word(), static_cast<double>(found.source.pieces.total()) / 4);
  EXPECT_EQ(found.target.odd.unknown, 1);
  ASSERT_EQ(found.target.outside.size(), 1u);
  EXPECT_EQ(found.target.outside[0].first_pair, 1);
}

// The audit's reasons are training's: for each of its limits the same counts.
TEST_F(CorpusAuditTest, FindsThePairsThatTrainingDrops) {
  options_.max_source_length = 30;
  options_.max_target_length = 28;
  options_.max_characters = 70;
  options_.invalid_utf8 = InvalidUtf8::kSkip;
  std::string source, target;
  for (const std::string& line : generated_lines(300, 11)) source += line + "\n";
  for (const std::string& line : generated_lines(300, 12)) target += line + "\n";
  const std::string odd_source = "\nko\nba\xff\nba\n\xff\n", odd_target = "ko\n \nba\nba\xff\n\n";
  const CorpusConfig files = corpus(source + odd_source, target + odd_target);
  const CorpusCounts counts = ParallelCorpus::open(files, options_, tokenizers_).counts();
  ASSERT_GT(counts.too_long, 20);
  ASSERT_GT(counts.kept(), 20);
  for (const CorpusAudit& found : {audit(files), audit_with_cache(files)}) {
    EXPECT_EQ(found.pairs, counts.read);
    EXPECT_EQ(found.invalid.count, counts.invalid);
    EXPECT_THAT(found.invalid.first, ElementsAre(302, 303, 304));
    EXPECT_EQ(found.empty.count, counts.empty);
    EXPECT_THAT(found.empty.first, ElementsAre(300, 301));
    EXPECT_EQ(found.too_long.count, counts.too_long);
  }
}

TEST_F(CorpusAuditTest, SaysTheSameWithACacheAsWithout) {
  options_.max_source_length = options_.max_target_length = 15;
  for (const TooLong fate : {TooLong::kDrop, TooLong::kTruncate}) {
    options_.too_long = fate;
    std::string source, target;
    for (const std::string& line : generated_lines(200, 21)) source += line + "\n";
    for (const std::string& line : generated_lines(200, 22)) target += line + "\n";
    const CorpusConfig files = corpus(source, target);
    const CorpusAudit alone = audit(files), cached = audit_with_cache(files);
    EXPECT_EQ(cached.source.pieces.total(), alone.source.pieces.total());
    EXPECT_EQ(cached.target.pieces.longest(), alone.target.pieces.longest());
    EXPECT_EQ(cached.source.odd.unknown, alone.source.odd.unknown);
    EXPECT_EQ(cached.too_long.first, alone.too_long.first);
    EXPECT_GT(alone.target.pieces.longest(), 15);  // lengths are those before any cut
  }
}

TEST_F(CorpusAuditTest, NamesPlacesInEveryFileOfACorpus) {
  CorpusConfig files = corpus("a\nb\n", "x\ny\n"), second = corpus("c\nsame\nd\n", "z\nsame\nw\n", "more");
  files.source.push_back(second.source[0]);
  files.target.push_back(second.target[0]);
  const CorpusAudit found = audit(files);
  EXPECT_THAT(found.equal_sides.first, ElementsAre(3));
  EXPECT_EQ(found.place(3), second.source[0] + ":2");
  EXPECT_EQ(found.place(1), files.source[0] + ":2");
  EXPECT_EQ(found.where(4).line, 3);
}

TEST_F(CorpusAuditTest, FindsRepeatsButNotOfBlankLines) {
  const CorpusAudit found = audit(corpus("a\n\na\n\na\n", "x\n\nx\n\ny\n"));
  EXPECT_THAT(found.repeats.pairs.first, ElementsAre(PairMatch{2, 0}));
  EXPECT_THAT(found.repeats.sources.first, ElementsAre(PairMatch{4, 0}));
  EXPECT_EQ(found.equal_sides.count, 0);
}

TEST_F(CorpusAuditTest, OfACleanCorpusFindsNothing) {
  std::string source, target;
  for (int i = 0; i < 500; ++i) {
    source += "ba ko " + std::to_string(i) + "\n";
    target += "li mo " + std::to_string(i) + "\n";
  }
  const CorpusAudit found = audit(corpus(source, target));
  for (const FoundPairs* none :
       {&found.invalid, &found.empty, &found.too_long, &found.equal_sides, &found.ratio.outliers})
    EXPECT_EQ(none->count, 0);
  EXPECT_THAT(found.shifts, IsEmpty());
  EXPECT_EQ(found.repeats.pairs.count + found.repeats.sources.count, 0);
}

TEST_F(CorpusAuditTest, RefusesFilesThatAreNotParallel) { EXPECT_THROW(audit(corpus("a\nb\n", "x\n")), DataError); }

}  // namespace
}  // namespace heed
