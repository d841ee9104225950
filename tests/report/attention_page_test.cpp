#include "report/attention_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "report/attention_json.h"
#include "report/sample_attention.h"

namespace heed {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// What the page does in a browser: tests/interop/attention_page.py.

TEST(AttentionPage, HoldsTheRoundedNumbersAndTheTitle) {
  const AttentionView view = sample_attention(5);
  const std::string page = attention_page(view, "a < b");
  EXPECT_THAT(page, HasSubstr(attention_json(view, WeightDigits::kFour)));
  EXPECT_THAT(page, HasSubstr("<title>a &lt; b</title>"));
}

TEST(AttentionPage, NeedsNoNetwork) {
  const std::string page = attention_page(sample_attention(5), "t");
  for (const char* outside : {"http:", "https:", "src=", "href=", "url(", "@import"})
    EXPECT_THAT(page, Not(HasSubstr(outside)));
}

TEST(AttentionPage, ATokenCannotEndTheScript) {
  AttentionView view;
  view.source = {{"</script><script>alert(1)</script>"}, {0}};
  const std::string page = attention_page(view, "</title><script>");
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, Not(HasSubstr("</title><script>")));
}

TEST(AttentionPage, AViewThatContradictsItselfIsRefused) {
  AttentionView view = sample_attention(1);
  view.maps[0].rows = 7;
  EXPECT_THROW(attention_page(view, "t"), std::invalid_argument);
}

}  // namespace
}  // namespace heed
