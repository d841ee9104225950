// `heed train` as a process: what it says, what it leaves and with which exit code it ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/toy_run.h"

namespace heed {
namespace {

using ::testing::AllOf;
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
    EXPECT_THAT(ended.err, AllOf(HasSubstr("asked to stop"), HasSubstr("--resume")));
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
  ASSERT_EQ(toy.train().exit_code, kOk);
  for (const std::string change :
       {"model.d_ff=65", "tokenizer.shared=false", "data.max_source_length=99", "run.seed=2", "train.batch_tokens=301",
        "schedule.warmup_steps=7", "run.precision=bf16", "optimizer.learning_rate=0.5", "train.accumulation_steps=2",
        "train.label_smoothing=0.2"}) {
    const Ended refused = toy.train({"--resume", "--train.max_steps=50", "--" + change});
    EXPECT_EQ(refused.exit_code, kUsageError) << change;
    EXPECT_THAT(refused.err, HasSubstr(change.substr(0, change.find('=')))) << change;
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
  EXPECT_EQ(refused.exit_code, kRuntimeError);
  EXPECT_THAT(refused.err, HasSubstr("training corpus"));
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
  EXPECT_EQ(refused.exit_code, kRuntimeError);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("64"), HasSubstr("80"), HasSubstr("feed_forward")));
}

TEST(TrainCommand, TheDumpedConfigTrainsTheSame) {
  const ToyRun toy;
  const Ended dumped = toy.train({"--dump-config", "--model.dropout=0.25"});
  ASSERT_EQ(dumped.exit_code, kOk);
  EXPECT_THAT(dumped.out, AllOf(HasSubstr("dropout: 0.25"), HasSubstr("precision: fp32"), Not(HasSubstr("auto"))));
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
