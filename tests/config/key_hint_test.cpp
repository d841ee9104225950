#include "config/key_hint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "config/config.h"
#include "config/foreign_names.h"
#include "config/keys.h"
#include "config/nearest_key.h"
#include "core/error.h"

namespace heed {
namespace {

struct Meant {
  std::string typed;
  std::vector<std::string> names;
};

std::ostream& operator<<(std::ostream& out, const Meant& meant) { return out << meant.typed; }

class EveryUnknownKey : public testing::TestWithParam<Meant> {};

TEST_P(EveryUnknownKey, IsAnsweredWithTheKeyThatWasMeant) {
  EXPECT_EQ(key_hint(GetParam().typed).names, GetParam().names);
}

std::string test_name(const testing::TestParamInfo<Meant>& row) {
  std::string name = canonical(row.param.typed);
  for (char& c : name) c = c == '.' ? 'X' : c;
  return name;
}

INSTANTIATE_TEST_SUITE_P(
    OfOtherToolkits, EveryUnknownKey,
    testing::Values(
        Meant{"train.batch_size", {"train.batch_tokens"}}, Meant{"train.lr", {"optimizer.learning_rate"}},
        Meant{"optimizer.lr", {"optimizer.learning_rate"}},
        Meant{"model.layers", {"model.num_encoder_layers", "model.num_decoder_layers"}},
        Meant{"model.heads", {"model.num_heads"}}, Meant{"model.hidden_size", {"model.d_model"}},
        Meant{"model.emb_dim", {"model.d_model"}}, Meant{"model.ff_size", {"model.d_ff"}},
        Meant{"decode.beam", {"decode.beam_size"}}, Meant{"decode.alpha", {"decode.length_penalty"}},
        Meant{"data.valid", {"data.validation"}}, Meant{"data.dev", {"data.validation"}},
        Meant{"train.src", {"data.train.source"}}, Meant{"train.trg", {"data.train.target"}},
        Meant{"train.early_stopping", {"train.patience"}}, Meant{"train.epochs", {"train.max_epochs"}},
        Meant{"train.eval_every", {"train.validate_every"}}, Meant{"train.warmup", {"schedule.warmup_steps"}},
        Meant{"decode.max_output_length", {"decode.max_length"}}, Meant{"run.gpu", {"run.device"}},
        // Marian
        Meant{"dim-emb", {"model.d_model"}}, Meant{"transformer-dim-ffn", {"model.d_ff"}},
        Meant{"mini-batch-fit", {"train.batch_tokens"}}, Meant{"optimizer-delay", {"train.accumulation_steps"}},
        Meant{"valid-sets", {"data.validation"}}, Meant{"exponential-smoothing", {"train.ema"}},
        // Joey NMT
        Meant{"name", {"run.directory"}}, Meant{"training.learning_rate_warmup", {"schedule.warmup_steps"}},
        Meant{"testing.beam_alpha", {"decode.length_penalty"}}, Meant{"testing.eval_metrics", {"eval.metrics"}},
        Meant{"data.src.max_length", {"data.max_source_length"}},
        // fairseq
        Meant{"max_tokens", {"train.batch_tokens"}}, Meant{"update_freq", {"train.accumulation_steps"}},
        Meant{"lenpen", {"decode.length_penalty"}}, Meant{"do_sample", {"decode.sampling"}},
        Meant{"sampling_topk", {"decode.top_k"}}, Meant{"diverse_beam_groups", {"decode.beam_groups"}},
        Meant{"encoder_normalize_before", {"model.norm"}},
        // OpenNMT-py
        Meant{"rnn_size", {"model.d_model"}}, Meant{"train_steps", {"train.max_steps"}},
        Meant{"start_decay_steps", {"schedule.decay_start_step"}}, Meant{"share_vocab", {"tokenizer.shared"}},
        // Sockeye
        Meant{"max_num_checkpoint_not_improved", {"train.patience"}}, Meant{"num_words", {"tokenizer.vocab_size"}},
        // Hugging Face
        Meant{"per_device_train_batch_size", {"train.batch_tokens"}}, Meant{"num_beams", {"decode.beam_size"}},
        Meant{"metric_for_best_model", {"train.early_stopping_metric"}}, Meant{"output_dir", {"run.directory"}}),
    test_name);

INSTANTIATE_TEST_SUITE_P(
    InTheWrongSection, EveryUnknownKey,
    testing::Values(Meant{"d_model", {"model.d_model"}}, Meant{"model.learning_rate", {"optimizer.learning_rate"}},
                    Meant{"batch_size", {"train.batch_tokens"}}, Meant{"training", {"train"}},
                    Meant{"testing", {"decode", "eval"}}, Meant{"dataset", {"data"}}, Meant{"train.seed", {"run.seed"}},
                    Meant{"dataset.train", {"data.train"}}, Meant{"train.tokenizer", {"tokenizer"}},
                    Meant{"training.label_smoothing", {"train.label_smoothing"}},
                    Meant{"data.validation.src", {"data.validation.source"}},
                    Meant{"data.test.tgt", {"data.test.target"}}, Meant{"decode.batch_size", {"decode.batch_tokens"}},
                    Meant{"decode.nbest", {"decode.n_best"}}, Meant{"learning_rte", {"optimizer.learning_rate"}},
                    Meant{"train.num_haeds", {"model.num_heads"}}, Meant{"nonsense.d_model", {"model.d_model"}},
                    Meant{"x.model", {"model"}}),
    test_name);

INSTANTIATE_TEST_SUITE_P(
    ByPartOfItsName, EveryUnknownKey,
    testing::Values(Meant{"train.validate", {"train.validate_every", "train.validate_every_epochs"}},
                    Meant{"optimizer.norm", {"optimizer.clip_norm"}}, Meant{"train.save", {"train.save_every"}},
                    Meant{"opt", {"optimizer"}}, Meant{"decode.max_len_ratio", {"decode.max_length_ratio"}}),
    test_name);

// A guess would be another thing than what is written.
INSTANTIATE_TEST_SUITE_P(WithoutAKeyLikeIt, EveryUnknownKey,
                         testing::Values(Meant{"decode.fertility", {}}, Meant{"decode.quota", {}},
                                         Meant{"decode.lexicon", {}}, Meant{"model.zzz", {}}, Meant{"data.type", {}},
                                         Meant{"train.max", {}}, Meant{"", {}}, Meant{".", {}}, Meant{"model.", {}},
                                         Meant{"...", {}}, Meant{"model.<<", {}}),
                         [](const auto& row) { return "Number" + std::to_string(row.index); });

TEST(KeyHint, SaysWhatDiffers) {
  EXPECT_EQ(unknown_key("train.batch_size", KeySpelling::kInSection),
            "unknown key 'train.batch_size' (did you mean 'batch_tokens', which counts tokens, not sentences?)");
  EXPECT_EQ(unknown_key("model.layers", KeySpelling::kOption),
            "unknown key 'model.layers' (did you mean '--model.num_encoder_layers' and '--model.num_decoder_layers'?)");
  EXPECT_EQ(unknown_key("train.batch_type", KeySpelling::kInSection),
            "unknown key 'train.batch_type' (batches are measured in tokens: train.batch_tokens)");
  EXPECT_EQ(unknown_key("model.learning_rate", KeySpelling::kInSection),
            "unknown key 'model.learning_rate' (did you mean 'optimizer.learning_rate'?)");
}

TEST(ForeignNames, LeadToKeysThatExistAndAreNoneThemselves) {
  std::set<std::string_view> names;
  for (const ForeignNames& row : foreign_names()) {
    for (const std::string_view key : split_at_spaces(row.keys))
      EXPECT_TRUE(find_key(key) || find_section(key)) << key << " is no key";
    EXPECT_FALSE(row.keys.empty() && row.note.empty()) << row.names;
    for (const std::string_view name : split_at_spaces(row.names)) {
      EXPECT_TRUE(names.insert(name).second) << name << " stands there twice";
      EXPECT_EQ(name, canonical(name));
      EXPECT_FALSE(find_key(name) || find_section(name)) << name << " is a key";
    }
  }
  EXPECT_GT(names.size(), 400u);
}

// No row is dead: each name gives its own row's keys, and no message is a page.
TEST(ForeignNames, EachIsAnsweredWithItsRowInOneLine) {
  for (const ForeignNames& row : foreign_names()) {
    for (std::string_view name : split_at_spaces(row.names)) {
      if (name.starts_with('.')) name.remove_prefix(1);
      EXPECT_EQ(key_hint(name).note, row.note) << name;
      const std::string message = unknown_key(std::string(name), KeySpelling::kFull);
      EXPECT_LT(message.size(), 180u) << message;
      for (const std::string_view key : split_at_spaces(row.keys))
        EXPECT_THAT(message, testing::HasSubstr(split_name(key).key)) << name;
    }
  }
}

}  // namespace
}  // namespace heed
