#include "data/corpus_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <zlib.h>

#include <filesystem>

#include "core/error.h"
#include "core/work.h"
#include "text/generated_text.h"

namespace heed {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class CorpusCheck : public testing::Test {
 protected:
  CorpusCheck() {
    for (CorpusConfig* corpus : {&data_.train, &data_.validation, &data_.test})
      *corpus = {{directory_.write("good.en", std::string("one\ntwo\n"))},
                 {directory_.write("good.de", std::string("eins\nzwei\n"))}};
  }

  std::string file(const std::string& bytes) { return directory_.write("file" + std::to_string(++files_), bytes); }

  std::string error() const {
    try {
      check_corpora(data_);
    } catch (const DataError& error) {
      return error.what();
    }
    return "no error";
  }

  TemporaryDirectory directory_{"corpus_check"};
  DataConfig data_;
  int files_ = 0;
};

TEST_F(CorpusCheck, GoodFilesPassAndTheWorkIsCounted) {
  std::string many;
  for (int i = 0; i < 25000; ++i) many += "line\n";
  data_.train = {{file(many)}, {file(many)}};
  WorkReport last;
  set_work_observer([&](WorkEvent, const WorkReport& report) { last = report; });
  EXPECT_EQ(error(), "no error");
  set_work_observer({});
  EXPECT_EQ(last.what, "checking the corpus");
  EXPECT_EQ(last.done, 20000);  // in steps
}

TEST_F(CorpusCheck, EveryCorpusIsLookedAt) {
  for (CorpusConfig* corpus : {&data_.train, &data_.validation, &data_.test}) {
    const CorpusConfig good = *corpus;
    corpus->source = {directory_ / "missing"};
    EXPECT_THAT(error(), HasSubstr("missing: cannot be opened"));
    corpus->source = {directory_ / ""};
    EXPECT_THAT(error(), HasSubstr("is a directory"));
    *corpus = good;
    corpus->target = {directory_ / "missing"};
    EXPECT_THAT(error(), HasSubstr("missing: cannot be opened"));
    *corpus = good;
  }
}

TEST_F(CorpusCheck, WhatTrainingWouldThrowLaterIsThrownNow) {
  for (CorpusConfig* corpus : {&data_.train, &data_.validation}) {
    const CorpusConfig good = *corpus;
    corpus->target = {file("eins\n")};
    EXPECT_THAT(error(), HasSubstr("has 2 lines but"));
    corpus->target = {file("eins\nzw\xFF\n")};
    EXPECT_THAT(error(), HasSubstr(":2:3: invalid UTF-8 byte 0xFF"));
    corpus->target = {file(std::string("eins\nz\0\n", 8))};
    EXPECT_THAT(error(), HasSubstr(":2:2: NUL byte"));
    corpus->target = {
        file("\x1F\x8B"
             "damaged")};
    EXPECT_THAT(error(), HasSubstr("gzip"));
    corpus->source.push_back(good.source[0]);
    EXPECT_THAT(error(), StartsWith("a corpus of 2 source files but 1 target files"));
    *corpus = good;
  }
  ASSERT_EQ(mkfifo((directory_ / "pipe").c_str(), 0600), 0);
  data_.train.source = {directory_ / "pipe"};
  EXPECT_THAT(error(), HasSubstr("is a pipe"));
}

TEST_F(CorpusCheck, TextThatCannotTrainIsRefused) {
  data_.train = {{file("\none\n")}, {file("eins\n\u3000\n")}};
  EXPECT_THAT(error(), HasSubstr("none of its 2 pairs has text on both sides"));
  data_.train = data_.test;
  data_.validation = {{file("")}, {file("")}};
  EXPECT_THAT(error(), HasSubstr("no lines to validate on"));
  data_.validation = {{file("\n")}, {file("\n")}};  // an empty line is a line to translate
  EXPECT_EQ(error(), "no error");
}

TEST_F(CorpusCheck, InvalidTextIsReadAsTheConfigSays) {
  data_.train.target = {file("eins\nzw\xFF\n")};
  data_.invalid_utf8 = InvalidUtf8::kSkip;
  EXPECT_EQ(error(), "no error");
}

}  // namespace
}  // namespace heed
