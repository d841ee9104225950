#include "config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "config/rules.h"
#include "core/error.h"
#include "core/random.h"

namespace heed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Every key away from its default, as a person would write it.
const char* const kEverything = R"(
run: {cpu: some, directory: "runs/Ünïcode \"quoted\" \t: #x", seed: 9223372036854775807, device: cuda:1, precision: bf16, threads: 3,
      cuda_graphs: false, gpu_name: other}
data:
  train: {source: [a.en, "b c.en.gz"], target: [a.de, 'b c.de.gz']}
  validation: {source: ../v.en, target: ./v.de}
  test: {source: "1.0", target: "true"}
  max_source_length: 100
  max_target_length: 101
  max_characters: 102
  too_long: truncate
  invalid_utf8: replace
  cache_directory: /var/cache
tokenizer: {type: unigram, vocab_size: 321, shared: false, sampling: 0.2, normalization: nfkc_cf,
            character_coverage: 0.9995, user_symbols: ["<a>", "[", "null"], source_model: s.model, target_model: t.model,
            training_lines: 7}
model: {encoder: recurrent, decoder: recurrent, cell: lstm, recurrence: luong, norm_type: rms, kernel_width: 5, input_feeding: false,
        bridge: mean, variational_dropout: true, coverage: true, coverage_loss: 0.7,
        d_model: 48, d_ff: 49, num_heads: 6, num_encoder_layers: 1,
        num_decoder_layers: 2, dropout: 0.30000000000000004, attention_dropout: 1.0e-3, activation_dropout: .5,
        activation: swish, norm: post, positions: learned, max_positions: 200, tie_embeddings: decoder,
        output_bias: true, initialization: pytorch, num_key_heads: 2,
        encoder_attention: {score: dot, normalizer: sparsemax, reach: window, window_behind: 3, window_ahead: 4,
                            stride: 5, rank: 6, max_span: 7, span_ramp: 8, span_penalty: 0.1, num_heads: 2,
                            dropout: 0.1},
        decoder_attention: {score: general, normalizer: entmax15, reach: strided, window_behind: 6, window_ahead: 7,
                            stride: 8, rank: 7, max_span: 8, span_ramp: 9, span_penalty: 0.2, num_heads: 4, dropout: 0},
        cross_attention: {score: euclidean, normalizer: entmax15, reach: local_monotonic, window_behind: 9,
                          window_ahead: 10, stride: 11, rank: 8, max_span: 9, span_ramp: 10, span_penalty: 0.3,
                          num_heads: 8, dropout: 0.25}}
optimizer: {type: adamw, learning_rate: 5e-324, betas: [0.8, 0.95], epsilon: 1.0e-9, weight_decay: 0.01, momentum: 0.5,
            clip_norm: 1.7976931348623157e308}
schedule: {type: cosine, warmup_steps: 2, decay_start_step: 3, final_ratio: 0.1, factor: 2}
train: {max_steps: 11, max_epochs: 12, max_minutes: 0.5, batch_tokens: 13, accumulation_steps: 14, label_smoothing: 0,
        ema: 0.999, max_bad_updates: 15, log_every: 16, validate_every: 17, validate_every_epochs: 18,
        validation_beam_size: 19, sample_lines: 20, save_every: 21, keep: 22, patience: 23,
        early_stopping_metric: perplexity, initialize_from: other, initialize_tokenizer: false,
        guided_alignment: [f.align, g.align], guided_alignment_weight: 0.3, guided_alignment_head: 2,
        objective: minimum_risk, reward: rougeL, reward_samples: 5, risk_sharpness: 0.1, cross_entropy_weight: 0.2}
decode: {beam_size: 3, n_best: 2, length_penalty: -0.5, length_penalty_type: wu, max_length: 4, batch_tokens: 5,
         max_length_ratio: 1.5, allow_unk: true, precision: int8, min_length: 2,
         min_length_ratio: 0.5, no_repeat_ngram_size: 3, repetition_penalty: 1.2, beam_groups: 3, diversity_penalty: 0.1,
         sampling: true, temperature: 0.8, top_k: 4, top_p: 0.9, sampling_seed: 3, mbr: bleu, mbr_candidates: 5,
         replace_unknown: true, coverage_penalty: 0.3, patience: 1.5}
eval: {metrics: [chrf], bleu_tokenize: zh}
)";

template <Section T>
std::vector<std::string> keys_of(const std::string& prefix) {
  std::vector<std::string> keys;
  T::fields([&](std::string_view key, auto member, auto...) {
    using Value = std::remove_cvref_t<decltype(std::declval<T&>().*member)>;
    const std::string name = prefix + std::string(key);
    if constexpr (Section<Value>) {
      for (const std::string& inner : keys_of<Value>(name + ".")) keys.push_back(inner);
    } else {
      keys.push_back(name);
    }
  });
  return keys;
}

TEST(Config, EveryKeyCanBeSetAndIsTheOnlyDifferenceFromTheDefaults) {
  std::vector<std::string> unchanged = keys_of<Config>("");
  const std::vector<std::string> changed = differing_keys(Config(), parse_config(kEverything, "c.yaml"));
  std::erase_if(unchanged, [&](const std::string& key) {
    return std::find(changed.begin(), changed.end(), key) != changed.end();
  });
  // The first needs tokenizer.shared, the second is written as the default.
  EXPECT_THAT(unchanged, ElementsAre("model.copy", "optimizer.epsilon"));
}

TEST(Config, ADumpReadsBackAsTheSameConfigAndTheSameBytes) {
  for (const Config& config : {Config(), parse_config(kEverything, "c.yaml")}) {
    const std::string dump = dump_config(config);
    const Config again = parse_config(dump, "dump");
    EXPECT_THAT(differing_keys(config, again), IsEmpty());
    EXPECT_EQ(again, config);
    EXPECT_EQ(dump_config(again), dump);
  }
}

TEST(Config, ADumpNamesEveryKey) {
  const std::string dump = dump_config(Config());
  for (const std::string& key : keys_of<Config>("")) {
    EXPECT_THAT(dump, HasSubstr(" " + key.substr(key.rfind('.') + 1) + ": ")) << key;
  }
}

TEST(Config, ADumpKeepsEveryBitOfADouble) {
  RandomStream stream(random_key(1, Purpose::kToy));
  for (int trial = 0; trial < 1000; ++trial) {
    Config config;
    config.optimizer.learning_rate = std::ldexp(0.5 + stream.uniform() / 2, static_cast<int>(stream.below(600)) - 300);
    EXPECT_EQ(parse_config(dump_config(config), "dump"), config);
  }
}

TEST(Config, ADumpIsReadAlikeByYamlOnePointOne) {
  Config config;
  config.run.directory = "yes";
  config.data.cache_directory = "1:20";
  const std::string dump = dump_config(config);
  EXPECT_THAT(dump, HasSubstr("epsilon: 1.0e-09\n"));
  EXPECT_THAT(dump, HasSubstr("directory: \"yes\"\n"));
  EXPECT_THAT(dump, HasSubstr("cache_directory: \"1:20\"\n"));
}

TEST(Config, ADumpHoldsNothingThatATerminalObeys) {
  Config config;
  config.run.directory = "a\x1b[31m\u009b\u202e\u2028b\n\u6f22";
  const std::string dump = dump_config(config);
  EXPECT_THAT(dump, HasSubstr("directory: \"a\\x1b[31m\\x9b\\u202e\\u2028b\\x0a\u6f22\"\n"));
  EXPECT_EQ(parse_config(dump, "dump"), config);
}

TEST(Config, ADumpKeepsEveryText) {
  const std::vector<std::string> texts = {"",
                                          " ",
                                          "a b",
                                          "~",
                                          "null",
                                          "True",
                                          "NO",
                                          "y",
                                          "12",
                                          "1e3",
                                          ".inf",
                                          "...",
                                          "---",
                                          "- a",
                                          "a: b",
                                          "a:b",
                                          "a #b",
                                          "#",
                                          "[a]",
                                          "{a",
                                          "*a",
                                          "&a",
                                          "!a",
                                          "|",
                                          ">",
                                          "'",
                                          "\"",
                                          "\\",
                                          "\\n",
                                          "a\nb",
                                          "\r\n",
                                          "\t",
                                          "\x01\x1f\x7f",
                                          "é",
                                          "日本",
                                          "\xc2\x85",
                                          "\xe2\x80\xa8",
                                          "\xef\xbb\xbf",
                                          "\xf0\x9f\x98\x80",
                                          "%",
                                          "@a",
                                          "`",
                                          "?",
                                          "? a",
                                          ",",
                                          "a,b",
                                          "//",
                                          "../a",
                                          ".a",
                                          "-",
                                          "-1",
                                          "<<"};
  for (const std::string& text : texts) {
    Config config;
    config.run.directory = text;
    config.data.cache_directory = text + text;
    config.tokenizer.user_symbols = {text + "x", text + "y"};
    EXPECT_EQ(parse_config(dump_config(config), "dump"), config) << text;
  }
}

TEST(Config, DifferingKeysHaveTheirFullNames) {
  Config a;
  Config b;
  b.data.train.source = {"x"};
  b.run.seed = 2;
  b.eval.metrics.clear();
  EXPECT_THAT(differing_keys(a, b), ElementsAre("run.seed", "data.train.source", "eval.metrics"));
  EXPECT_THAT(differing_keys(a, a), IsEmpty());
}

TEST(Config, TheValueOfAKeyIsWhatTheDumpSays) {
  const Config config = parse_config(kEverything, "c.yaml");
  const std::string dump = dump_config(config);
  for (const std::string& key : keys_of<Config>("")) {
    EXPECT_THAT(dump, HasSubstr(" " + key.substr(key.rfind('.') + 1) + ": " + value_of(config, key) + "\n")) << key;
  }
  EXPECT_EQ(value_of(config, "data.train.target"), "[a.de, \"b c.de.gz\"]");
  EXPECT_EQ(value_of(Config(), "optimizer.learning_rate"), "0.001");
  for (const char* name : {"", "model", "learning_rate", "data.train", "optimizer.learning_rate.x"})
    EXPECT_THROW(value_of(config, name), ConfigError) << name;
}

// One to three characters replaced, put in or taken out.
std::string damaged(std::string text, RandomStream& stream) {
  static const std::string kAlphabet = ":{}[],&*!|>'\"%@`#- \n\t~?01.exy\\";
  for (uint64_t edit = stream.below(3); edit < 3; ++edit) {
    const size_t at = stream.below(text.size());
    const char c = kAlphabet[stream.below(kAlphabet.size())];
    switch (stream.below(3)) {
      case 0:
        text[at] = c;
        break;
      case 1:
        text.insert(at, 1, c);
        break;
      default:
        text.erase(at, 1 + stream.below(5));
    }
  }
  return text;
}

TEST(Config, DamagedTextIsReadOrRefusedAndWhatIsReadRoundTrips) {
  RandomStream stream(random_key(2, Purpose::kToy));
  int read = 0;
  for (int trial = 0; trial < 2000; ++trial) {
    const std::string text = damaged(kEverything, stream);
    try {
      const Config config = parse_config(text, "c.yaml");
      EXPECT_EQ(parse_config(dump_config(config), "dump"), config) << text;
      ++read;
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), HasSubstr("c.yaml"));
    }
  }
  EXPECT_GT(read, 50);
  EXPECT_LT(read, 1950);
}

// Checkpoints of before these keys had their names.
TEST(Config, WhatTrainingWroteUnderEarlierNamesIsUnderstood) {
  const auto written = [](const std::string& attention, const std::string& score) {
    return parse_config("run: {cpu: some}\nmodel: {decoder: recurrent, attention: " + attention +
                            ", attention_score: " + score + "}\n",
                        "c.yaml")
        .model;
  };
  EXPECT_EQ(written("luong", "concat").recurrence, RecurrenceType::kLuong);
  EXPECT_EQ(written("luong", "concat").cross_attention.score, ScoreType::kAdditive);
  EXPECT_EQ(written("luong", "dot").cross_attention.score, ScoreType::kDot);
  EXPECT_EQ(written("bahdanau", "general").recurrence, RecurrenceType::kBahdanau);
  EXPECT_EQ(written("bahdanau", "general").cross_attention.score, ScoreType::kAuto);
  try {
    parse_config("model: {decoder: recurrent, attention: luong}\n", "c.yaml");  // a person's
    FAIL() << "accepted";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("did you mean 'recurrence'"));
  }
}

// The heads are those of a model that is still to be read.
TEST(Config, TheGuidedHeadOfAnotherModelIsNotLookedAt) {
  Config config =
      parse_config("train: {guided_alignment: f, guided_alignment_head: 6, initialize_from: run}", "c.yaml");
  EXPECT_THROW(check_guided_model(config), ConfigError);
  config.model.num_heads = 8;
  config.model.d_model = 256;
  EXPECT_NO_THROW(check_guided_model(config));
}

}  // namespace
}  // namespace heed
