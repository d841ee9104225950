#include "report/systems_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <stdexcept>

#include "report/captures.h"

namespace heed {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// What the page does in a browser: tests/interop/systems_page.py.

SystemsView two_systems() {
  SystemsView view;
  view.metrics = {{"BLEU", "nrefs:1|<x>", false}, {"TER", "nrefs:1", true}};
  view.systems = {{"a", {{31.2, Interval{31.1, 1.25}, {}}, {50, {}, {}}}},
                  {"<b>", {{33.456, Interval{33.4, 1.5}, 0.012}, {49, {}, 0.4}}}};
  view.references = {"r"};
  view.lines = {{{"the dog"}, {"a dog", "the </script> \"dog\"\\\x01"}, {10, 20.25, 30, 1.0 / 3}}};
  return view;
}

TEST(SystemsPage, HoldsTextsAndScoresAsJson) {
  EXPECT_EQ(
      systems_json(two_systems()),
      R"({"metrics":[{"name":"BLEU","less":false},{"name":"TER","less":true}],"systems":["a","\u003cb>"],"references":["r"],"lines":[)"
      "\n"
      R"({"r":[["the"," dog"]],"t":[["a"," dog"],["the"," \u003c/script>"," \"dog\"\\\u0001"]],"s":[10.0000,20.2500,30.0000,0.3333]}]})"
      "\n");
  EXPECT_THAT(systems_page(two_systems(), "t"), HasSubstr(systems_json(two_systems())));
}

TEST(SystemsPage, AScoreThatIsNoNumberIsNull) {
  SystemsView view = two_systems();
  view.lines[0].scores[1] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(systems_json(view), HasSubstr("[10.0000,null,30.0000,0.3333]"));
}

TEST(SystemsPage, HasTheTableOfScores) {
  const std::string page = systems_page(two_systems(), "a & b");
  EXPECT_THAT(captures(page, "<h1>([^\n]*)</h1>"), ElementsAre("a &amp; b"));
  EXPECT_THAT(captures(page, "<tr><th>([^\n]*?)</th><td>"), ElementsAre("a <span>(baseline)</span>", "&lt;b&gt;"));
  EXPECT_THAT(page,
              HasSubstr("<td><b>33.46</b> <span>33.40 ± 1.50</span> <span class=\"sure\">p = 0.0120*</span></td>"));
  EXPECT_THAT(page, HasSubstr("<td><b>49.00</b> <span>p = 0.4000</span></td>"));
  EXPECT_THAT(page, HasSubstr("<code>nrefs:1|&lt;x&gt;</code>"));
}

TEST(SystemsPage, SaysWhatIsThereOnly) {
  SystemsView view = two_systems();
  view.systems.pop_back();
  view.systems[0].results[0].interval.reset();
  view.lines[0].translations.pop_back();
  view.lines[0].scores.resize(2);
  const std::string page = systems_page(view, "t");
  for (const char* absent : {"(baseline)", "± holds", "p: how"}) EXPECT_THAT(page, Not(HasSubstr(absent)));
}

TEST(SystemsPage, AnIdStandsOnce) {
  const std::string page = systems_page(two_systems(), "t");
  const std::vector<std::string> ids = captures(page, " id=\"([^\"]*)\"");
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size());
  for (const std::string& labelled : captures(page, "aria-labelledby=\"([^\"]*)\""))
    EXPECT_THAT(ids, Contains(labelled));
}

TEST(SystemsPage, NeedsNoNetwork) {
  for (const char* outside : {"http:", "https:", "src=", "href=", "url(", "@import"})
    EXPECT_THAT(systems_page(two_systems(), "t"), Not(HasSubstr(outside)));
}

TEST(SystemsPage, ATextOrANameCannotEndTheScript) {
  const std::string page = systems_page(two_systems(), "</title><script>");
  EXPECT_EQ(captures(page, "(</?script)").size(), 4U);
  EXPECT_EQ(captures(page, "(</title>)").size(), 1U);
}

TEST(SystemsPage, WhatDoesNotFitTogetherIsRefused) {
  EXPECT_THROW(systems_page({}, "t"), std::invalid_argument);
  SystemsView view = two_systems();
  view.lines[0].scores.pop_back();
  EXPECT_THROW(systems_page(view, "t"), std::invalid_argument);
  view = two_systems();
  view.lines[0].references.clear();
  EXPECT_THROW(systems_page(view, "t"), std::invalid_argument);
}

}  // namespace
}  // namespace heed
