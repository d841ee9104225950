#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config.h"
#include "core/error.h"

namespace heed {
namespace {

// What the loader says of one argument after a file that sets d_model; "" where it takes it.
std::string complaint(const std::string& argument) {
  try {
    parse_config("model:\n  d_model: 512\n", "c.yaml", {argument});
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

struct BadOverride {
  const char* name;
  std::string text;
  std::string message;
};

std::ostream& operator<<(std::ostream& out, const BadOverride& bad) { return out << bad.name; }

class EveryBadOverride : public testing::TestWithParam<BadOverride> {};

TEST_P(EveryBadOverride, NamesItsKeyAsTyped) { EXPECT_EQ(complaint(GetParam().text), GetParam().message); }

INSTANTIATE_TEST_SUITE_P(
    CommandLine, EveryBadOverride,
    testing::Values(
        BadOverride{"UnknownKey", "model.num_head=4",
                    "command line: --model.num_head: unknown key 'model.num_head' (did you mean '--model.num_heads'?)"},
        BadOverride{
            "UnknownSection", "modle.num_heads=4",
            "command line: --modle.num_heads: unknown key 'modle.num_heads' (did you mean '--model.num_heads'?)"},
        BadOverride{
            "UnknownInnerKey", "data.train.sorce=a",
            "command line: --data.train.sorce: unknown key 'data.train.sorce' (did you mean '--data.train.source'?)"},
        BadOverride{"BelowAScalar", "model.d_ff.x=4",
                    "command line: --model.d_ff.x: model.d_ff must be an integer from 1 to 262144, got a mapping (heed "
                    "config model lists its keys)"},
        BadOverride{"Value", "model.d_ff=010",
                    "command line: --model.d_ff: model.d_ff must be an integer from 1 to 262144, got '010' (a leading "
                    "zero may mean octal: drop it)"},
        BadOverride{"NoValue", "model.d_ff=",
                    "command line: --model.d_ff: model.d_ff must be an integer from 1 to 262144, got ''"},
        BadOverride{"NoEquals", "model.d_ff", "command line: --model.d_ff: expected --section.key=value"},
        BadOverride{"NoSection", "seed=1", "command line: --seed: unknown key 'seed' (did you mean '--run.seed'?)"},
        BadOverride{"ASectionAlone", "model={d_model: 8}", "command line: --model: expected --section.key=value"},
        BadOverride{"NoSuchSectionNorKey", "foo.bar=1",
                    "command line: --foo.bar: unknown key 'foo.bar' (heed config lists all keys)"},
        BadOverride{"ControlCharacters", "a\x1b[1m.b=1",
                    "command line: --a\x1b[1m.b: unknown key 'a\\x1b[1m.b' (heed config lists all keys)"},
        BadOverride{"Latin1", "run.directory=caf\xe9", "command line: --run.directory: not UTF-8 text"},
        BadOverride{"RuleIsBlamedOnTheCommandLine", "model.num_heads=7",
                    "command line: --model.num_heads: model.num_heads must divide model.d_model (512), got 7"},
        BadOverride{"RuleOnAnotherKey", "model.d_model=250",
                    "command line: --model.d_model: model.num_heads must divide model.d_model (250), got 4"}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(BadOverride, WhatIsNoYamlNamesItsKeyToo) {
  EXPECT_THAT(complaint("eval.metrics=[bleu"), testing::StartsWith("command line: --eval.metrics: not valid YAML: "));
}

}  // namespace
}  // namespace heed
