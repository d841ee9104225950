#include "report/attention_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

#include "report/attention_json.h"
#include "report/captures.h"
#include "report/sample_attention.h"

namespace heed {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// What the page does in a browser: tests/interop/attention_page.py.

TEST(AttentionPage, HoldsTheRoundedNumbersAndTheTitle) {
  const AttentionView view = sample_attention(5);
  const std::string page = attention_page(view, "a < b");
  EXPECT_THAT(page, HasSubstr(attention_json(view, WeightDigits::kFour)));
  EXPECT_THAT(page, HasSubstr("<title>a &lt; b</title>"));
}

std::vector<ModelAttention> two_models() {
  return {{"runs/a", sample_attention(5)}, {"runs/<b>", sample_attention(5, 2, 3)}};
}

TEST(AttentionPage, HasASectionForEachModel) {
  const std::string page = comparison_page(two_models(), "t");
  EXPECT_THAT(page, HasSubstr(comparison_json(two_models(), WeightDigits::kFour)));
  EXPECT_THAT(captures(page, "<section class=\"(model)\">").size(), 2U);
  EXPECT_THAT(captures(page, "<h2>([^<]*)</h2>"), ElementsAre("runs/a", "runs/&lt;b&gt;"));
  EXPECT_THAT(captures(page, "<h1>([^<]*)</h1>"), ElementsAre("t"));
}

TEST(AttentionPage, AnIdStandsOnce) {
  for (const std::string& page : {attention_page(sample_attention(5), "t"), comparison_page(two_models(), "t")}) {
    const std::vector<std::string> ids = captures(page, " id=\"([^\"]*)\"");
    EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size());
    for (const std::string& labelled : captures(page, "aria-labelledby=\"([^\"]*)\""))
      EXPECT_THAT(ids, Contains(labelled));
  }
}

TEST(AttentionPage, NeedsNoNetwork) {
  for (const std::string& page : {attention_page(sample_attention(5), "t"), comparison_page(two_models(), "t")})
    for (const char* outside : {"http:", "https:", "src=", "href=", "url(", "@import"})
      EXPECT_THAT(page, Not(HasSubstr(outside)));
}

TEST(AttentionPage, ATokenCannotEndTheScript) {
  AttentionView view;
  view.source = {{"</script><script>alert(1)</script>"}, {0}};
  const std::string end = "</title><script>";
  for (const std::string& page : {attention_page(view, end), comparison_page({{end, view}}, end)}) {
    EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
    EXPECT_THAT(page, Not(HasSubstr(end)));
  }
}

TEST(AttentionPage, AViewThatContradictsItselfIsRefused) {
  AttentionView view = sample_attention(1);
  view.maps[0].rows = 7;
  EXPECT_THROW(attention_page(view, "t"), std::invalid_argument);
}

}  // namespace
}  // namespace heed
