#include "checkpoint/vocabulary_transfer.h"

#include <gmock/gmock.h>

#include "checkpoint/tensor_check.h"
#include "core/error.h"
#include "support/tiny_model.h"

namespace heed {
namespace {

Tokenizers words(std::vector<std::string> pieces, const SpecialIds& special) {
  const auto tokenizer =
      std::make_shared<Tokenizer>(Tokenizer::from_tokens(Vocabulary(std::move(pieces), special, "test")));
  return {tokenizer, tokenizer};
}

class VocabularyTransfer : public ::testing::Test {
 protected:
  // Another order, another size, another role for <pad>, and 'd' instead of 'b'.
  Tokenizers from_ = words({"</s>", "<unk>", "a", "b", "c", "<pad>"}, {-1, 1, 5, 0});
  Tokenizers to_ = words({"<pad>", "<unk>", "<s>", "</s>", "c", "d", "a"}, {0, 1, 2, 3});

  EncoderDecoder model(TieEmbeddings tie, int64_t pieces, uint64_t seed) {
    ModelConfig config = testing::tiny_config();
    config.tie_embeddings = tie;
    config.output_bias = true;
    EncoderDecoder result(config, pieces, pieces);
    initialize(result, seed);
    const torch::NoGradGuard no_grad;
    result->output->bias.normal_();
    return result;
  }
};

TEST_F(VocabularyTransfer, RowsGoWithTheirPieceAndTheOthersStay) {
  for (const TieEmbeddings tie : {TieEmbeddings::kAll, TieEmbeddings::kNone}) {
    EncoderDecoder old = model(tie, 6, 1), now = model(tie, 7, 2);
    const TensorMap before = [&] {
      TensorMap copy = weights_of(*now);
      for (auto& [name, tensor] : copy) tensor = tensor.clone();
      return copy;
    }();
    const CarriedPieces carried = load_weights_by_piece(now, weights_of(*old), from_, to_, "test");
    EXPECT_EQ(carried.source, 5);  // unk, bos, eos, a, c; the old model has no pad
    EXPECT_EQ(carried.target, 5);
    const std::vector<std::pair<int64_t, int64_t>> same = {{1, 1}, {2, 5}, {3, 0}, {4, 4}, {6, 2}};
    const TensorMap after = weights_of(*now), origin = weights_of(*old);
    for (const std::string& name :
         {std::string(tie == TieEmbeddings::kAll ? "embedding.weight" : "source_embedding.weight"),
          std::string("output.bias")}) {
      for (const auto& [to, from] : same) EXPECT_TRUE(after.at(name)[to].equal(origin.at(name)[from])) << name << to;
      for (const int64_t fresh : {0, 5}) EXPECT_TRUE(after.at(name)[fresh].equal(before.at(name)[fresh])) << name;
    }
    EXPECT_TRUE(after.at("decoder.norm.weight").equal(origin.at("decoder.norm.weight")));
  }
}

TEST_F(VocabularyTransfer, RefusesAnotherShape) {
  EncoderDecoder old = model(TieEmbeddings::kAll, 6, 1), now = model(TieEmbeddings::kAll, 7, 2);
  TensorMap found = weights_of(*old);
  found["embedding.weight"] = found["embedding.weight"].narrow(1, 0, 8).clone();
  EXPECT_THROW(load_weights_by_piece(now, found, from_, to_, "test"), CheckpointError);
  found = weights_of(*old);
  found.erase("embedding.weight");
  EXPECT_THROW(load_weights_by_piece(now, found, from_, to_, "test"), CheckpointError);
}

}  // namespace
}  // namespace heed
