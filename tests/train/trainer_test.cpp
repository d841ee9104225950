#include "train/trainer.h"

#include <ATen/ops/equal.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <optional>

#include "core/error.h"
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
    at::set_num_threads(1);
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
                       return stop_after_ && trainer_->state().step >= *stop_after_;
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

// Stopped after every single update, inside an epoch, at its end and with an accumulation group that spans two.
TEST_F(TrainerTest, AskedToStopAnywhereItResumesToTheSameBytes) {
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
