#include "train/trainer.h"

#include <ATen/ops/equal.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <limits>
#include <optional>
#include <thread>

#include "core/error.h"
#include "core/interruption.h"
#include "core/thread_team.h"
#include "core/work.h"
#include "support/file_faults.h"
#include "support/scratch_directory.h"
#include "support/tiny_translator.h"

namespace heed {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// What a trainer told, in order.
struct Record : TrainObserver {
  std::vector<int64_t> updates, validations, checkpoints;
  std::vector<bool> best;
  void on_update(const UpdateReport& report) override { updates.push_back(report.step); }
  void on_validation(const ValidationReport& report) override {
    validations.push_back(report.step);
    best.push_back(report.best);
  }
  void on_checkpoint(int64_t step, const std::string&) override { checkpoints.push_back(step); }
};

// Twelve sentence pairs of whole words; the word w30 stands in line 8 alone, in the source. About six batches an epoch.
class TrainerTest : public ::testing::Test {
 protected:
  static constexpr int64_t kRareWord = testing::kVocabulary - 1;

  TrainerTest() {
    set_num_threads(1);
    std::string sources, targets;
    for (uint64_t line = 0; line < 12; ++line) {
      sources += line_of(4 + static_cast<int64_t>(line % 3), line) + (line == 7 ? " w30\n" : "\n");
      targets += line_of(5, 100 + line) + "\n";
    }
    put(scratch_ / "train.source", sources);
    put(scratch_ / "train.target", targets);
    config_.data.train.source = {(scratch_ / "train.source").string()};
    config_.data.train.target = {(scratch_ / "train.target").string()};
    config_.data.validation = config_.data.train;
    config_.data.cache_directory = (scratch_ / "cache").string();
    config_.run.directory = (scratch_ / "run").string();
    config_.tokenizer.type = TokenizerType::kNone;
    config_.model = testing::tiny_config();
    config_.model.dropout = 0.1;
    config_.model.tie_embeddings = TieEmbeddings::kNone;
    config_.train.batch_tokens = 14;
    config_.train.max_steps = 8;
    config_.train.validate_every = 0;
    config_.train.save_every = 0;
    config_.train.log_every = 1;
    config_.train.ema = 0.9;
    config_.decode.max_length = 8;
  }

  static std::string line_of(int64_t words, uint64_t seed) {
    std::string line;
    for (const int64_t id : testing::random_ids(words, seed, kRareWord))
      line += (line.empty() ? "w" : " w") + std::to_string(id);
    return line;
  }

  // A fresh model and trainer in `run`, after config_. Only one at a time.
  Trainer& start(const std::string& run = "run") {
    trainer_.reset();
    validator_.reset();
    directory_.emplace(scratch_ / run);
    directory_->create();
    model_ = testing::tiny_model(config_.model);
    corpus_.emplace(ParallelCorpus::open(config_.data.train, config_.data, tokenizers_));
    validator_.emplace(config_, *model_, tokenizers_);
    record_ = {};
    trainer_.emplace(
        TrainerParts{config_, *model_, tokenizers_, *corpus_, &*validator_, *directory_, {&record_}, [this] {
                       return interruption() != 0 || (stop_after_ && trainer_->state().step >= *stop_after_);
                     }});
    return *trainer_;
  }

  Checkpoint saved(const std::string& run, int64_t step) const {
    return read_checkpoint(RunDirectory(scratch_ / run).checkpoint(step));
  }

  std::set<std::string> bytes_of(const std::string& run, int64_t step) const {
    std::set<std::string> bytes;
    for (const auto& entry : std::filesystem::directory_iterator(RunDirectory(scratch_ / run).checkpoint(step)))
      bytes.insert(entry.path().filename().string() + contents(entry.path()));
    return bytes;
  }

  // Every source that holds the rare word then has no finite loss.
  void poison_the_rare_word() {
    const torch::NoGradGuard no_grad;
    (*model_)->source_embedding->weight[kRareWord].fill_(std::numeric_limits<float>::quiet_NaN());
  }

  ScratchDirectory scratch_;
  Config config_;
  Tokenizers tokenizers_ = testing::shared_tokenizers();
  std::optional<EncoderDecoder> model_;
  std::optional<ParallelCorpus> corpus_;
  std::optional<Validator> validator_;
  std::optional<RunDirectory> directory_;
  Record record_;
  std::optional<int64_t> stop_after_;
  std::optional<Trainer> trainer_;
};

TEST_F(TrainerTest, ReportsValidatesAndSavesAsOftenAsAsked) {
  config_.train.log_every = 3;
  config_.train.validate_every = 4;
  config_.train.save_every = 5;
  config_.train.patience = 0;
  Trainer& trainer = start();
  EXPECT_EQ(trainer.train(), "train.max_steps (8)");
  EXPECT_THAT(record_.updates, ElementsAre(3, 6));
  EXPECT_THAT(record_.validations, ElementsAre(4, 8));
  EXPECT_THAT(record_.checkpoints, ::testing::IsSupersetOf({5, 8}));
  EXPECT_EQ(directory_->latest(), directory_->checkpoint(8));
}

TEST_F(TrainerTest, AnEpochUsesEverySentenceOnceAndTheNextOneOthersFirst) {
  config_.train.max_epochs = 2;
  config_.train.max_steps = 0;
  Trainer& trainer = start();
  EXPECT_EQ(trainer.train(), "train.max_epochs (2)");
  EXPECT_EQ(trainer.state().epoch, 3);
  EXPECT_EQ(trainer.state().batch, 0);
  EXPECT_EQ(trainer.state().target_tokens, 2 * 12 * 6);  // five words and eos each
}

TEST_F(TrainerTest, AnUpdateThatIsNotFiniteIsSkippedAndCountedAndChangesNothing) {
  config_.train.max_bad_updates = 3;
  Trainer& trainer = start();
  poison_the_rare_word();
  int64_t skipped = 0;
  while (trainer.state().epoch == 1) {
    const torch::Tensor before = trainer.parameters().weights().clone();
    if (trainer.update()) {
      EXPECT_TRUE(std::isfinite(trainer.last_update().loss));
      EXPECT_EQ(trainer.state().bad_in_row, 0);
      continue;
    }
    ++skipped;
    // bit for bit: NaN is not equal to itself
    EXPECT_TRUE(at::equal(before.view(torch::kInt), trainer.parameters().weights().view(torch::kInt)));
  }
  EXPECT_EQ(skipped, 1);  // the one batch with line 8
  EXPECT_EQ(trainer.state().bad_updates, 1);
}

TEST_F(TrainerTest, BadUpdatesInARowEndTrainingNamingTheirSentences) {
  config_.train.max_bad_updates = 3;
  Trainer& trainer = start();
  {
    const torch::NoGradGuard no_grad;
    (*model_)->target_embedding->weight.fill_(std::numeric_limits<float>::infinity());
  }
  try {
    trainer.train();
    FAIL() << "trained on infinite weights";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("3 updates in a row"));
    EXPECT_THAT(error.what(), HasSubstr("train.source:"));
  }
  EXPECT_EQ(trainer.state().step, 0);
  EXPECT_TRUE(directory_->steps().empty());
}

TEST_F(TrainerTest, WeightsThatAreNotFiniteAreNeverSaved) {
  config_.train.max_steps = 2;
  config_.train.save_every = 1;
  Trainer& trainer = start();
  poison_the_rare_word();
  EXPECT_THROW(trainer.train(), CheckpointError);
  EXPECT_TRUE(directory_->steps().empty());
}

// A rate far below the weights' last bits: nothing gets better after the first validation.
TEST_F(TrainerTest, PatienceEndsTrainingAndTheBestCheckpointStays) {
  config_.optimizer.learning_rate = 1e-30;
  config_.train.ema = 0;
  config_.train.validate_every = 1;
  config_.train.early_stopping_metric = EarlyStoppingMetric::kLoss;
  config_.train.patience = 3;
  config_.train.keep = 1;
  Trainer& trainer = start();
  EXPECT_THAT(trainer.train(), HasSubstr("train.patience"));
  EXPECT_THAT(record_.best, ElementsAre(true, false, false, false));
  EXPECT_EQ(directory_->best(), directory_->checkpoint(1));
  EXPECT_THAT(directory_->steps(), ElementsAre(1, 4));
}

TEST_F(TrainerTest, TheBestIsMarkedByTheSaveThatMakesUpForOneThatFailed) {
  config_.train.validate_every = 8;
  int failures = 0;
  observed(
      [&](const std::string& operation, const std::filesystem::path&) {
        return FileFault{operation == "mkdir" && record_.validations.size() == 1 && failures++ == 0 ? EIO : 0};
      },
      [&] { start().train(); });
  EXPECT_GT(failures, 1);
  EXPECT_EQ(trainer_->state().standing.best_step, 8);
  EXPECT_EQ(directory_->best(), directory_->latest());
}

TEST_F(TrainerTest, ValidatesTheAverageAndGoesOnWithTheRawWeights) {
  config_.train.validate_every = 3;
  start().train();
  const auto with = bytes_of("run", 8);
  config_.train.validate_every = 0;
  start("unvalidated").train();
  const Checkpoint left = saved("run", 8), right = saved("unvalidated", 8);
  for (const auto& [name, tensor] : *left.training) EXPECT_TRUE(at::equal(tensor, right.training->at(name))) << name;
  for (const auto& [name, tensor] : left.model) {
    EXPECT_TRUE(at::equal(tensor, right.model.at(name))) << name;
    EXPECT_FALSE(at::equal(tensor, left.training->at("weight." + name))) << name;
  }
}

TEST_F(TrainerTest, AModelThatALimitEndsIsValidatedOnceBeforeIt) {
  config_.train.validate_every = 6;
  config_.train.save_every = 4;
  start().train();
  EXPECT_THAT(record_.validations, ElementsAre(6, 8));
  EXPECT_THAT(record_.checkpoints, ::testing::Each(::testing::AnyOf(4, 6, 8)));
  EXPECT_EQ(std::count(record_.checkpoints.begin(), record_.checkpoints.end(), 8), 1);
  const TrainState ended = trainer_->state();
  Trainer& again = start();  // an ended run that is resumed has nothing left to do
  again.resume(saved("run", 8), "run");
  again.train();
  EXPECT_THAT(record_.validations, ElementsAre());
  EXPECT_EQ(again.state(), ended);

  config_.train.validate_every = 100;
  stop_after_ = 3;
  start("stopped").train();
  EXPECT_THAT(record_.validations, ElementsAre()) << "who stops a run does not wait for it";
}

// All translations of an untrained model score 0: the best is then the one with the lowest loss, not the first.
TEST_F(TrainerTest, EqualScoresAreToldApartByTheLoss) {
  config_.train.validate_every = 1;
  config_.train.ema = 0;
  config_.train.max_steps = 4;
  config_.decode.max_length = 1;
  start().train();
  EXPECT_EQ(trainer_->state().standing.best_score, 0);
  EXPECT_THAT(record_.best, ElementsAre(true, true, true, true));
  EXPECT_EQ(directory_->best(), directory_->checkpoint(4));
}

TEST_F(TrainerTest, AGroupOfBatchesEndsWithItsEpoch) {
  config_.train.accumulation_steps = 100;
  config_.train.max_steps = 3;
  start();
  for (int64_t epoch = 1; epoch <= 3; ++epoch) {
    trainer_->update();
    EXPECT_EQ(trainer_->state().epoch, epoch + 1);
    EXPECT_EQ(trainer_->state().batch, 0);
    EXPECT_EQ(trainer_->state().target_tokens, epoch * 12 * 6);
  }
}

// Asks this process to end as soon as a validation begins, and waits until it is heard.
class InterruptedValidation {
 public:
  InterruptedValidation() : listener_([] {}) {
    set_work_observer([](WorkEvent event, const WorkReport&) {
      if (event != WorkEvent::kBegin || interruption() != 0) return;
      kill(getpid(), SIGTERM);
      while (interruption() == 0) std::this_thread::yield();
    });
  }
  ~InterruptedValidation() { set_work_observer({}); }

 private:
  SignalListener listener_;
};

TEST_F(TrainerTest, AnAbandonedValidationIsMadeUpForAndTheRunEndsInTheSameBytes) {
  config_.train.validate_every = 3;
  start("whole").train();
  const auto expected = bytes_of("whole", 8);
  const std::vector<int64_t> validations = record_.validations;
  {
    const InterruptedValidation interrupted;
    EXPECT_EQ(start("run").train(), "asked to stop");
    EXPECT_THAT(record_.validations, ElementsAre());
    EXPECT_EQ(trainer_->state().step, 3);
  }
  Trainer& trainer = start("run");
  trainer.resume(saved("run", 3), "run");
  trainer.train();
  EXPECT_EQ(record_.validations, validations);
  EXPECT_EQ(bytes_of("run", 8), expected);
}

TEST_F(TrainerTest, PatienceEndsARunInTheValidationThatWasMadeUpFor) {
  config_.optimizer.learning_rate = 1e-30;
  config_.train.ema = 0;
  config_.train.validate_every = 1;
  config_.train.early_stopping_metric = EarlyStoppingMetric::kLoss;
  config_.train.patience = 2;
  EXPECT_THAT(start("whole").train(), HasSubstr("train.patience"));
  ASSERT_EQ(trainer_->state().step, 3);
  stop_after_ = 2;
  start("run").train();
  stop_after_.reset();
  {
    const InterruptedValidation interrupted;
    Trainer& trainer = start("run");
    trainer.resume(saved("run", 2), "run");
    EXPECT_EQ(trainer.train(), "asked to stop");
  }
  Trainer& trainer = start("run");
  trainer.resume(saved("run", 3), "run");
  EXPECT_THAT(trainer.train(), HasSubstr("train.patience"));
  EXPECT_EQ(bytes_of("run", 3), bytes_of("whole", 3));
}

// A run that max_steps ended between two validations, and so validated once more, is extended: what that has seen, and
// who was best there, is forgotten.
TEST_F(TrainerTest, ALimitThatIsRaisedLeavesNoTraceInBestAndPatience) {
  config_.train.validate_every = 3;
  config_.train.keep = 1;
  config_.train.early_stopping_metric = EarlyStoppingMetric::kLoss;
  config_.optimizer.learning_rate = 0.01;
  start("whole").train();
  ASSERT_THAT(record_.validations, ElementsAre(3, 6, 8));
  stop_after_ = 5;
  start("stopped").train();
  stop_after_.reset();
  const std::string at_5 = saved("stopped", 5).state;

  config_.train.max_steps = 4;
  start("extended").train();
  EXPECT_THAT(record_.validations, ElementsAre(3, 4));
  EXPECT_EQ(trainer_->state().standing.best_step, 4);  // training goes on getting better
  EXPECT_EQ(directory_->best()->filename(), "step-00000004");

  const Checkpoint ended = saved("extended", 4);
  start("extended").resume(ended, "extended");
  trainer_->train();  // the same limit: as it was
  EXPECT_EQ(trainer_->state().standing.best_step, 4);
  EXPECT_EQ(directory_->best()->filename(), "step-00000004");

  config_.train.max_steps = 8;
  start("extended").resume(ended, "extended");
  stop_after_ = 5;
  trainer_->train();
  EXPECT_EQ(trainer_->state().standing.best_step, 3);
  EXPECT_EQ(directory_->best()->filename(), "step-00000003");
  EXPECT_EQ(saved("extended", 5).state, at_5);
  stop_after_.reset();
  start("extended").resume(saved("extended", 5), "extended");
  trainer_->train();
  EXPECT_THAT(record_.validations, ElementsAre(6, 8));
  EXPECT_EQ(bytes_of("extended", 8), bytes_of("whole", 8));
}

// --allow-changes: another learning rate, other batches and another measure.
TEST_F(TrainerTest, GoesOnUnderAChangedConfigWithItsMomentsAndItsWeights) {
  start("before").train();
  const Checkpoint before = saved("before", 8);
  config_.optimizer.learning_rate = 1e-30;
  config_.train.max_steps = 9;
  config_.train.batch_tokens = 30;
  config_.train.validate_every = 1;
  Trainer& trainer = start("after");
  trainer.resume(before, "before", {.begins_new_epoch = true, .forgets_best = true});
  EXPECT_EQ(trainer.state().batch, 0);
  EXPECT_EQ(trainer.state().epoch, TrainState::from_json(before.state, "before").epoch);
  EXPECT_EQ(trainer.state().standing.best_score, std::nullopt);
  trainer.train();
  EXPECT_THAT(record_.validations, ElementsAre(9));
  EXPECT_THAT(record_.best, ElementsAre(true));
  const Checkpoint after = saved("after", 9);
  const double decay = config_.optimizer.betas[0];
  int moments = 0;
  for (const auto& [name, tensor] : *before.training) {
    if (name.starts_with("weight.")) {
      EXPECT_TRUE(at::equal(tensor, after.training->at(name))) << name;
    }
    if (!name.starts_with("moment1.")) continue;
    // m' = b m + (1 - b) g, and no gradient is larger than what it is clipped to.
    const torch::Tensor gradient = (after.training->at(name) - decay * tensor) / (1 - decay);
    EXPECT_LE(gradient.norm().item<double>(), 1.001 * config_.optimizer.clip_norm) << name;
    ++moments;
  }
  EXPECT_GT(moments, 10);
}

// Stopped after every single update, inside an epoch, at its end and with an accumulation group that its end cuts
// short.
class ResumedTrainer : public TrainerTest, public ::testing::WithParamInterface<Objective> {};

TEST_P(ResumedTrainer, AskedToStopAnywhereItResumesToTheSameBytes) {
  config_.train.objective = GetParam();
  config_.train.cross_entropy_weight = 0.5;
  config_.train.accumulation_steps = 2;
  start("whole").train();
  const auto expected = bytes_of("whole", 8);
  for (int64_t step = 1; step < 8; ++step) {
    stop_after_ = step;
    EXPECT_EQ(start("run").train(), "asked to stop");
    stop_after_.reset();
    Trainer& trainer = start("run");
    trainer.resume(saved("run", step), "run");
    EXPECT_EQ(trainer.train(), "train.max_steps (8)");
    EXPECT_EQ(bytes_of("run", 8), expected) << "stopped after " << step;
    std::filesystem::remove_all(scratch_ / "run");
  }
}

INSTANTIATE_TEST_SUITE_P(Objectives, ResumedTrainer,
                         ::testing::Values(Objective::kCrossEntropy, Objective::kMinimumRisk,
                                           Objective::kSelfCritical));

TEST_F(TrainerTest, ACheckpointOfAnotherCorpusIsNotResumed) {
  start("before").train();
  put(scratch_ / "train.target", contents(scratch_ / "train.target") + "w4 w5\n");
  put(scratch_ / "train.source", contents(scratch_ / "train.source") + "w4 w5\n");
  Trainer& trainer = start();
  try {
    trainer.resume(saved("before", 8), "before");
    FAIL() << "resumed";
  } catch (const CheckpointError& error) {
    EXPECT_THAT(error.what(), HasSubstr("training corpus"));
  }
}

TEST_F(TrainerTest, ACheckpointThatTranslatesOnlyIsNotResumed) {
  start("before").train();
  Checkpoint checkpoint = saved("before", 8);
  checkpoint.training.reset();
  EXPECT_THROW(start().resume(checkpoint, "before"), CheckpointError);
}

}  // namespace
}  // namespace heed
