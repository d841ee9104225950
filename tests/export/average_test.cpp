#include "export/average.h"

#include <ATen/TensorOperators.h>
#include <gmock/gmock.h>

#include "core/error.h"
#include "support/scratch_directory.h"
#include "support/tiny_translator.h"

namespace heed {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Average : public ::testing::Test {
 protected:
  // A checkpoint of the same model with other weights for every step.
  Checkpoint checkpoint(int64_t step) {
    EncoderDecoder model = testing::tiny_model(testing::tiny_config(), testing::kVocabulary);
    Checkpoint result = testing::checkpoint_of(model, testing::shared_tokenizers());
    for (auto& [name, tensor] : result.model)
      tensor = tensor * static_cast<double>(step) + 0.1 * static_cast<double>(step);
    return result;
  }
  fs::path write(int64_t step, const Checkpoint& checkpoint) {
    fs::path path = scratch_ / ("step-" + std::to_string(step));
    write_checkpoint(path, checkpoint);
    return path;
  }
  static Checkpoint average_of(const std::vector<fs::path>& directories) {
    std::vector<OpenCheckpoint> checkpoints;
    for (const fs::path& directory : directories) checkpoints.emplace_back(directory);
    return average_checkpoints(checkpoints);
  }
  std::string refusal(const Checkpoint& other) {
    try {
      average_of({write(1, checkpoint(1)), write(2, other)});
    } catch (const CheckpointError& error) {
      return error.what();
    }
    return "accepted";
  }

  ScratchDirectory scratch_;
};

TEST_F(Average, IsTheMeanInDoubleOfEachElement) {
  const Checkpoint average = average_of({write(1, checkpoint(1)), write(3, checkpoint(3)), write(7, checkpoint(7))});
  const TensorMap one = checkpoint(1).model, three = checkpoint(3).model, seven = checkpoint(7).model;
  for (const auto& [name, tensor] : average.model) {
    const at::Tensor sum =
        one.at(name).to(at::kDouble) + three.at(name).to(at::kDouble) + seven.at(name).to(at::kDouble);
    EXPECT_TRUE(tensor.equal((sum / 3).to(at::kFloat))) << name;
  }
  EXPECT_THAT(average.state, HasSubstr(R"("average_of": ["step-1", "step-3", "step-7"])"));
  EXPECT_FALSE(average.training);
}

TEST_F(Average, OfOneIsThatOne) {
  const Checkpoint average = average_of({write(1, checkpoint(1))});
  for (const auto& [name, tensor] : checkpoint(1).model) EXPECT_TRUE(average.model.at(name).equal(tensor)) << name;
}

TEST_F(Average, RefusesOtherModelsNamingTheFirstDifference) {
  EXPECT_EQ(refusal(checkpoint(2)), "accepted");
  Checkpoint other = checkpoint(2);
  Config config = parse_config(other.config, "test");
  config.model.activation = Activation::kGelu;
  other.config = dump_config(config);
  EXPECT_THAT(refusal(other), HasSubstr("step-2: model.activation differs from that of"));
  other = checkpoint(2);
  other.vocabulary += " ";
  EXPECT_THAT(refusal(other), HasSubstr("vocabulary.json differs"));
  other = checkpoint(2);
  other.model.erase("decoder.norm.weight");
  EXPECT_THAT(refusal(other), HasSubstr("step-2/model.safetensors: tensor 'decoder.norm.weight' is missing"));
  other = checkpoint(2);
  other.model["embedding.weight"] = other.model["embedding.weight"].narrow(0, 0, 5).clone();
  EXPECT_THAT(refusal(other), HasSubstr("tensor 'embedding.weight' has shape [5, 24], expected [31, 24]"));
}

}  // namespace
}  // namespace heed
