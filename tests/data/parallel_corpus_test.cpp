#include "data/parallel_corpus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <zlib.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "core/error.h"
#include "core/file_bytes.h"
#include "core/interruption.h"
#include "core/logging.h"
#include "core/work.h"
#include "text/generated_text.h"
#include "text/tokenizer_training.h"

namespace heed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ParallelCorpusTest : public testing::Test {
 protected:
  void SetUp() override {
    options_.cache_directory = directory_ / "cache";
    options_.max_source_length = options_.max_target_length = 60;
    std::vector<std::string> lines = generated_lines(300, 1);
    lines.emplace_back("w x y z");
    const std::string text = directory_.write("text", lines);
    TokenizerConfig config;
    config.vocab_size = 120;
    tokenizers_ = make_tokenizers(config, {.source = {text}, .target = {}}, 1);
    sink_ = add_log_sink([this](LogLevel, const std::string& line) { log_.push_back(line); });
    set_quiet(true);
  }
  void TearDown() override {
    set_quiet(false);
    remove_log_sink(sink_);
  }

  CorpusConfig corpus(const std::string& source, const std::string& target) const {
    return {{directory_.write("train.en", source)}, {directory_.write("train.de", target)}};
  }
  CorpusConfig corpus(const std::vector<std::string>& source, const std::vector<std::string>& target) const {
    return {{directory_.write("train.en", source)}, {directory_.write("train.de", target)}};
  }

  ParallelCorpus open(const CorpusConfig& files, const CorpusUse& use = {}) const {
    return ParallelCorpus::open(files, options_, tokenizers_, use);
  }

  // The message without the directory.
  std::string error_of(const CorpusConfig& files, const CorpusUse& use = {}) const {
    try {
      open(files, use);
    } catch (const Error& error) {
      std::string message = error.what();
      const std::string prefix = directory_ / "";
      for (size_t at; (at = message.find(prefix)) != std::string::npos;) message.erase(at, prefix.size());
      return message;
    }
    return "no error";
  }

  std::vector<std::filesystem::path> cache_files() const {
    std::vector<std::filesystem::path> files;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(options_.cache_directory, none)) {
      files.push_back(entry.path());
    }
    return files;
  }

  TemporaryDirectory directory_{"parallel_corpus"};
  DataConfig options_;
  Tokenizers tokenizers_;
  std::vector<std::string> log_;
  int sink_ = 0;
};

TEST_F(ParallelCorpusTest, HoldsWhatTheTokenizersSay) {
  const std::vector<std::string> source = generated_lines(20000, 2), target = generated_lines(20000, 3);  // > a window
  options_.max_source_length = options_.max_target_length = 1000;
  const ParallelCorpus opened = open(corpus(source, target), {KeepText::kYes});
  ASSERT_EQ(opened.size(), 20000);
  int64_t source_tokens = 0;
  for (int64_t i = 0; i < opened.size(); ++i) {
    const auto line = static_cast<size_t>(i);
    ASSERT_EQ(opened.pair(i).source, tokenizers_.source->encode(source[line]));
    ASSERT_EQ(opened.pair(i).target, tokenizers_.target->encode(target[line]));
    ASSERT_EQ(opened.pair(i).source_text, tokenizers_.source->normalized(source[line]));
    ASSERT_EQ(opened.pair(i).target_text, tokenizers_.target->normalized(target[line]));
    ASSERT_EQ(opened.lengths(i).source, static_cast<int32_t>(opened.pair(i).source.size()));
    source_tokens += opened.lengths(i).source;
  }
  EXPECT_EQ(opened.counts().source_tokens, source_tokens);
}

TEST_F(ParallelCorpusTest, SeveralFilesAndGzipReadAsOneCorpus) {
  const gzFile gzip = gzopen((directory_ / "b.en.gz").c_str(), "wb");
  gzputs(gzip, "bako\nner\n");
  gzclose(gzip);
  const CorpusConfig files{
      {directory_.write("a.en", std::string("li ko\n")), directory_ / "b.en.gz"},
      {directory_.write("a.de", std::string("te\n")), directory_.write("b.de", std::string("mo\nstra"))}};
  const ParallelCorpus opened = open(files);
  ASSERT_EQ(opened.size(), 3);
  EXPECT_EQ(opened.pair(2).source, tokenizers_.source->encode("ner"));
  EXPECT_EQ(opened.pair(2).target, tokenizers_.source->encode("stra"));
  EXPECT_EQ(opened.place(0), files.source[0] + ":1");
  EXPECT_EQ(opened.place(2), files.source[1] + ":2");
  EXPECT_THAT(log_, ElementsAre(HasSubstr("a.de and 1 more: kept 3 of 3 pairs")));
}

TEST_F(ParallelCorpusTest, UnequalLineCountsNameBothNumbers) {
  const std::string reason = ": the files are not parallel (first difference cannot be known; check the end of both)";
  std::string many;
  for (int i = 0; i < 1234; ++i) many += "ba\n";
  EXPECT_EQ(error_of(corpus(many + "ba\n", many)), "train.en has 1,235 lines but train.de has 1,234" + reason);
  EXPECT_EQ(error_of(corpus(many, many + "ba\n")), "train.en has 1,234 lines but train.de has 1,235" + reason);
  EXPECT_EQ(error_of(corpus("a\nb\n", "")), "train.en has 2 lines but train.de has 0" + reason);
  EXPECT_EQ(open(corpus(many + "ba", many + "ba\n")).size(), 1235);
}

TEST_F(ParallelCorpusTest, UnequalFileCountsAreRefused) {
  CorpusConfig files = corpus("ba\n", "ko\n");
  files.source.push_back(files.source[0]);
  EXPECT_EQ(error_of(files),
            "a corpus of 2 source files but 1 target files: expected a target file for every source file");
}

TEST_F(ParallelCorpusTest, DroppedPairsAreCountedByReason) {
  std::string longest;
  for (int i = 0; i < 10000; ++i) longest += "ba ";
  const ParallelCorpus opened = open(corpus("ba\n\n \t\nko\nli\n" + longest + "\n", "x\ny\nz\n\nner\nw\n"));
  EXPECT_EQ(opened.size(), 2);
  EXPECT_THAT(opened.place(1), HasSubstr("train.en:5"));
  EXPECT_THAT(log_,
              ElementsAre(HasSubstr("train.de: kept 2 of 6 pairs; dropped 4 pairs: 3 empty, 1 longer than 60 tokens")));
}

TEST_F(ParallelCorpusTest, LongPairsAreTruncatedOrRefusedOnRequest) {
  const CorpusConfig files = corpus("ba\nba ba ba ba ba\n", "ko\nko\n");
  options_.max_source_length = 3;
  options_.too_long = TooLong::kTruncate;
  EXPECT_EQ(open(files).lengths(1).source, 3);
  EXPECT_THAT(log_, ElementsAre(HasSubstr("kept 2 of 2 pairs; truncated 1 to 3 source or 60 target tokens")));
  options_.too_long = TooLong::kError;
  EXPECT_THAT(error_of(files),
              testing::MatchesRegex("train.en:2: [0-9]+ tokens, more than data.max_source_length "
                                    "\\(3\\); shorten the line or set data.too_long: drop or truncate"));
}

// What a piece is decides nothing here: one that is unknown may be as long as its line.
TEST_F(ParallelCorpusTest, LinesOfTooManyCharactersAreTooLong) {
  const CorpusConfig files = corpus("ba\n\u6F22\u6F22\u6F22\u6F22\u6F22\u6F22\nba\n", "ko\nko\nkokokokoko\n");
  EXPECT_EQ(open(files).size(), 3);
  const std::string unlimited = open(files).fingerprint();
  options_.max_characters = 5;
  EXPECT_EQ(open(files).size(), 1);
  EXPECT_NE(open(files).fingerprint(), unlimited);
  EXPECT_THAT(log_.back(),
              HasSubstr("kept 1 of 3 pairs; dropped 2 pairs: 2 longer than 60 tokens; 2 of these have more "
                        "than 5 characters (data.max_characters), the rest left unread"));
  options_.too_long = TooLong::kTruncate;
  EXPECT_EQ(open(files).pair(2).target, tokenizers_.target->encode("kokok"));
  EXPECT_THAT(log_, testing::Contains(HasSubstr("truncated 2 to 60 tokens; 2 of these have more than 5 characters")));
  options_.too_long = TooLong::kError;
  EXPECT_EQ(error_of(files),
            "train.en:2: more characters than data.max_characters (5); shorten the line or set data.too_long: drop or "
            "truncate");
}

// As the translator reads them: loss and BLEU of a validation are of the same lines.
TEST_F(ParallelCorpusTest, EveryLineIsKeptWhereThatIsAskedFor) {
  const CorpusUse every{.pairs = PairRule::kEveryLine};
  const CorpusConfig files = corpus("ba\n\nba ba ba ba ba\nko\nk\xC3\n", "ko\nli\nner\n \nmo\n");
  options_.max_source_length = 3;
  options_.invalid_utf8 = InvalidUtf8::kSkip;
  const ParallelCorpus opened = open(files, every);
  ASSERT_EQ(opened.size(), 5);
  EXPECT_THAT(opened.pair(1).source, IsEmpty());
  EXPECT_EQ(opened.pair(1).target, tokenizers_.target->encode("li"));
  std::vector<int32_t> cut = tokenizers_.source->encode("ba ba ba ba ba");
  cut.resize(3);
  EXPECT_EQ(opened.pair(2).source, cut);
  EXPECT_THAT(opened.pair(3).target, IsEmpty());
  EXPECT_THAT(opened.pair(4).source, IsEmpty());
  EXPECT_EQ(opened.pair(4).target, tokenizers_.target->encode("mo"));
  EXPECT_THAT(log_.back(), HasSubstr("kept 5 of 5 pairs; 1 not UTF-8, read as empty; truncated 1 to 3 source"));

  EXPECT_EQ(open(files).size(), 1);  // another cache
  options_.too_long = TooLong::kError;
  EXPECT_THAT(error_of(files, every), HasSubstr("train.en:3: "));
}

TEST_F(ParallelCorpusTest, InvalidUtf8FollowsThePolicy) {
  const CorpusConfig files = corpus("ba\nko\nli\n", "x\ny\xC3\nz\n");
  EXPECT_EQ(error_of(files),
            "train.de:2:2: invalid UTF-8 byte 0xC3; fix the file (where a model or its config is given, "
            "data.invalid_utf8: replace reads on)");
  options_.invalid_utf8 = InvalidUtf8::kReplace;
  EXPECT_EQ(open(files).size(), 3);
  options_.invalid_utf8 = InvalidUtf8::kSkip;
  EXPECT_EQ(open(files).size(), 2);
  EXPECT_THAT(log_.back(), HasSubstr("kept 2 of 3 pairs; dropped 1 pairs: 1 not UTF-8"));
}

TEST_F(ParallelCorpusTest, NulIsAnErrorAndOddSpacesAreText) {
  EXPECT_THAT(error_of(corpus(std::string("ba\nk\0o\n", 7), "x\ny\n")), HasSubstr("train.en:2:2: NUL byte"));
  EXPECT_EQ(open(corpus("ba\u2028ko\u0085li\vner\fmo\n", "x\n")).size(), 1);
}

TEST_F(ParallelCorpusTest, ByteOrderMarkAndCarriageReturnsLeaveOneNoticeEach) {
  const ParallelCorpus opened = open(corpus("\uFEFFba\r\nko\r\n", "x\ny\n"));
  EXPECT_EQ(opened.pair(0).source, tokenizers_.source->encode("ba"));
  EXPECT_THAT(log_, ElementsAre(HasSubstr("byte order mark"), HasSubstr("carriage returns"), HasSubstr("kept 2 of 2")));
}

TEST_F(ParallelCorpusTest, NothingLeftIsAnError) {
  EXPECT_THAT(error_of(corpus("", "")), HasSubstr("no pairs left of 0"));
  EXPECT_THAT(error_of(corpus("\n\n", "x\ny\n")), HasSubstr("no pairs left of 2 (2 empty, 0 too long"));
  EXPECT_THAT(cache_files(), IsEmpty());
}

TEST_F(ParallelCorpusTest, WhatIsNotARegularFileIsAClearError) {
  CorpusConfig files = corpus("ba\n", "x\n");
  files.source = {directory_ / "missing.en"};
  EXPECT_THAT(error_of(files), testing::StartsWith("missing.en: "));
  files.source = {directory_ / ""};
  EXPECT_NE(error_of(files), "no error");
  ASSERT_EQ(mkfifo((directory_ / "pipe").c_str(), 0600), 0);
  files.source = {directory_ / "pipe"};
  EXPECT_THAT(error_of(files), testing::StartsWith("pipe: "));
}

TEST_F(ParallelCorpusTest, TheCacheIsUsedAgainAndKeyedByContent) {
  const std::vector<std::string> lines = generated_lines(50, 4);
  const CorpusConfig files = corpus(lines, lines);
  const std::string fingerprint = open(files).fingerprint();
  ASSERT_EQ(cache_files().size(), 1u);
  const auto inode = [&] {
    struct stat status {};
    EXPECT_EQ(stat(cache_files()[0].c_str(), &status), 0);
    return status.st_ino;
  };
  const auto written = inode();

  std::filesystem::rename(files.source[0], directory_ / "renamed.en");
  EXPECT_EQ(open({{directory_ / "renamed.en"}, files.target}).fingerprint(), fingerprint);
  EXPECT_EQ(inode(), written);

  const CorpusConfig changed = corpus("ba\n", "x\n");
  EXPECT_NE(open(changed).fingerprint(), fingerprint);
  const auto differs = [&, before = open(changed).fingerprint()] { return open(changed).fingerprint() != before; };
  options_.max_source_length = 59;
  EXPECT_TRUE(differs());
  options_.max_source_length = 60;
  options_.too_long = TooLong::kTruncate;
  EXPECT_TRUE(differs());
}

TEST_F(ParallelCorpusTest, ADamagedIndexIsMadeAnew) {
  const std::vector<std::string> lines = generated_lines(3, 4);
  const CorpusConfig files = corpus(lines, lines);
  open(files);
  const std::filesystem::path cache = cache_files().at(0);
  const std::string bytes = read_file_bytes(cache);
  std::ofstream(cache, std::ios::binary) << bytes.substr(0, bytes.size() - 1);
  log_.clear();
  EXPECT_EQ(open(files).size(), 3);
  EXPECT_THAT(log_, ElementsAre(HasSubstr("made anew"), HasSubstr("kept 3 of 3")));
  EXPECT_EQ(read_file_bytes(cache), bytes);
}

// Found when it is read: then the cache is removed, and the next opening makes it.
TEST_F(ParallelCorpusTest, ADamagedPairIsMadeAnewByTheNextOpening) {
  const std::vector<std::string> lines = generated_lines(3, 4);
  const CorpusConfig files = corpus(lines, lines);
  open(files);
  const std::filesystem::path cache = cache_files().at(0);
  const std::string bytes = read_file_bytes(cache);
  std::string damaged = bytes;
  damaged[20] = static_cast<char>(damaged[20] ^ 1);
  std::ofstream(cache, std::ios::binary) << damaged;
  EXPECT_THROW(open(files).pair(0), DataError);
  EXPECT_EQ(open(files).size(), 3);
  EXPECT_EQ(read_file_bytes(cache), bytes);
}

TEST_F(ParallelCorpusTest, KilledAtAnyFileOperationLeavesNoHalfCache) {
  const std::vector<std::string> lines = generated_lines(20, 4);
  const CorpusConfig files = corpus(lines, lines);
  const std::string expected = [&] {
    open(files);
    return read_file_bytes(cache_files().at(0));
  }();
  int kills = 0;
  for (int operation = 1;; ++operation) {
    std::filesystem::remove_all(options_.cache_directory);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      set_file_operation_observer([left = operation](const char*, const std::filesystem::path&) mutable {
        if (--left == 0) std::raise(SIGKILL);
        return FileFault{};
      });
      open(files);
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFEXITED(status)) break;
    ++kills;
    EXPECT_EQ(open(files).size(), 20);
    EXPECT_THAT(log_, testing::Not(testing::Contains(HasSubstr("damaged"))));
    ASSERT_EQ(cache_files().size(), 1u) << "leftover of a killed process";
    EXPECT_EQ(read_file_bytes(cache_files()[0]), expected);
  }
  EXPECT_GE(kills, 5);
}

TEST_F(ParallelCorpusTest, TokenisingIsReportedAndAnInterruptionEndsItWithoutACache) {
  const std::vector<std::string> lines = generated_lines(20000, 4);
  const CorpusConfig files = corpus(lines, lines);
  options_.max_source_length = options_.max_target_length = 1000;
  int64_t interrupted_at = 0;
  {
    const SignalListener listener([] {});
    WorkReport last;
    set_work_observer([&](WorkEvent event, const WorkReport& report) {
      last = report;
      if (event != WorkEvent::kAdvance || interruption() != 0) return;
      kill(getpid(), SIGINT);
      while (interruption() == 0) std::this_thread::yield();
    });
    EXPECT_THROW(open(files), Interrupted);
    set_work_observer({});
    EXPECT_EQ(last.what + " " + last.unit, "tokenising train.en pairs");
    interrupted_at = last.done;
  }
  EXPECT_LT(interrupted_at, 1000);  // not at the end of a window
  EXPECT_THAT(cache_files(), IsEmpty());
  EXPECT_EQ(open(files).size(), 20000);
}

TEST_F(ParallelCorpusTest, AFailingDiskLeavesNothingBehind) {
  const CorpusConfig files = corpus("ba\n", "x\n");
  open(files);
  std::filesystem::remove(cache_files().at(0));
  set_file_operation_observer([](const char* operation, const std::filesystem::path&) {
    return FileFault{.error = std::string_view(operation) == "fsync" ? ENOSPC : 0};
  });
  EXPECT_THAT(error_of(files), HasSubstr("No space left on device"));
  set_file_operation_observer({});
  EXPECT_THAT(cache_files(), IsEmpty());
}

TEST(CorpusCacheDirectory, FollowsTheConfigThenTheEnvironment) {
  DataConfig options;
  options.cache_directory = "here";
  EXPECT_EQ(corpus_cache_directory(options), "here");
  options.cache_directory = "";
  setenv("XDG_CACHE_HOME", "/somewhere", 1);
  EXPECT_EQ(corpus_cache_directory(options), "/somewhere/heed/corpora");
  unsetenv("XDG_CACHE_HOME");
  EXPECT_EQ(corpus_cache_directory(options), std::filesystem::path(getenv("HOME")) / ".cache/heed/corpora");
  const std::string home = getenv("HOME");
  unsetenv("HOME");  // as a container's process may find it: the user's is meant, not the working directory
  EXPECT_EQ(corpus_cache_directory(options), std::filesystem::path(getpwuid(getuid())->pw_dir) / ".cache/heed/corpora");
  setenv("HOME", home.c_str(), 1);
}

}  // namespace
}  // namespace heed
