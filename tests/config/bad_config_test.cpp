#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config.h"
#include "core/error.h"

namespace heed {
namespace {

// What the loader says of a config; "" where it takes it. Anything but a ConfigError fails the test.
std::string complaint(const std::string& yaml) {
  try {
    parse_config(yaml, "c.yaml");
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

struct BadConfig {
  const char* name;
  std::string yaml;
  std::string message;  // the whole of it
};

std::ostream& operator<<(std::ostream& out, const BadConfig& bad) { return out << bad.name; }

class EveryBadConfig : public testing::TestWithParam<BadConfig> {};

TEST_P(EveryBadConfig, IsRefusedWithPlaceExpectationAndFinding) {
  EXPECT_EQ(complaint(GetParam().yaml), GetParam().message);
}

constexpr auto kName = [](const auto& tested) { return std::string(tested.param.name); };

INSTANTIATE_TEST_SUITE_P(
    Keys, EveryBadConfig,
    testing::Values(BadConfig{"Unknown", "optimizer:\n  type: adam\n  learning_rte: 1\n",
                              "c.yaml:3:3: unknown key 'optimizer.learning_rte' (did you mean 'learning_rate'?)"},
                    BadConfig{"UnknownSection", "modle: {d_model: 8}\n",
                              "c.yaml:1:1: unknown key 'modle' (did you mean 'model'?)"},
                    BadConfig{"UnknownInInnerSection", "data:\n  train: {sorce: a}\n",
                              "c.yaml:2:11: unknown key 'data.train.sorce' (did you mean 'source'?)"},
                    BadConfig{"OfAnotherSection", "learning_rate: 0.1\n",
                              "c.yaml:1:1: unknown key 'learning_rate' (did you mean 'optimizer.learning_rate'?)"},
                    BadConfig{"LikeNoOther", "eval:\n  zzzzzz: 1\n",
                              "c.yaml:2:3: unknown key 'eval.zzzzzz' (heed config eval lists its keys)"},
                    BadConfig{"Merge", "model: {<<: {d_model: 8}}\n",
                              "c.yaml:1:9: unknown key 'model.<<' (heed config model lists its keys)"},
                    BadConfig{"Duplicate", "model:\n  d_model: 8\n  d_ff: 9\n  d_model: 8\n",
                              "c.yaml:4:3: duplicate key 'model.d_model'"},
                    BadConfig{"DuplicateSection", "eval: {}\neval: {}\n", "c.yaml:2:1: duplicate key 'eval'"},
                    BadConfig{"NotAName", "eval: {[a]: 1}\n", "c.yaml:1:8: a key must be a name, got a list of 1"},
                    BadConfig{"Null", "eval: {~: 1}\n", "c.yaml:1:8: a key must be a name, got nothing"}),
    kName);

INSTANTIATE_TEST_SUITE_P(
    Nesting, EveryBadConfig,
    testing::Values(
        BadConfig{"Empty", "", "c.yaml: the configuration is empty"},
        BadConfig{"CommentOnly", "# nothing\n", "c.yaml: the configuration is empty"},
        BadConfig{"Null", "~\n", "c.yaml: the configuration is empty"},
        BadConfig{"Scalar", "hello\n",
                  "c.yaml:1:1: a configuration must consist of sections, got 'hello' (heed config lists all keys)"},
        BadConfig{"List", "- eval: {}\n",
                  "c.yaml:1:1: a configuration must consist of sections, got a list of 1 (heed config lists all keys)"},
        BadConfig{"ScalarForSection", "eval: 5\n",
                  "c.yaml:1:7: eval must be a section, got '5' (heed config eval lists its keys)"},
        BadConfig{"NothingForSection", "data:\n  train:\n",
                  "c.yaml:2:3: data.train has no value: give it one, or remove the key"},
        BadConfig{"SectionForScalar", "model:\n  d_ff: {a: 1}\n",
                  "c.yaml:2:9: model.d_ff must be an integer from 1 to 262144, got a mapping (heed config model lists "
                  "its keys)"},
        BadConfig{"ListForScalar", "model:\n  d_ff: [1]\n",
                  "c.yaml:2:9: model.d_ff must be an integer from 1 to 262144, got a list of 1"},
        BadConfig{"SectionForList", "eval: {metrics: {bleu: 1}}\n",
                  "c.yaml:1:17: eval.metrics must be a list of bleu, chrf, ter, rouge1, rouge2, rougeL, rougeLsum and "
                  "exact_match, "
                  "got a mapping (heed config eval lists "
                  "its keys)"},
        BadConfig{"ListInList", "eval: {metrics: [[bleu]]}\n",
                  "c.yaml:1:18: eval.metrics must be a list of bleu, chrf, ter, rouge1, rouge2, rougeL, rougeLsum and "
                  "exact_match, "
                  "got a list of 1"},
        BadConfig{"TwoDocuments", "eval: {}\n---\neval: {}\n", "c.yaml: expected one YAML document, found more"},
        BadConfig{"EndlessDocuments", ",T", "c.yaml: expected one YAML document, found more"},
        BadConfig{"SelfAnchor", "eval: &a {metrics: *a}\n",
                  "c.yaml:1:7: eval.metrics must be a list of bleu, chrf, ter, rouge1, rouge2, rougeL, rougeLsum and "
                  "exact_match, "
                  "got a mapping (heed config eval lists its "
                  "keys)"},
        BadConfig{"SelfAnchorInList", "eval: {metrics: &a [*a]}\n",
                  "c.yaml:1:17: eval.metrics must be a list of bleu, chrf, ter, rouge1, rouge2, rougeL, rougeLsum and "
                  "exact_match, "
                  "got a list of 1"},
        BadConfig{"Tag", "model: {d_ff: !!int 8}\n",
                  "c.yaml:1:15: YAML tags are not used here: remove 'tag:yaml.org,2002:int'"}),
    kName);

INSTANTIATE_TEST_SUITE_P(
    Scalars, EveryBadConfig,
    testing::Values(
        BadConfig{"Negative", "train: {batch_tokens: -1}\n",
                  "c.yaml:1:23: train.batch_tokens must be an integer from 1 to 1073741824, got '-1'"},
        BadConfig{"Octal", "train: {batch_tokens: 010}\n",
                  "c.yaml:1:23: train.batch_tokens must be an integer from 1 to 1073741824, got '010' (a leading zero "
                  "may mean octal: drop it)"},
        BadConfig{"OctalReal", "model: {dropout: 00.5}\n",
                  "c.yaml:1:18: model.dropout must be a number from 0 to below 1, got '00.5' (a leading zero may mean "
                  "octal: drop it)"},
        BadConfig{"Exponent", "train: {batch_tokens: 1e3}\n",
                  "c.yaml:1:23: train.batch_tokens must be an integer from 1 to 1073741824, got '1e3' (write it in "
                  "digits alone)"},
        BadConfig{"InfiniteInteger", "train: {batch_tokens: inf}\n",
                  "c.yaml:1:23: train.batch_tokens must be an integer from 1 to 1073741824, got 'inf'"},
        BadConfig{"Hexadecimal", "train: {batch_tokens: 0x10}\n",
                  "c.yaml:1:23: train.batch_tokens must be an integer from 1 to 1073741824, got '0x10'"},
        BadConfig{"Separator", "train: {batch_tokens: 1_000}\n",
                  "c.yaml:1:23: train.batch_tokens must be an integer from 1 to 1073741824, got '1_000'"},
        BadConfig{"Nan", "optimizer: {learning_rate: .nan}\n",
                  "c.yaml:1:28: optimizer.learning_rate must be a number above 0, got '.nan'"},
        BadConfig{"Infinity", "optimizer: {learning_rate: .inf}\n",
                  "c.yaml:1:28: optimizer.learning_rate must be a number above 0, got '.inf'"},
        BadConfig{"CNan", "optimizer: {learning_rate: nan}\n",
                  "c.yaml:1:28: optimizer.learning_rate must be a number above 0, got 'nan'"},
        BadConfig{"CInfinity", "optimizer: {learning_rate: inf}\n",
                  "c.yaml:1:28: optimizer.learning_rate must be a number above 0, got 'inf'"},
        BadConfig{"TooLargeForDouble", "optimizer: {learning_rate: 1e999}\n",
                  "c.yaml:1:28: optimizer.learning_rate must be a number above 0, got '1e999' (it does not fit into 64 "
                  "bits)"},
        BadConfig{"TooLarge", "train: {batch_tokens: 99999999999}\n",
                  "c.yaml:1:23: train.batch_tokens must be an integer from 1 to 1073741824, got '99999999999'"},
        BadConfig{"TooLargeForInteger", "run: {seed: 99999999999999999999}\n",
                  "c.yaml:1:13: run.seed must be an integer of at least 0, got '99999999999999999999' (it does not fit "
                  "into 64 bits)"},
        BadConfig{"Yes", "tokenizer: {shared: yes}\n",
                  "c.yaml:1:21: tokenizer.shared must be true or false, got 'yes'"},
        BadConfig{"QuotedBoolean", "tokenizer: {shared: 'true'}\n",
                  "c.yaml:1:21: tokenizer.shared must be true or false, got 'true' (remove the quotes)"},
        BadConfig{"QuotedInteger", "model: {num_heads: '5'}\n",
                  "c.yaml:1:20: model.num_heads must be an integer from 1 to 1024, got '5' (remove the quotes)"},
        BadConfig{"QuotedReal", "model: {dropout: \"0.5\"}\n",
                  "c.yaml:1:18: model.dropout must be a number from 0 to below 1, got '0.5' (remove the quotes)"},
        BadConfig{"DropoutAboveOne", "model: {dropout: 1.5}\n",
                  "c.yaml:1:18: model.dropout must be a number from 0 to below 1, got '1.5'"},
        BadConfig{"DropoutOfOne", "model: {dropout: 1}\n",
                  "c.yaml:1:18: model.dropout must be a number from 0 to below 1, got '1'"},
        BadConfig{"Length", "data: {max_source_length: 0}\n",
                  "c.yaml:1:27: data.max_source_length must be an integer from 1 to 1048576, got '0'"},
        BadConfig{"Nothing", "run:\n  directory:\n  seed: 1\n",
                  "c.yaml:2:3: run.directory has no value: give it one, or remove the key"},
        BadConfig{"Enumerator", "tokenizer: {type: bep}\n",
                  "c.yaml:1:19: tokenizer.type must be bpe, unigram, char, word or none, got 'bep' (did you mean "
                  "'bpe'?)"},
        BadConfig{"ListElement", "eval: {metrics: [bleu, blue]}\n",
                  "c.yaml:1:24: eval.metrics must be bleu, chrf, ter, rouge1, rouge2, rougeL, rougeLsum or "
                  "exact_match, got 'blue' "
                  "(did you mean 'bleu'?)"},
        BadConfig{"OneBeta", "optimizer: {betas: [0.9]}\n",
                  "c.yaml:1:20: optimizer.betas must be a list of two numbers from 0 to below 1, got a list of 1"},
        BadConfig{"ScalarForBetas", "optimizer: {betas: 0.9}\n",
                  "c.yaml:1:20: optimizer.betas must be a list of two numbers from 0 to below 1, got '0.9'"},
        BadConfig{"BetaOfOne", "optimizer: {betas: [0.9, 1]}\n",
                  "c.yaml:1:26: optimizer.betas must be a number from 0 to below 1, got '1'"},
        BadConfig{"EscapedNul", "run: {directory: \"a\\0b\"}\n",
                  "c.yaml:1:18: run.directory must be text, got 'a\\x00b' (it holds a NUL)"}),
    kName);

INSTANTIATE_TEST_SUITE_P(Bytes, EveryBadConfig,
                         testing::Values(BadConfig{"Latin1", "run:\n  directory: caf\xe9\n",
                                                   "c.yaml:2:17: a configuration must be UTF-8 text"},
                                         BadConfig{"Nul", std::string("run: {seed:\0 1}\n", 16),
                                                   "c.yaml:1:12: a configuration holds no NUL"}),
                         kName);

INSTANTIATE_TEST_SUITE_P(
    Rules, EveryBadConfig,
    testing::Values(
        BadConfig{"Heads", "model:\n  d_model: 512\n  num_heads: 7\n",
                  "c.yaml:3:14: model.num_heads must divide model.d_model (512), got 7"},
        BadConfig{"HeadsOfOneAttention", "model:\n  cross_attention: {num_heads: 7}\n",
                  "c.yaml:2:32: model.cross_attention.num_heads must divide model.d_model (256), got 7"},
        BadConfig{
            "OddRotaryHeads", "model: {d_model: 12, num_heads: 4, positions: rotary}\n",
            "c.yaml:1:47: model.positions rotary turns pairs of columns: a head's size, model.d_model by its heads, "
            "must be even"},
        BadConfig{
            "NegativeDropoutOfOneAttention", "model:\n  cross_attention: {dropout: -0.5}\n",
            "c.yaml:2:30: model.cross_attention.dropout must be -1 (as model.attention_dropout) or at least 0, got "
            "-0.5"},
        BadConfig{"KeyHeads", "model: {num_heads: 8, num_key_heads: 3}\n",
                  "c.yaml:1:38: model.num_key_heads must divide model.num_heads (8), got 3"},
        BadConfig{
            "StridedCrossAttention", "model: {cross_attention: {reach: strided}}\n",
            "c.yaml:1:34: model.cross_attention.reach must be global, local_monotonic, local_predictive or low_rank, "
            "got strided"},
        BadConfig{"LowRankRecurrentDecoder", "model: {decoder: recurrent, cross_attention: {reach: low_rank}}\n",
                  "c.yaml:1:54: model.cross_attention.reach must be global, local_monotonic or local_predictive, got "
                  "low_rank"},
        BadConfig{"CausalLowRank", "model: {decoder_attention: {reach: low_rank}}\n",
                  "c.yaml:1:36: model.decoder_attention.reach must be global, window, strided or adaptive_span, got "
                  "low_rank"},
        BadConfig{"AdditiveRotary", "model: {positions: rotary, encoder_attention: {score: additive}}\n",
                  "c.yaml:1:55: model.encoder_attention.score additive knows no positions by rotation: choose another "
                  "score, or other model.positions than rotary"},
        BadConfig{"LowRankAlibi", "model: {positions: alibi, encoder_attention: {reach: low_rank}}\n",
                  "c.yaml:1:54: model.encoder_attention.reach low_rank mixes keys of many positions, of which "
                  "model.positions alibi says nothing: choose sinusoidal, learned or none"},
        BadConfig{
            "EmptyPredictedWindow", "model: {cross_attention: {reach: local_predictive, window_behind: 0}}\n",
            "c.yaml:1:67: model.cross_attention.window_behind must be at least 1 for a reach of local_predictive, "
            "whose window could else be empty"},
        BadConfig{"ConvolutionsWithRotaryPositions", "model: {encoder: convolutional, positions: rotary}\n",
                  "c.yaml:1:44: model.positions must be sinusoidal, learned or none for a convolutional encoder, got "
                  "rotary"},
        BadConfig{"GuideOfTooManyFiles", "data: {train: {source: a, target: b}}\ntrain: {guided_alignment: [f, g]}\n",
                  "c.yaml:2:27: train.guided_alignment names 2 files but data.train.source 1: each belongs to one"},
        BadConfig{
            "CopyingBetweenVocabularies", "tokenizer: {shared: false}\nmodel: {copy: true, tie_embeddings: none}\n",
            "c.yaml:2:15: model.copy needs one vocabulary, so that words of the source are words of the target: set "
            "tokenizer.shared: true"},
        BadConfig{"PatienceForTooFew", "decode: {n_best: 5, patience: 0.2}\n",
                  "c.yaml:1:31: decode.patience ends a search with 1 hypotheses, and decode.n_best wants 5"},
        BadConfig{
            "UnknownWordsReplacedAndCopied",
            "tokenizer: {type: word}\nmodel: {copy: true}\ndecode: {allow_unk: true, replace_unknown: true}\n",
            "c.yaml:3:44: decode.replace_unknown is for models that do not copy unknown words themselves (model.copy "
            "with tokenizer.type word or none)"},
        BadConfig{"GuideOfNoHead", "train: {guided_alignment: f, guided_alignment_head: 4}\n",
                  "c.yaml:1:53: train.guided_alignment_head must be below the heads of cross-attention (4), got 4"},
        BadConfig{
            "GuideOfMixtures", "model: {cross_attention: {reach: low_rank}}\ntrain: {guided_alignment: f}\n",
            "c.yaml:2:27: train.guided_alignment has nothing to teach a reach of low_rank, whose keys are no words"},
        BadConfig{"EvenKernel", "model: {encoder: convolutional, kernel_width: 4}\n",
                  "c.yaml:1:47: model.kernel_width must be odd, as many rows before as after, got 4"},
        BadConfig{"MonotonicSelfAttention", "model: {encoder_attention: {reach: local_monotonic}}\n",
                  "c.yaml:1:36: model.encoder_attention.reach must be global, window, strided, low_rank or "
                  "adaptive_span, got "
                  "local_monotonic"},
        BadConfig{"HeadsByDefault", "model: {d_model: 250}\n",
                  "c.yaml:1:18: model.num_heads must divide model.d_model (250), got 4"},
        BadConfig{"OddWidth", "model: {d_model: 9, num_heads: 3}\n",
                  "c.yaml:1:18: model.d_model must be even for sinusoidal positions, got 9"},
        BadConfig{"TiedButSeparate", "tokenizer: {shared: false}\n",
                  "c.yaml:1:21: model.tie_embeddings all needs one vocabulary: set tokenizer.shared: true or "
                  "tie_embeddings: decoder"},
        BadConfig{
            "Positions", "model: {positions: learned, max_positions: 100}\n",
            "c.yaml:1:44: model.max_positions must be at least 257 (the longest sentence allowed and its end), "
            "got 100: set data.max_source_length and data.max_target_length to at most 99, or max_positions to 0 in "
            "a new model"},
        BadConfig{"Pairs", "data: {train: {source: [a, b], target: c}}\n",
                  "c.yaml:1:24: data.train.source names 2 files but data.train.target 1: files are read in pairs"},
        BadConfig{"OneSide", "data: {test: {source: a}}\n",
                  "c.yaml:1:23: data.test.source names 1 file but data.test.target 0: files are read in pairs"},
        BadConfig{"EmptyName", "data: {test: {source: a, target: ''}}\n",
                  "c.yaml:1:34: data.test.target holds an empty file name"},
        BadConfig{"NoiseForWords", "tokenizer: {type: word, sampling: 0.1}\n",
                  "c.yaml:1:35: tokenizer.sampling must be 0 for tokenizer.type word: only bpe and unigram have noise"},
        BadConfig{"NoProbability", "tokenizer: {sampling: 1.5}\n",
                  "c.yaml:1:23: tokenizer.sampling is a probability for bpe: at most 1, got 1.5"},
        BadConfig{"SymbolTwice", "tokenizer: {user_symbols: [<a>, <a>]}\n",
                  "c.yaml:1:27: tokenizer.user_symbols must be different and not empty"},
        BadConfig{"OneModelOfTwo", "tokenizer: {shared: false, source_model: a}\nmodel: {tie_embeddings: none}\n",
                  "c.yaml:1:42: tokenizer.source_model and target_model must both be given, or neither"},
        BadConfig{"TwoModelsForOne", "tokenizer: {source_model: a, target_model: b}\n",
                  "c.yaml:1:44: tokenizer.target_model must be empty where tokenizer.shared is true: source_model "
                  "serves both sides"},
        BadConfig{"ModelForTokens", "tokenizer: {type: none, source_model: a}\n",
                  "c.yaml:1:19: tokenizer.type none uses no sentencepiece model: leave source_model and target_model "
                  "empty"},
        BadConfig{"EndlessDecay", "schedule: {type: linear}\ntrain: {max_steps: 0}\n",
                  "c.yaml:1:18: schedule.type linear ends at train.max_steps, which must not be 0"},
        BadConfig{"LongWarmup", "schedule: {type: cosine}\ntrain: {max_steps: 1000}\n",
                  "c.yaml:2:20: schedule.warmup_steps must be below train.max_steps (1000) for schedule.type cosine, "
                  "got 1000"},
        BadConfig{"LateDecay", "schedule: {type: linear, decay_start_step: 10000}\n",
                  "c.yaml:1:44: schedule.decay_start_step must be below train.max_steps (10000) for schedule.type "
                  "linear, got 10000"},
        BadConfig{"NBest", "decode: {n_best: 6}\n",
                  "c.yaml:1:18: decode.n_best must be at most decode.beam_size (5), got 6"},
        BadConfig{"MetricTwice", "eval: {metrics: [bleu, bleu]}\n", "c.yaml:1:17: eval.metrics names a metric twice"},
        BadConfig{"Device", "run: {device: gpu}\n",
                  "c.yaml:1:15: run.device must be auto, cpu, cuda or cuda:N, got 'gpu' (did you mean 'cuda'?)"},
        BadConfig{"DeviceNumber", "run: {device: 'cuda:x'}\n",
                  "c.yaml:1:15: run.device must be auto, cpu, cuda or cuda:N, got 'cuda:x' (did you mean 'cuda'?)"}),
    kName);

// The text after the colon is yaml-cpp's own.
TEST(BadConfig, WhatIsNoYamlIsPlacedToo) {
  EXPECT_THAT(complaint("eval: *a\n"), testing::StartsWith("c.yaml:1:7: not valid YAML: "));
  EXPECT_THAT(complaint("eval: {metrics: [bleu\n"), testing::StartsWith("c.yaml:2:1: not valid YAML: "));
}

// Whatever line of whatever block is indented by them; spaces in their place are right.
TEST(BadConfig, TabsThatIndentAreNamedWithTheirPlace) {
  const std::vector<std::string> lines = {"run:", "  seed: 2", "data:", "  train:", "    source: a", "    target: [b]"};
  for (size_t wrong = 0; wrong < lines.size(); ++wrong) {
    if (lines[wrong][0] != ' ') continue;
    for (const char* tab : {"\t", " \t", "\t\t", "  \t"}) {
      std::string yaml;
      for (size_t i = 0; i < lines.size(); ++i) {
        const std::string text = lines[i].substr(lines[i].find_first_not_of(' '));
        yaml += (i == wrong ? tab + text : lines[i]) + "\n";
      }
      const std::string column = std::to_string(std::string(tab).find('\t') + 1);
      EXPECT_EQ(complaint(yaml),
                "c.yaml:" + std::to_string(wrong + 1) + ":" + column + ": tabs may not indent: use spaces")
          << yaml;
    }
  }
}

TEST(BadConfig, TabsElsewhereAreWhiteSpaceAndNotBlamed) {
  EXPECT_EQ(complaint("run:\n  seed:\t2\t# c\nmodel: {d_model: 8,\n\td_ff: 9}\n"), "");
  EXPECT_THAT(complaint("run:\n  seed:\t[2\n"), testing::HasSubstr("not valid YAML"));
}

TEST(BadConfig, DeepNestingIsAnErrorAndNoCrash) {
  EXPECT_THAT(complaint("eval: {metrics: " + std::string(100'000, '[')), testing::HasSubstr("c.yaml:1:"));
  EXPECT_THAT(complaint(std::string(100'000, '{')), testing::HasSubstr("c.yaml:1:"));
  std::string block;
  for (int depth = 0; depth < 3'000; ++depth) block += std::string(depth, ' ') + "a:\n";
  EXPECT_THAT(complaint(block), testing::HasSubstr("c.yaml:"));
}

TEST(BadConfig, AFileThatIsNotThereIsNamed) {
  EXPECT_THROW(load_config("configs"), ConfigError);
  try {
    load_config("configs/no such.yaml");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), testing::StartsWith("configs/no such.yaml: cannot read"));
  }
}

}  // namespace
}  // namespace heed
