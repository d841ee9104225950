#include "checkpoint/manifest.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/sha256.h"

namespace heed {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;

const std::string kDigest = sha256_hex("content");

std::string rejection(const std::string& bytes) {
  try {
    parse_manifest(bytes, "manifest.json");
  } catch (const CheckpointError& error) {
    return error.what();
  }
  return "accepted";
}

// Closes a manifest whose canonical text without its own sum is `body` + "\n}\n".
std::string closed(const std::string& body) {
  return body + ",\n  \"sha256\": \"" + sha256_hex(body + "\n}\n") + "\"\n}\n";
}

TEST(Manifest, IsTheCanonicalTextOfItsHeader) {
  const std::string body = "{\n  \"files\": {\n    \"a\": {\n      \"sha256\": \"" + kDigest +
                           "\",\n      \"size\": 7\n    }\n  },\n  "
                           "\"format_version\": 1";
  EXPECT_EQ(serialize_manifest({{"a", {7, kDigest}}}), closed(body));
  const Manifest manifest = parse_manifest(closed(body), "manifest.json");
  EXPECT_EQ(manifest.at("a").size, 7u);
  EXPECT_EQ(manifest.at("a").sha256, kDigest);
}

TEST(Manifest, NewerFormatIsSaidToBeOne) {
  EXPECT_THAT(rejection(closed("{\n  \"files\": {},\n  \"format_version\": 2")),
              HasSubstr("format version 2, this program reads version 1"));
}

TEST(Manifest, OtherTextOfTheSameJsonIsDamage) {
  const std::string text = serialize_manifest({{"a", {7, kDigest}}});
  for (const std::string& other : {" " + text, text + " ", text.substr(0, text.size() - 1)})
    EXPECT_THAT(rejection(other), HasSubstr("does not agree with its own sha256"));
  std::string reordered = text;
  reordered.replace(reordered.find("\"size\": 7"), 9, "\"size\": 7, \"size\": 7");
  EXPECT_THAT(rejection(reordered), HasSubstr("does not agree with its own sha256"));
}

TEST(Manifest, WhatIsNoManifestIsRefused) {
  for (const std::string bytes : {"", "{", "[]", "null", "{}", "{\"sha256\": 1}", "\xff"})
    EXPECT_THAT(rejection(bytes), HasSubstr("this is no manifest")) << bytes;
  EXPECT_NE(rejection("{\"sha256\": " + std::string(1000000, '[')), "accepted");
  EXPECT_NE(rejection("{\"a\": " + std::string(1000000, '[') + std::string(1000000, ']') + ", \"sha256\": \"\"}"),
            "accepted");
}

// The manifest with its sum made right, as a stranger would.
std::string closed(nlohmann::json manifest) {
  manifest.erase("sha256");
  manifest["sha256"] = sha256_hex(manifest.dump(2) + "\n");
  return manifest.dump(2) + "\n";
}

TEST(Manifest, EveryFieldIsCheckedForItsKindAndRange) {
  const nlohmann::json manifest = nlohmann::json::parse(serialize_manifest({{"a", {7, kDigest}}}));
  ASSERT_EQ(rejection(closed(manifest)), "accepted");
  using Pointer = nlohmann::json::json_pointer;
  for (const Pointer& field : {Pointer("/files"), Pointer("/files/a"), Pointer("/files/a/size"),
                               Pointer("/files/a/sha256"), Pointer("/format_version")}) {
    for (const char* bad : {"null", "true", "\"x\"", "[]", "-1", "7.0", "1e300", "99999999999999999999"}) {
      nlohmann::json changed = manifest;
      changed[field] = nlohmann::json::parse(bad);
      EXPECT_THAT(rejection(closed(changed)),
                  AllOf(HasSubstr("manifest.json: "), AnyOf(HasSubstr(field.back()), HasSubstr("format version -1"))))
          << bad;
    }
  }
  for (const Pointer& field :
       {Pointer("/files"), Pointer("/files/a/size"), Pointer("/files/a/sha256"), Pointer("/format_version")}) {
    nlohmann::json without = manifest;
    without[field.parent_pointer()].erase(field.back());
    EXPECT_THAT(rejection(closed(without)), HasSubstr(field.back() + "' is missing, expected "));
  }
  for (const Pointer& field : {Pointer("/more"), Pointer("/files/a/more")}) {
    nlohmann::json more = manifest;
    more[field] = 1;
    EXPECT_THAT(rejection(closed(more)), HasSubstr("unknown key"));
  }
}

TEST(Manifest, PlainNamesStayInTheirDirectory) {
  for (const char* name : {"a", "tokenizer.model", ".hidden", "..a", "\u00fc"})
    EXPECT_TRUE(is_plain_name(name)) << name;
  for (const std::string& name :
       {std::string(), std::string("."), std::string(".."), std::string("a/b"), std::string("/"), std::string("a\\b"),
        std::string("a\0b", 3), std::string("\xff"), std::string("a\n")})
    EXPECT_FALSE(is_plain_name(name)) << name;
}

}  // namespace
}  // namespace heed
