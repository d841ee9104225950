#include "tensor/safetensors.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include <cstring>
#include <limits>

#include "core/error.h"
#include "core/random.h"
#include "core/sha256.h"
#include "support/scratch_directory.h"

namespace heed {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

// A file with this header, unpadded, and this many zero bytes of data.
std::string file_with(const std::string& json, size_t data_bytes = 0) {
  std::string length(8, '\0');
  const uint64_t size = json.size();
  std::memcpy(length.data(), &size, 8);
  return length + json + std::string(data_bytes, '\0');
}

std::string rejection(const std::string& bytes) {
  try {
    parse_safetensors(bytes, "file");
  } catch (const CheckpointError& error) {
    EXPECT_EQ(std::string(error.what()).rfind("file: ", 0), 0u) << error.what();
    return error.what();
  }
  return "accepted";
}

at::Tensor of_type(const at::Tensor& values, at::ScalarType type) { return values.to(type); }

TensorMap every_type() {
  return {{"b", at::tensor({1, 0, 1}).to(at::kBool)},
          {"u", of_type(at::tensor({0, 255}), at::kByte)},
          {"i8", of_type(at::tensor({-128}), at::kChar)},
          {"i16", of_type(at::tensor({-3}), at::kShort).reshape({1, 1})},
          {"i32", of_type(at::tensor({5, 6}), at::kInt)},
          {"s", at::scalar_tensor(-7, at::kLong)},
          {"h", of_type(at::tensor({1.5}), at::kHalf)},
          {"bf", of_type(at::tensor({-2.0, 3.0}), at::kBFloat16)},
          {"w", at::arange(6, at::kFloat).sub(2.5).reshape({2, 3})},
          {"quote\"\\\n\u00e9", of_type(at::tensor({1.0}), at::kFloat)},
          {"e", at::zeros({0, 3}, at::kDouble)}};
}

void expect_equal(const TensorMap& found, const TensorMap& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (const auto& [name, tensor] : expected) {
    ASSERT_EQ(found.count(name), 1u) << name;
    EXPECT_EQ(found.at(name).scalar_type(), tensor.scalar_type()) << name;
    EXPECT_EQ(found.at(name).sizes(), tensor.sizes()) << name;
    EXPECT_TRUE(at::equal(found.at(name), tensor)) << name;
  }
}

// The two golden files of the reference implementation's own tests (safetensors/src/tensor.rs).
TEST(Safetensors, EmptyFilesHaveTheBytesOfTheReference) {
  EXPECT_EQ(serialize_safetensors({}, {}), "\x08\0\0\0\0\0\0\0{}      "s);
  const std::string header = "{\"__metadata__\":{\"framework\":\"pt\"}}     ";
  EXPECT_EQ(serialize_safetensors({}, {{"framework", "pt"}}), "\x28\0\0\0\0\0\0\0"s + header);
}

// sha256(safetensors.torch.save(the same tensors, metadata={"format": "pt"})), safetensors 0.8.0, torch 2.11:
// see tests/interop/safetensors_round_trip.py.
TEST(Safetensors, AllTypesHaveTheBytesOfTheReferenceWriter) {
  const std::string bytes = serialize_safetensors(every_type());
  EXPECT_EQ(bytes.size(), 722u);
  EXPECT_EQ(bytes.size(), safetensors_size(every_type()));
  EXPECT_EQ(sha256_hex(bytes), "12ffe23b4a0e456424df85914b4eb15123473e2ec40e475af3354e816d0e4676");
}

TEST(Safetensors, RoundTripKeepsTypesShapesValuesAndMetadata) {
  const TensorMetadata metadata = {{"format", "pt"}, {"schl\u00fcssel", "\"quoted\"\n"}};
  const Safetensors file = parse_safetensors(serialize_safetensors(every_type(), metadata), "file");
  expect_equal(file.tensors, every_type());
  EXPECT_EQ(file.metadata, metadata);
}

TEST(Safetensors, RoundTripThroughAFileAndALink) {
  ScratchDirectory directory;
  put(directory / "a", serialize_safetensors(every_type()));
  std::filesystem::create_symlink("a", directory / "b");
  expect_equal(read_safetensors(directory / "b").tensors, every_type());
}

TEST(Safetensors, ViewsAreWrittenInRowMajorOrder) {
  const at::Tensor matrix = at::arange(12, at::kFloat).reshape({3, 4});
  const TensorMap views = {{"t", matrix.t()}, {"column", matrix.select(1, 2)}, {"rows", matrix.slice(0, 1)}};
  expect_equal(parse_safetensors(serialize_safetensors(views), "file").tensors, views);
}

TEST(Safetensors, WhatTheFormatCannotHoldIsRefusedByTheWriter) {
  EXPECT_THROW(serialize_safetensors({{"c", at::zeros({1}, at::kComplexFloat)}}), CheckpointError);
  EXPECT_THROW(serialize_safetensors({{"undefined", at::Tensor()}}), CheckpointError);
  EXPECT_THROW(serialize_safetensors({{"__metadata__", at::zeros({1})}}), CheckpointError);
  EXPECT_THROW(serialize_safetensors({{"\xff", at::zeros({1})}}), CheckpointError);
}

struct Malformed {
  std::string name, bytes, message;
};

std::string entry(const std::string& shape, const std::string& offsets, const std::string& type = "F32") {
  return R"({"dtype":")" + type + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

std::vector<Malformed> malformed_files() {
  const std::string ok = entry("[1]", "[0,4]");
  const auto one = [](const std::string& value, size_t data = 4) { return file_with("{\"a\":" + value + "}", data); };
  return {
      {"Empty", "", "0 bytes are too few"},
      {"SevenBytes", "1234567", "7 bytes are too few"},
      {"Zeros", std::string(100, '\0'), "does not start with '{'"},
      {"HeaderBeyondTheFile", "\xff\0\0\0\0\0\0\0{}"s, "header length is 255 but only 2 bytes follow"},
      {"HeaderOverTheLimit", "\x01\xe1\xf5\x05\0\0\0\0{}"s, "over the limit of 100000000"},
      {"HeaderLengthWraps", std::string(8, '\xff') + "{}", "header length 18446744073709551615 is over the limit"},
      {"LeadingSpace", file_with(" {}"), "does not start with '{'"},
      {"NotAnObject", file_with("[]"), "does not start with '{'"},
      {"Unfinished", file_with("{\"a\":"), "not JSON from byte"},
      {"Garbage", file_with("{}x"), "not JSON from byte 3"},
      {"TwoObjects", file_with("{}{}"), "not JSON from byte 3"},
      {"NotUtf8", file_with("{\"\xff\":" + ok + "}", 4), "not JSON from byte"},
      {"DeepNesting", file_with("{\"a\":" + std::string(100000, '[')), "a list where the format has none"},
      {"DeepObjects", file_with("{\"a\":{\"dtype\":{"), "an object where the format has none"},
      {"EntryIsNull", one("null"), "null where the format has none"},
      {"EntryIsText", one("\"x\""), "a text where"},
      {"EntryIsTrue", one("true"), "true or false where"},
      {"TwiceTheName", file_with("{\"a\":" + ok + ",\"a\":" + ok + "}", 4), "the name 'a' occurs twice"},
      {"TwiceMetadata", file_with(R"({"__metadata__":{},"__metadata__":{}})"), "the name '__metadata__' occurs twice"},
      {"TwiceAMetadataKey", file_with(R"({"__metadata__":{"k":"1","k":"1"}})"),
       "the key 'k' occurs twice in __metadata__"},
      {"MetadataNumber", file_with(R"({"__metadata__":{"k":1}})"), "__metadata__ holds a number"},
      {"MetadataList", file_with(R"({"__metadata__":[]})"), "a list where"},
      {"TwiceAField", one(R"({"dtype":"F32","dtype":"F32"})"), "has the key 'dtype' twice"},
      {"UnknownField", one(R"({"dtype":"F32","stride":[1]})"), "unknown key 'stride'"},
      {"LacksAField", one(R"({"dtype":"F32","shape":[1]})"), "lacks dtype, shape or data_offsets"},
      {"UnknownType", one(entry("[1]", "[0,4]", "F8_E4M3")), "has type 'F8_E4M3'"},
      {"TypeIsNumber", one(R"({"dtype":5})"), "a number where"},
      {"NegativeDimension", one(entry("[-1]", "[0,4]")), "-1 is negative"},
      {"NegativeOffset", one(entry("[1]", "[-4,0]")), "-4 is negative"},
      {"FractionalDimension", one(entry("[1.0]", "[0,4]")), "1.0 is not an integer"},
      {"DimensionOver64Bits", one(entry("[18446744073709551616]", "[0,4]")), "is not an integer of 64 bits"},
      {"DimensionOver63Bits", one(entry("[9223372036854775808]", "[0,4]")), "9223372036854775808 is too large"},
      // The product of these wraps to 0 and to 1 element in 64 bits (LiteRT#9255, syoyo/safetensors-cpp).
      {"ShapeWrapsToZero", one(entry("[4294967296,4294967296]", "[0,0]"), 0), "more elements than a 64-bit size"},
      {"ShapeWrapsToOne", one(entry("[274177,67280421310721]", "[0,4]")), "more elements than a 64-bit size"},
      {"BytesWrap", one(entry("[4611686018427387905]", "[0,4]")), "more elements than a 64-bit size"},
      {"EmptyButHuge", one(entry("[0,4294967296,4294967296]", "[0,0]"), 0), "more elements than a 64-bit size"},
      {"SixtyFiveDimensions",
       one(entry(
           "[1" +
               [] {
                 std::string ones;
                 for (int i = 0; i < 64; ++i) ones += ",1";
                 return ones;
               }() +
               "]",
           "[0,4]")),
       "more than 64 dimensions"},
      {"NestedShape", one(entry("[[1]]", "[0,4]")), "a list where"},
      {"OneOffset", one(entry("[1]", "[0]")), "data_offsets has 1 numbers"},
      {"ThreeOffsets", one(entry("[1]", "[0,4,4]")), "more than 2 numbers"},
      {"OffsetsReversed", one(entry("[1]", "[4,0]")), "end before they begin"},
      {"SizeTooSmall", one(entry("[2]", "[0,4]")), "need 8 bytes, data_offsets give 4"},
      {"SizeTooLarge", one(entry("[]", "[0,8]"), 8), "need 4 bytes, data_offsets give 8"},
      {"HoleAtTheStart", one(entry("[1]", "[4,8]"), 8), "begin at byte 4, after a hole at byte 0"},
      {"HoleBetween", file_with("{\"a\":" + ok + ",\"b\":" + entry("[1]", "[8,12]") + "}", 12),
       "after a hole at byte 4"},
      {"Overlap", file_with("{\"a\":" + ok + ",\"b\":" + entry("[1]", "[2,6]") + "}", 6),
       "overlapping what ends at byte 4"},
      {"SameBytesTwice", file_with("{\"a\":" + ok + ",\"b\":" + ok + "}", 4), "overlapping what ends at byte 4"},
      {"DataCutShort", one(ok, 3), "need 4 bytes of data, the file has 3: it is cut short"},
      {"DataTooLong", one(ok, 5), "1 bytes follow the last tensor"},
      {"DataWithoutTensors", file_with("{}", 1), "1 bytes follow the last tensor"},
      {"OffsetsBeyondTheFile", one(entry("[4611686018427387903]", "[0,18446744073709551612]")), "more elements than"},
      {"NotABool", file_with("{\"a\":" + entry("[1]", "[0,1]", "BOOL") + "}") + "\x02", "neither 0 nor 1"},
  };
}

class MalformedSafetensors : public testing::TestWithParam<Malformed> {};

TEST_P(MalformedSafetensors, IsRefusedWithItsOwnMessage) {
  EXPECT_THAT(rejection(GetParam().bytes), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(All, MalformedSafetensors, testing::ValuesIn(malformed_files()),
                         [](const auto& test) { return test.param.name; });

TEST(Safetensors, ControlCharactersOfNamesDoNotReachTheMessage) {
  EXPECT_THAT(rejection(file_with("{\"a\\n\\u001b[2J\":null}")), HasSubstr("tensor 'a\\n\\u001b[2J'"));
}

TEST(Safetensors, EveryTruncationAndAnyAppendedByteIsRefused) {
  const std::string bytes = serialize_safetensors(every_type());
  for (size_t length = 0; length < bytes.size(); ++length)
    EXPECT_NE(rejection(bytes.substr(0, length)), "accepted") << length;
  for (const char byte : {'\0', ' ', 'x'}) EXPECT_THAT(rejection(bytes + byte), HasSubstr("follow the last tensor"));
}

// Shapes and bytes: a damaged float may be a NaN, which equals nothing.
bool same_bytes(const at::Tensor& a, const at::Tensor& b) {
  return a.sizes() == b.sizes() && a.nbytes() == b.nbytes() &&
         (a.numel() == 0 || std::memcmp(a.const_data_ptr(), b.const_data_ptr(), a.nbytes()) == 0);
}

// There is no checksum in the format, so damage may go unseen; it must not do harm, and what is accepted must make
// sense.
TEST(Safetensors, RandomDamageIsRefusedOrGivesTensorsThatCanBeWrittenAgain) {
  const std::string whole = serialize_safetensors(every_type());
  RandomStream random(random_key(1, Purpose::kToy));
  int refused = 0;
  for (int round = 0; round < 10000; ++round) {
    std::string bytes = whole;
    for (uint64_t i = 0, count = 1 + random.below(3); i < count; ++i)
      bytes[random.below(bytes.size())] = "0123456789,:{}[]\"\\ -.eE\xff"[random.below(24)];
    try {
      const Safetensors file = parse_safetensors(bytes, "file");
      const Safetensors again = parse_safetensors(serialize_safetensors(file.tensors, file.metadata), "again");
      EXPECT_EQ(again.metadata, file.metadata);
      ASSERT_EQ(again.tensors.size(), file.tensors.size());
      for (const auto& [name, tensor] : file.tensors) ASSERT_TRUE(same_bytes(again.tensors.at(name), tensor)) << name;
    } catch (const CheckpointError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 5000);
  EXPECT_LT(refused, 10000);
}

}  // namespace
}  // namespace heed
