// `heed train` as a process: what it says, what it leaves and with which exit code it ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/toy_run.h"

namespace heed {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using testing::Ended;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Process;
using testing::ToyRun;

constexpr int kOk = 0, kRuntimeError = 1, kUsageError = 2;

std::string latest(const ToyRun& toy) { return std::filesystem::read_symlink(toy.directory() + "/latest").filename(); }

std::string weights(const ToyRun& toy, const std::string& checkpoint = "latest") {
  return contents(toy.directory() + "/" + checkpoint + "/model.safetensors");
}

TEST(TrainCommand, LeavesARunDirectoryThatTranslates) {
  const ToyRun toy;
  const Ended trained = toy.train({"--train.validate_every=20"});
  ASSERT_EQ(trained.exit_code, kOk) << trained.err;
  EXPECT_EQ(trained.out, "");
  EXPECT_EQ(names_in(toy.directory()),
            (std::set<std::string>{"attention", "best", "checkpoints", "config.yaml", "curves.svg", "latest", "lock",
                                   "metrics.jsonl", "tensorboard", "train.log", "validations.tsv"}));
  const Ended translated = toy.heed({"translate", toy.directory(), "--quiet"}, "a b c\n\nb a\n");
  EXPECT_EQ(translated.exit_code, kOk) << translated.err;
  EXPECT_EQ(std::count(translated.out.begin(), translated.out.end(), '\n'), 3);
  // After 40 updates it seldom finds an end, which is all there is to be said.
  EXPECT_LE(std::count(translated.err.begin(), translated.err.end(), '\n'), 1) << translated.err;
  EXPECT_THAT(translated.err, ::testing::AnyOf("", HasSubstr("translations cut before their end")));
}

TEST(TrainCommand, RefusesADirectoryThatHoldsARunAndObeysOverwrite) {
  const ToyRun toy;
  ASSERT_EQ(toy.train().exit_code, kOk);
  const std::string before = weights(toy);
  const Ended refused = toy.train();
  EXPECT_EQ(refused.exit_code, kUsageError);
  EXPECT_THAT(refused.err, AllOf(HasSubstr(toy.directory()), HasSubstr("--resume"), HasSubstr("--overwrite")));
  EXPECT_EQ(weights(toy), before);
  EXPECT_EQ(toy.train({"--overwrite", "--run.seed=2"}).exit_code, kOk);
  EXPECT_NE(weights(toy), before);
}

TEST(TrainCommand, OverwritingKeepsTheOldRunUntilTheNewOneCanBegin) {
  const ToyRun toy;
  ASSERT_EQ(toy.train().exit_code, kOk);
  const std::string before = weights(toy);
  for (const std::string wrong : {"--data.train.source=missing", "--train.initialize_from=missing",
                                  "--data.validation.target=missing", "--tokenizer.type=bpe"}) {
    EXPECT_NE(toy.train({"--overwrite", wrong}).exit_code, kOk) << wrong;
    EXPECT_EQ(weights(toy), before) << wrong;
  }
  // The run that is thrown away may be where the new one starts; its log begins with what was said before.
  ASSERT_EQ(toy.train({"--overwrite", "--train.initialize_from=" + toy.directory(), "--train.max_steps=1"}).exit_code,
            kOk);
  EXPECT_EQ(latest(toy), "step-00000001");
  EXPECT_THAT(contents(toy.directory() + "/train.log"), HasSubstr("pairs"));
}

TEST(TrainCommand, EndsWhereItsRunDirectoryIsTakenAway) {
  const ToyRun toy;
  Process process(toy.command({"train", toy.config(), "--train.max_steps=100000", "--train.save_every=20"}),
                  toy.scratch());
  ASSERT_TRUE(process.wait_for("step 10"));
  std::filesystem::rename(toy.directory(), toy.directory() + "-moved");
  const Ended ended = process.wait();
  EXPECT_EQ(ended.exit_code, kRuntimeError);
  EXPECT_THAT(ended.err, HasSubstr("was removed, moved or replaced"));
  EXPECT_FALSE(std::filesystem::exists(toy.directory() + "/checkpoints"));
}

// A run of many updates, so that the signal comes in the middle of one.
TEST(TrainCommand, ASignalSavesAndEndsAndTheRunGoesOnToTheSameBytes) {
  const ToyRun alone, stopped;
  ASSERT_EQ(alone.train({"--train.max_steps=400"}).exit_code, kOk);
  for (const int signal : {SIGINT, SIGTERM}) {
    Process process(stopped.command({"train", stopped.config(), "--resume", "--train.max_steps=400"}),
                    stopped.scratch());
    ASSERT_TRUE(process.wait_for("step 10"));
    process.signal(signal);
    const Ended ended = process.wait();
    EXPECT_EQ(ended.exit_code, kOk) << ended.err;
    EXPECT_THAT(ended.err, AllOf(HasSubstr(signal == SIGINT ? "Ctrl-C: this update" : "SIGTERM: this update"),
                                 HasSubstr("asked to stop"), HasSubstr("--resume")));
    EXPECT_NE(latest(stopped), "step-00000400") << "the signal came too late to test anything";
  }
  ASSERT_EQ(stopped.train({"--resume", "--train.max_steps=400"}).exit_code, kOk);
  EXPECT_EQ(weights(stopped), weights(alone));
}

TEST(TrainCommand, AHangUpOfTheTerminalSavesToo) {
  const ToyRun toy;
  Process process(toy.command({"train", toy.config(), "--train.max_steps=100000"}), toy.scratch());
  ASSERT_TRUE(process.wait_for("step 10"));
  process.signal(SIGHUP);
  EXPECT_EQ(process.wait().exit_code, kOk);
  EXPECT_NE(latest(toy), "");
}

TEST(TrainCommand, ASecondTrainerRefusesARunInUse) {
  const ToyRun toy;
  Process first(toy.command({"train", toy.config(), "--train.max_steps=100000"}), toy.scratch());
  ASSERT_TRUE(first.wait_for("step 10"));
  const ScratchDirectory other;
  const Ended second = testing::run(toy.command({"train", toy.config(), "--overwrite"}), other);
  EXPECT_EQ(second.exit_code, kRuntimeError);
  EXPECT_THAT(second.err, HasSubstr("is in use by process"));
  first.signal(SIGTERM);
  EXPECT_EQ(first.wait().exit_code, kOk);
}

TEST(TrainCommand, ASecondSignalEndsAtOnce) {
  const ToyRun toy;
  // One update of this model takes far longer than the second signal.
  Process process(toy.command({"train", toy.config(), "--train.max_steps=100000", "--train.batch_tokens=200000",
                               "--model.d_model=1024", "--model.num_encoder_layers=6"}),
                  toy.scratch());
  ASSERT_TRUE(process.wait_for("parameters"));
  process.signal(SIGINT);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  process.signal(SIGINT);
  EXPECT_EQ(process.wait().exit_code, 128 + SIGINT);
  EXPECT_FALSE(std::filesystem::exists(toy.directory() + "/latest"));
}

TEST(TrainCommand, ResumeRefusesWhatWouldChangeTheRunAndNamesIt) {
  const ToyRun toy;
  ASSERT_EQ(toy.train({"--run.precision=fp32"}).exit_code, kOk);
  for (const std::string change : {"model.d_ff=65", "data.max_source_length=99", "run.seed=2", "train.batch_tokens=301",
                                   "schedule.warmup_steps=7", "run.precision=bf16", "optimizer.learning_rate=0.5",
                                   "train.accumulation_steps=2", "train.label_smoothing=0.2"}) {
    const Ended refused = toy.train({"--resume", "--train.max_steps=50", "--" + change});
    EXPECT_EQ(refused.exit_code, kUsageError) << change;
    EXPECT_THAT(refused.err, AllOf(HasSubstr(change.substr(0, change.find('=')) + ": the run has "),
                                   HasSubstr(", this config " + change.substr(change.find('=') + 1))))
        << change;
  }
  const Ended resumed = toy.train({"--resume", "--train.max_steps=50", "--train.log_every=5", "--train.keep=9"});
  EXPECT_EQ(resumed.exit_code, kOk) << resumed.err;
  EXPECT_EQ(latest(toy), "step-00000050");
}

TEST(TrainCommand, ResumeRefusesAnotherCorpus) {
  const ToyRun toy;
  ASSERT_EQ(toy.train().exit_code, kOk);
  const auto append = [&](const std::string& name) {
    std::ofstream(toy.scratch() / ("data/" + name), std::ios::app) << "a b\n";
  };
  append("train.source");
  append("train.target");
  const Ended refused = toy.train({"--resume", "--train.max_steps=50"});
  EXPECT_EQ(refused.exit_code, kUsageError);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("data.train: "), HasSubstr("other lines"), HasSubstr("--allow-changes")));
  EXPECT_EQ(toy.train({"--resume", "--allow-changes", "--train.max_steps=50"}).exit_code, kOk);
  EXPECT_EQ(toy.train({"--resume", "--train.max_steps=60"}).exit_code, kOk) << "the new corpus is the run's now";
}

TEST(TrainCommand, ResumesTheSameCorpusUnderAnyName) {
  const ToyRun toy;
  ASSERT_EQ(toy.train().exit_code, kOk);
  const std::string moved = toy.scratch() / "moved";
  std::filesystem::rename(toy.scratch() / "data", moved);
  std::vector<std::string> words = {"--resume", "--train.max_steps=50"};
  for (const std::string split : {"train", "validation", "test"})
    for (const std::string side : {"source", "target"})
      words.push_back("--data." + split + "." + side + "=" + moved + "/" + split + "." + side);
  const Ended resumed = toy.train(words);
  EXPECT_EQ(resumed.exit_code, kOk) << resumed.err;
  EXPECT_EQ(latest(toy), "step-00000050");
}

// The limit is reached already: what is saved again, with its validation, is what the checkpoint held.
TEST(TrainCommand, AllowedChangesKeepTheMomentsAndAreWrittenDown) {
  const ToyRun toy;
  ASSERT_EQ(toy.train().exit_code, kOk);
  const std::string moments = contents(toy.directory() + "/latest/training.safetensors");
  const Ended changed = toy.train({"--resume", "--allow-changes", "--optimizer.learning_rate=0.0001",
                                   "--train.validate_every=10", "--train.label_smoothing=0.2"});
  ASSERT_EQ(changed.exit_code, kOk) << changed.err;
  EXPECT_EQ(contents(toy.directory() + "/latest/training.safetensors"), moments);
  EXPECT_THAT(contents(toy.directory() + "/latest/config.yaml"), HasSubstr("learning_rate: 0.0001"));
  const auto says = AllOf(HasSubstr("optimizer.learning_rate: 0.001 until here, from now on 0.0001"),
                          HasSubstr("train.label_smoothing: 0.1 until here, from now on 0.2"),
                          HasSubstr("warning: --allow-changes: the result is no longer"));
  EXPECT_THAT(changed.err, says);
  EXPECT_THAT(contents(toy.directory() + "/train.log"), says);
  EXPECT_THAT(contents(toy.directory() + "/metrics.jsonl"),
              HasSubstr(R"("step":40,"key":"optimizer.learning_rate","before":"0.001","after":"0.0001"})"));
  EXPECT_EQ(toy.train({"--allow-changes"}).exit_code, kUsageError) << "a new run has nothing to change";
}

TEST(TrainCommand, ARunDirectoryIsAllThatAResumeNeeds) {
  const ToyRun toy;
  ASSERT_EQ(toy.train({"--model.dropout=0.25"}).exit_code, kOk);
  const std::string moved = toy.scratch() / "elsewhere";
  std::filesystem::rename(toy.directory(), moved);
  std::filesystem::remove(toy.config());
  const Ended refused = toy.heed({"train", moved});
  EXPECT_EQ(refused.exit_code, kUsageError);
  EXPECT_THAT(refused.err, HasSubstr("with --resume"));
  const Ended resumed = toy.heed({"train", moved, "--resume", "--train.max_steps=50"});
  EXPECT_EQ(resumed.exit_code, kOk) << resumed.err;
  EXPECT_EQ(std::filesystem::read_symlink(moved + "/latest").filename(), "step-00000050");
  EXPECT_FALSE(std::filesystem::exists(toy.directory()));
  const Ended no_run = toy.heed({"train", toy.scratch() / "data", "--resume"});
  EXPECT_EQ(no_run.exit_code, kUsageError);
  EXPECT_THAT(no_run.err, HasSubstr("no config.yaml there"));
}

TEST(TrainCommand, AStartThatFailsLeavesNoDirectory) {
  const ToyRun toy;
  for (const std::string wrong : {"--data.train.source=missing", "--train.initialize_from=missing",
                                  "--data.validation.target=missing", "--run.device=cuda:99"}) {
    EXPECT_NE(toy.train({wrong, "--run.directory=" + toy.directory() + "/of/mine"}).exit_code, kOk) << wrong;
    EXPECT_FALSE(std::filesystem::exists(toy.directory())) << wrong;
  }
}

std::string last_line(const Ended& ended) {
  const std::string text = ended.err.substr(0, ended.err.size() - 1);
  return text.substr(text.rfind('\n') + 1);
}

TEST(TrainCommand, TheLastLineNamesTheBestModelAndWhatToTypeNext) {
  const ToyRun toy;
  const Ended trained = toy.train({"--train.validate_every=15"});
  EXPECT_THAT(last_line(trained),
              ::testing::MatchesRegex("best: step [0-9]+ \\(bleu [0-9.]+  chrf [0-9.]+  loss [0-9.]+\\); "
                                      "next: " HEED_BINARY " evaluate " +
                                      toy.directory()));
  EXPECT_THAT(contents(toy.directory() + "/validations.tsv"), HasSubstr("\n40\t"));
  Process process(toy.command({"train", toy.config(), "--resume", "--train.max_steps=100000", "--run.threads", "1"}),
                  toy.scratch());
  ASSERT_TRUE(process.wait_for("step 50"));
  process.signal(SIGTERM);
  EXPECT_THAT(last_line(process.wait()), ::testing::EndsWith("; go on with: " HEED_BINARY " train " + toy.config() +
                                                             " --train.max_steps=100000 --run.threads=1 --resume"));
}

TEST(TrainCommand, ResumeFallsBackFromADamagedCheckpointAndSaysSo) {
  const ToyRun toy;
  ASSERT_EQ(toy.train({"--train.save_every=20"}).exit_code, kOk);
  const std::string expected = weights(toy);
  std::filesystem::resize_file(toy.directory() + "/checkpoints/step-00000040/model.safetensors", 100);
  const Ended resumed = toy.train({"--resume", "--train.save_every=20"});
  EXPECT_EQ(resumed.exit_code, kOk) << resumed.err;
  EXPECT_THAT(resumed.err, AllOf(HasSubstr("step-00000040"), HasSubstr("does not verify")));
  EXPECT_EQ(weights(toy), expected);
}

TEST(TrainCommand, ResumeWithoutACheckpointStartsFromTheBeginning) {
  const ToyRun toy;
  const Ended trained = toy.train({"--resume"});
  EXPECT_EQ(trained.exit_code, kOk) << trained.err;
  EXPECT_THAT(trained.err, HasSubstr("no checkpoint to resume from"));
  EXPECT_EQ(latest(toy), "step-00000040");
}

TEST(TrainCommand, InitializesFromAnotherRunsWeights) {
  const ToyRun toy;
  ASSERT_EQ(toy.train().exit_code, kOk);
  const std::string second = toy.scratch() / "second";
  const Ended trained = toy.train({"--run.directory=" + second, "--train.initialize_from=" + toy.directory(),
                                   "--train.max_steps=1", "--optimizer.learning_rate=1e-30"});
  ASSERT_EQ(trained.exit_code, kOk) << trained.err;
  EXPECT_EQ(contents(second + "/latest/model.safetensors"), weights(toy));
  const Ended refused = toy.train(
      {"--run.directory=" + toy.directory() + "3", "--model.d_ff=80", "--train.initialize_from=" + toy.directory()});
  EXPECT_EQ(refused.exit_code, kUsageError);
  EXPECT_THAT(refused.err, HasSubstr("model.d_ff: it has 64, this config 80"));
}

TEST(TrainCommand, TakesTheModelOfAnotherRunWhereItNamesNone) {
  const ToyRun toy;
  ASSERT_EQ(toy.train().exit_code, kOk);
  std::string config = contents(toy.config());
  const size_t model = config.find("model:");
  put(toy.config(), config.erase(model, config.find('\n', model) + 1 - model));
  const std::string second = toy.scratch() / "second";
  const Ended trained = toy.train({"--run.directory=" + second, "--train.initialize_from=" + toy.directory(),
                                   "--model.dropout=0.3", "--train.max_steps=1", "--optimizer.learning_rate=1e-30"});
  ASSERT_EQ(trained.exit_code, kOk) << trained.err;
  EXPECT_EQ(contents(second + "/latest/model.safetensors"), weights(toy));
  EXPECT_THAT(contents(second + "/config.yaml"), AllOf(HasSubstr("d_model: 32"), HasSubstr("  dropout: 0.3")));

  const Ended resumed =
      toy.train({"--run.directory=" + second, "--train.initialize_from=" + toy.directory(), "--model.dropout=0.3",
                 "--train.max_steps=3", "--optimizer.learning_rate=1e-30", "--resume"});
  EXPECT_EQ(resumed.exit_code, kOk) << resumed.err;
  std::filesystem::remove_all(second + "/checkpoints");  // as if killed before the first one
  const Ended again = toy.heed({"train", second, "--resume", "--train.max_steps=1"});
  EXPECT_EQ(again.exit_code, kOk) << again.err;
  EXPECT_THAT(contents(second + "/config.yaml"), HasSubstr("  dropout: 0.3"));
  const Ended other_words = toy.train(
      {"--run.directory=" + second + "3", "--train.initialize_from=" + toy.directory(), "--tokenizer.vocab_size=77"});
  EXPECT_EQ(other_words.exit_code, kUsageError);
  EXPECT_THAT(other_words.err, HasSubstr("tokenizer.vocab_size: it has 8000, this config 77"));
}

TEST(TrainCommand, TheDumpedConfigTrainsTheSame) {
  const ToyRun toy;
  const Ended dumped = toy.train({"--dump-config", "--model.dropout=0.25"});
  ASSERT_EQ(dumped.exit_code, kOk);
  // But for decode.precision, which is decided where a model translates.
  const std::string of_training = dumped.out.substr(0, dumped.out.find("\ndecode:"));
  EXPECT_THAT(of_training,
              AllOf(HasSubstr("dropout: 0.25"), ContainsRegex("precision: (fp32|bf16)"), Not(HasSubstr("auto"))));
  put(toy.scratch() / "dumped.yaml", dumped.out);
  ASSERT_EQ(toy.train({"--model.dropout=0.25"}).exit_code, kOk);
  const std::string expected = weights(toy);
  ASSERT_EQ(toy.heed({"train", toy.scratch() / "dumped.yaml", "--overwrite"}).exit_code, kOk);
  EXPECT_EQ(weights(toy), expected);
}

TEST(TrainCommand, ADumpThatCannotBeWrittenIsAnError) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full";
  const ToyRun toy;
  const Ended dumped = testing::run(
      {"/bin/sh", "-c", std::string(HEED_BINARY) + " train " + toy.config() + " --dump-config > /dev/full"},
      toy.scratch());
  EXPECT_EQ(dumped.exit_code, kRuntimeError);
  EXPECT_THAT(dumped.err, HasSubstr("standard output"));
}

}  // namespace
}  // namespace heed
