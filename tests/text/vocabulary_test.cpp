#include "text/vocabulary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/json_object.h"

namespace heed {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const DataError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Vocabulary, JsonGivesBackTheSameVocabularyAndTheSameBytes) {
  const Vocabulary vocabulary({"<pad>", "<unk>", "<s>", "</s>", "\u2581ü\"\\", "\U0001F600"}, {}, "test");
  const Vocabulary again = Vocabulary::from_json(JsonObject::parse(vocabulary.to_json(), "test"));
  EXPECT_EQ(again, vocabulary);
  EXPECT_EQ(again.to_json(), vocabulary.to_json());
  EXPECT_EQ(again.find("\u2581ü\"\\"), 4);
  EXPECT_EQ(again.find("ü"), std::nullopt);
}

TEST(Vocabulary, SpecialIdsAreThoseGiven) {
  const Vocabulary vocabulary({"<unk>", "<s>", "</s>", "a"}, {-1, 0, 1, 2}, "imported");
  EXPECT_TRUE(vocabulary.is_special(2));
  EXPECT_FALSE(vocabulary.is_special(3));
  EXPECT_EQ(Vocabulary::from_json(JsonObject::parse(vocabulary.to_json(), "test")).special().pad, -1);
}

TEST(Vocabulary, UnusablePiecesAreNamed) {
  const auto make = [](std::vector<std::string> pieces, SpecialIds special) {
    return error_of([&] { Vocabulary(pieces, special, "v.json"); });
  };
  EXPECT_EQ(make({"p", "u", "b", "e", "x", "x"}, {}), "v.json: piece 'x' stands twice, as 4 and 5");
  EXPECT_EQ(make({"p", "u", "b", "e", ""}, {}), "v.json: piece 4 is empty");
  EXPECT_EQ(make({"p", "u", "b", "e", "\xC3"}, {}), "v.json: piece 4 is not UTF-8");
  EXPECT_EQ(make({"p", "u", "b"}, {}), "v.json: no eos piece (found id 3 of 3 pieces)");
  EXPECT_EQ(make({"p", "u", "b", "e"}, {0, 1, 2, 2}), "v.json: pad, unk, bos and eos must be different pieces");
  EXPECT_EQ(make({"p", "u", "b", "e"}, {3, 1, 2, 3}), "v.json: pad, unk, bos and eos must be different pieces");
}

TEST(Vocabulary, DamagedJsonIsADataErrorWhereverItIsCut) {
  const std::string json = Vocabulary({"<pad>", "<unk>", "<s>", "</s>", "a"}, {}, "test").to_json();
  for (size_t size = 0; size + 2 < json.size(); ++size) {
    ASSERT_THAT(error_of([&] { Vocabulary::from_json(JsonObject::parse(json.substr(0, size), "v.json")); }),
                HasSubstr("v.json: "))
        << size;
  }
  EXPECT_EQ(error_of([&] { Vocabulary::from_json(JsonObject::parse("{\"pad\": 0}", "v.json")); }),
            "v.json: key 'unk' is missing, expected a whole number");
}

// Whatever stands in place of a key's value is a DataError that names it.
TEST(Vocabulary, EveryKeyIsCheckedForItsKind) {
  const std::string json = Vocabulary({"<pad>", "<unk>", "<s>", "</s>", "a"}, {}, "test").to_json();
  for (const std::string key : {"pad", "unk", "bos", "eos", "pieces"})
    for (const char* bad :
         {"null", "true", "\"x\"", "{}", "[1]", "[[\"a\"]]", "1.5", "-7", "5", "1e30", "99999999999999999999"}) {
      nlohmann::json changed = nlohmann::json::parse(json);
      changed[key] = nlohmann::json::parse(bad);
      EXPECT_THAT(error_of([&] { Vocabulary::from_json(JsonObject::parse(changed.dump(), "v.json")); }),
                  AllOf(HasSubstr("v.json: "), HasSubstr(key)))
          << bad;
    }
}

}  // namespace
}  // namespace heed
