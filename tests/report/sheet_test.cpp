#include "report/sheet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/captures.h"

namespace heed {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Sheet sample() {
  Sheet sheet{"audit of <my>.yaml", {}, {}};
  sheet.findings = {{true, "2 pairs are bad", {"train.en:1", "train.en:2"}, "and 1 more"}, {false, "1 is odd", {}, ""}};
  sheet.sections = {{"train: 5 pairs",
                     {"source", "target"},
                     {{"wörter", {"1,000", "2"}}, {"both", {"a value as long as it may be"}}},
                     {{"lengths", "pieces", "lines", ScaleKind::kLinear, {0, 1, 2}, {3, 4}, false, {}}}}};
  return sheet;
}

TEST(Sheet, AsTextIsAligned) {
  EXPECT_EQ(sheet_text(sample()),
            "audit of <my>.yaml\n"
            "\n"
            "! 2 pairs are bad\n"
            "    train.en:1\n"
            "    train.en:2\n"
            "    and 1 more\n"
            "- 1 is odd\n"
            "\n"
            "train: 5 pairs\n"
            "          source  target\n"
            "  wörter  1,000   2\n"
            "  both    a value as long as it may be\n");
}

TEST(Sheet, AsTextGivesATerminalNoOrders) {
  Sheet sheet = sample();
  sheet.findings[0].places = {"a\x1b[2J\nb"};
  sheet.sections[0].title = "t\x1b";
  EXPECT_THAT(sheet_text(sheet), HasSubstr("    a\\x1b[2J\\nb\n"));
  EXPECT_THAT(sheet_text(sheet), Not(HasSubstr("\x1b")));
  EXPECT_THAT(sheet_page(sheet), Not(HasSubstr("\x1b")));
}

TEST(Sheet, AsAPageHasTheSameFindingsAndThePlots) {
  const std::string page = sheet_page(sample());
  EXPECT_THAT(page, ::testing::StartsWith("<!DOCTYPE html>"));
  EXPECT_THAT(page, HasSubstr("<h1>audit of &lt;my&gt;.yaml</h1>"));
  EXPECT_THAT(page, HasSubstr("<li class=\"grave\">2 pairs are bad\n<ul>\n<li>train.en:1</li>\n<li>train.en:2</li>\n"
                              "<li>and 1 more</li>\n</ul></li>"));
  EXPECT_THAT(page, HasSubstr("<li>1 is odd</li>"));
  EXPECT_THAT(page, HasSubstr("<td colspan=\"2\">a value as long as it may be</td>"));
  EXPECT_EQ(captures(page, "(<svg )").size(), 1u);
}

TEST(Sheet, AsAPageNeedsNothingElseAndIsReadableInTheDark) {
  std::string page = sheet_page(sample());
  const std::string name_space = "http://www.w3.org/2000/svg";  // a name, never fetched
  for (size_t at; (at = page.find(name_space)) != std::string::npos;) page.erase(at, name_space.size());
  for (const char* outside : {"http", "src=", "href", "@import", "url(", "<script"})
    EXPECT_THAT(page, Not(HasSubstr(outside)));
  EXPECT_THAT(page, HasSubstr("color-scheme: light dark"));
  EXPECT_THAT(page, HasSubstr("@media (prefers-color-scheme: dark)"));
}

}  // namespace
}  // namespace heed
