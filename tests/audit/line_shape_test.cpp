#include "audit/line_shape.h"

#include <gtest/gtest.h>

#include <set>

#include "text/generated_text.h"

namespace heed {
namespace {

TEST(LineShape, CountsCharactersNotBytes) {
  EXPECT_EQ(shape_of("Mädchen 犬").characters, 9u);
  EXPECT_EQ(shape_of("abc").characters, 3u);
}

TEST(LineShape, ABlankLineHasNoCharacters) {
  for (const char* blank : {"", " \t", "\u3000\u200B"}) EXPECT_EQ(shape_of(blank).characters, 0u) << blank;
}

TEST(LineShape, DifferentLinesHaveDifferentHashes) {
  std::set<uint64_t> hashes;
  std::set<std::string> lines;
  for (const std::string& line : generated_lines(3000, 7))
    for (const std::string& one : {line, line + " ", line.substr(1)}) {
      lines.insert(one);
      hashes.insert(shape_of(one).hash);
    }
  EXPECT_EQ(hashes.size(), lines.size());
  EXPECT_EQ(shape_of("a b").hash, shape_of(std::string("a b")).hash);
  EXPECT_NE(shape_of(std::string("a\0", 2)).hash, shape_of("a").hash);  // zeros at the end count
}

}  // namespace
}  // namespace heed
