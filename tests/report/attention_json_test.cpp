#include "report/attention_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

namespace heed {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

AttentionView one_cell(const std::string& token, float weight) {
  AttentionView view;
  view.source = {{token}, {0}};
  view.target = {{"\u2581x"}, {-1}};
  view.maps = {{{AttentionKind::kCross, 1, 2}, 1, 1, {weight}}};
  return view;
}

TEST(AttentionJson, NamesEveryFieldOfTheView) {
  EXPECT_EQ(attention_json(one_cell("a", .25f)), R"({"source": {"tokens": ["a"], "words": [0]},
"target": {"tokens": ["▁x"], "words": [-1]},
"target_input": {"tokens": [], "words": []},
"maps": [
{"kind": "cross", "layer": 1, "head": 2, "weights": [[0.25]]}]}
)");
}

TEST(AttentionJson, OfSeveralModelsNamesEachAndHoldsWhatEachWouldHave) {
  EXPECT_EQ(comparison_json({{"runs/\"a\"", one_cell("a", .25f)}, {"b", one_cell("c", 1)}}),
            R"({"models": [
{"model": "runs/\"a\"",
"source": {"tokens": ["a"], "words": [0]},
"target": {"tokens": ["▁x"], "words": [-1]},
"target_input": {"tokens": [], "words": []},
"maps": [
{"kind": "cross", "layer": 1, "head": 2, "weights": [[0.25]]}]},
{"model": "b",
"source": {"tokens": ["c"], "words": [0]},
"target": {"tokens": ["▁x"], "words": [-1]},
"target_input": {"tokens": [], "words": []},
"maps": [
{"kind": "cross", "layer": 1, "head": 2, "weights": [[1]]}]}]}
)");
}

TEST(AttentionJson, EscapesWhatStringsAndScriptsMustNotHold) {
  const std::string json = attention_json(one_cell("</script><!--\"\\\n\x01\xff", 1));
  EXPECT_THAT(json, HasSubstr(R"("\u003c/script>\u003c!--\"\\\u000a\u0001)"
                              "\uFFFD\""));
  EXPECT_THAT(json, Not(HasSubstr("<")));
}

TEST(AttentionJson, WeightsReadBackAsTheSameFloatOrAreRoundedToFourDecimals) {
  for (const float weight : {1.0f / 3, 1e-10f, 0.1f, 0.0f, 1.0f}) {
    const std::string json = attention_json(one_cell("a", weight));
    EXPECT_EQ(std::stof(json.substr(json.find("[[") + 2)), weight);
  }
  const auto rounded = [](float weight) { return attention_json(one_cell("a", weight), WeightDigits::kFour); };
  EXPECT_THAT(rounded(1.0f / 3), HasSubstr("[[0.3333]]"));
  EXPECT_THAT(rounded(0.5f), HasSubstr("[[0.5]]"));
  EXPECT_THAT(rounded(1e-6f), HasSubstr("[[0]]"));
  EXPECT_THAT(rounded(-1e-6f), HasSubstr("[[0]]"));
  EXPECT_THAT(rounded(1), HasSubstr("[[1]]"));
}

TEST(AttentionJson, AWeightThatIsNoNumberIsNull) {
  EXPECT_THAT(attention_json(one_cell("a", std::numeric_limits<float>::quiet_NaN())), HasSubstr("[[null]]"));
  EXPECT_THAT(attention_json(one_cell("a", std::numeric_limits<float>::infinity())), HasSubstr("[[null]]"));
}

TEST(AttentionJson, AViewThatContradictsItselfIsRefused) {
  AttentionView view = one_cell("a", 1);
  view.maps[0].weights.clear();
  EXPECT_THROW(attention_json(view), std::invalid_argument);
}

}  // namespace
}  // namespace heed
