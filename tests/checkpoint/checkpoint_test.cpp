#include "checkpoint/checkpoint.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>
#include <limits>

#include "checkpoint/manifest.h"
#include "checkpoint/tiny_checkpoint.h"
#include "core/durable_directory.h"
#include "core/error.h"
#include "core/random.h"
#include "core/sha256.h"
#include "support/file_faults.h"
#include "support/scratch_directory.h"

namespace heed {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class CheckpointDirectory : public testing::Test {
 protected:
  std::string rejection() {
    std::string messages[2] = {"accepted", "accepted"};
    try {
      verify_checkpoint(path_);
    } catch (const CheckpointError& error) {
      messages[0] = error.what();
    }
    try {
      read_checkpoint(path_, CheckpointParts::kTranslation);
    } catch (const CheckpointError& error) {
      messages[1] = error.what();
    }
    EXPECT_EQ(messages[0] == "accepted", messages[1] == "accepted") << messages[0] << "\n" << messages[1];
    return messages[0];
  }

  // Whether writing says so when its n-th call of the system fails.
  bool writing_fails(int n, int error) {
    try {
      fail_operation(n, error, [&] { write_checkpoint(path_, tiny_checkpoint()); });
    } catch (const CheckpointError&) {
      return true;
    }
    return false;
  }

  std::map<std::string, std::string> all_bytes() {
    std::map<std::string, std::string> bytes;
    for (const std::string& name : names_in(path_)) bytes[name] = contents(path_ / name);
    return bytes;
  }

  // A manifest that agrees with itself and with the files there, and lists `name` too.
  void list_also(const std::string& name) {
    Manifest manifest = parse_manifest(contents(path_ / kManifestName), "manifest");
    manifest[name] = {1, sha256_hex("x")};
    put(path_ / kManifestName, serialize_manifest(manifest));
  }

  ScratchDirectory directory_;
  fs::path path_ = directory_ / "step-00000001";
};

void expect_equal(const TensorMap& found, const TensorMap& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (const auto& [name, tensor] : expected) EXPECT_TRUE(at::equal(found.at(name), tensor)) << name;
}

TEST_F(CheckpointDirectory, ReadsAsItWasWritten) {
  const Checkpoint written = tiny_checkpoint();
  write_checkpoint(path_, written);
  const Checkpoint read = read_checkpoint(path_);
  expect_equal(read.model, written.model);
  expect_equal(*read.training, *written.training);
  EXPECT_EQ(read.config, written.config);
  EXPECT_EQ(read.vocabulary, written.vocabulary);
  EXPECT_EQ(read.tokenizer_files, written.tokenizer_files);
  EXPECT_EQ(read.state, written.state);
  EXPECT_EQ(names_in(path_), (std::set<std::string>{"config.yaml", "manifest.json", "model.safetensors", "state.json",
                                                    "tokenizer.model", "training.safetensors", "vocabulary.json"}));
}

TEST_F(CheckpointDirectory, TrainingPartIsOptionalAndNotLoadedForTranslation) {
  Checkpoint checkpoint = tiny_checkpoint();
  write_checkpoint(path_, checkpoint);
  EXPECT_FALSE(read_checkpoint(path_, CheckpointParts::kTranslation).training.has_value());
  checkpoint.training.reset();
  write_checkpoint(path_, checkpoint);
  EXPECT_FALSE(read_checkpoint(path_).training.has_value());
  EXPECT_EQ(names_in(path_).count("training.safetensors"), 0u);
}

TEST_F(CheckpointDirectory, SameContentsGiveTheSameBytesAnywhere) {
  write_checkpoint(path_, tiny_checkpoint());
  const auto first = all_bytes();
  path_ = directory_ / "elsewhere/copy/";
  write_checkpoint(path_, tiny_checkpoint());
  EXPECT_EQ(all_bytes(), first);
}

TEST_F(CheckpointDirectory, ReplacesAnotherOfItsName) {
  write_checkpoint(path_, tiny_checkpoint(1));
  fs::resize_file(path_ / "state.json", 0);
  write_checkpoint(path_, tiny_checkpoint(2));
  EXPECT_EQ(read_checkpoint(path_).state, tiny_checkpoint(2).state);
  EXPECT_EQ(names_in(directory_.path()), std::set<std::string>{"step-00000001"});
}

// In place, since truncating and rewriting makes some file systems flush to disk.
void overwrite(const fs::path& path, size_t position, char byte) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(static_cast<std::streamoff>(position));
  file.put(byte);
}

// The manifest is among the files.
TEST_F(CheckpointDirectory, TenThousandSingleBitFlipsAreAllDetected) {
  write_checkpoint(path_, tiny_checkpoint());
  const auto files = all_bytes();
  std::vector<std::pair<std::string, size_t>> bits;
  for (const auto& [name, bytes] : files)
    for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) bits.emplace_back(name, bit);
  ASSERT_GE(bits.size(), 10000u);
  shuffle(bits, RandomStream(random_key(1, Purpose::kToy)));
  bits.resize(10000);
  std::set<std::string> files_hit;
  for (const auto& [name, bit] : bits) {
    const char byte = files.at(name)[bit / 8];
    overwrite(path_ / name, bit / 8, static_cast<char>(byte ^ (1 << bit % 8)));
    EXPECT_THROW(read_checkpoint(path_), CheckpointError) << name << " bit " << bit;
    overwrite(path_ / name, bit / 8, byte);
    files_hit.insert(name);
  }
  EXPECT_EQ(files_hit.size(), files.size());
  EXPECT_EQ(rejection(), "accepted");
}

TEST_F(CheckpointDirectory, EveryTruncationAndAnyAppendedByteIsDetected) {
  write_checkpoint(path_, tiny_checkpoint());
  for (const auto& [name, bytes] : all_bytes()) {
    for (size_t length = 0; length < bytes.size(); ++length) {
      put(path_ / name, bytes.substr(0, length));
      EXPECT_THROW(read_checkpoint(path_), CheckpointError) << name << " cut to " << length;
    }
    for (const char* more : {"\n", " ", "x"}) {
      put(path_ / name, bytes + more);
      EXPECT_THROW(read_checkpoint(path_), CheckpointError) << name;
    }
    put(path_ / name, bytes);
  }
}

TEST_F(CheckpointDirectory, MissingUnlistedAndForeignEntriesAreNamed) {
  write_checkpoint(path_, tiny_checkpoint());
  const auto files = all_bytes();
  for (const auto& [name, bytes] : files) {
    fs::remove(path_ / name);
    EXPECT_THAT(rejection(),
                HasSubstr(name == kManifestName ? "no manifest.json in it" : "the checkpoint lacks " + name));
    fs::create_directory(path_ / name);
    EXPECT_NE(rejection(), "accepted") << name;
    fs::remove(path_ / name);
    put(directory_ / "other", bytes);
    fs::create_symlink("../other", path_ / name);
    EXPECT_THAT(rejection(), testing::AnyOf(HasSubstr("not a regular file"), HasSubstr("symbolic link"))) << name;
    fs::remove(path_ / name);
    put(path_ / name, bytes);
  }
  put(path_ / "extra", "x");
  EXPECT_THAT(rejection(), HasSubstr("extra: this file is not in the manifest"));
  fs::remove(path_ / "extra");
  fs::create_directory(path_ / "folder");
  EXPECT_THAT(rejection(), HasSubstr("folder: not a regular file"));
  fs::remove(path_ / "folder");
  EXPECT_EQ(rejection(), "accepted");
  path_ = directory_ / "nowhere";
  EXPECT_THAT(rejection(), HasSubstr("nowhere: there is no such directory"));
}

TEST_F(CheckpointDirectory, NamesThatLeaveTheDirectoryAreRefused) {
  write_checkpoint(path_, tiny_checkpoint());
  put(directory_ / "outside", "x");
  const std::string manifest = contents(path_ / kManifestName);
  for (const char* name : {"../outside", "/etc/passwd", "a/b", "a\\b", "..", ".", "", "manifest.json", "a\nb"}) {
    list_also(name);
    EXPECT_THAT(rejection(), HasSubstr("a path outside the checkpoint directory")) << name;
    put(path_ / kManifestName, manifest);
  }
}

TEST_F(CheckpointDirectory, RequiredPartsMustBeListed) {
  write_checkpoint(path_, tiny_checkpoint());
  Manifest manifest = parse_manifest(contents(path_ / kManifestName), "manifest");
  manifest.erase("state.json");
  put(path_ / kManifestName, serialize_manifest(manifest));
  fs::remove(path_ / "state.json");
  EXPECT_THAT(rejection(), HasSubstr("the checkpoint lacks state.json"));
}

TEST_F(CheckpointDirectory, WhatAReaderWouldRefuseIsNotWritten) {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    Checkpoint checkpoint = tiny_checkpoint();
    checkpoint.model["encoder.bias"] = at::full({3}, bad);
    EXPECT_THROW(write_checkpoint(path_, checkpoint), CheckpointError);
    checkpoint = tiny_checkpoint();
    (*checkpoint.training)["moment"] = at::full({3}, bad);
    EXPECT_THROW(write_checkpoint(path_, checkpoint), CheckpointError);
  }
  for (const char* name : {"manifest.json", "model.safetensors", "../up", ""}) {
    Checkpoint checkpoint = tiny_checkpoint();
    checkpoint.tokenizer_files = {{name, "x"}};
    EXPECT_THROW(write_checkpoint(path_, checkpoint), CheckpointError) << name;
  }
  EXPECT_TRUE(names_in(directory_.path()).empty());
}

// Reliability test D3: no failing call leaves a checkpoint that is there but not whole, nor harms the one before.
TEST_F(CheckpointDirectory, FailingAnyOperationLeavesNothingOrAWholeCheckpoint) {
  const int operations = count_operations([&] { write_checkpoint(path_, tiny_checkpoint()); });
  EXPECT_GT(operations, 30);
  for (const int error : {EIO, ENOSPC}) {
    for (int n = 1; n <= operations; ++n) {
      fs::remove_all(path_);
      EXPECT_TRUE(writing_fails(n, error) || fs::exists(path_)) << "operation " << n;
      if (fs::exists(path_)) verify_checkpoint(path_);
      remove_stale_temporaries(directory_.path());  // of a removal that failed, as the next save does
      EXPECT_LE(names_in(directory_.path()).size(), 1u) << "operation " << n;
    }
  }
}

TEST_F(CheckpointDirectory, InterruptedAndShortWritesGiveTheSameBytes) {
  write_checkpoint(path_, tiny_checkpoint());
  const auto expected = all_bytes();
  fs::remove_all(path_);
  int count = 0;
  observed(
      [&](const char*, const fs::path&) {
        return FileFault{++count % 3 == 0 ? EINTR : 0, 11};
      },
      [&] { write_checkpoint(path_, tiny_checkpoint()); });
  EXPECT_EQ(all_bytes(), expected);
}

// Reliability test K2, for a new name and for one that is replaced.
TEST_F(CheckpointDirectory, KilledAtAnyOperationLoadsTheOldOrTheNewOne) {
  for (const bool replaces : {false, true}) {
    std::set<std::string> seen;
    bool killed = true;
    for (int n = 1; killed; ++n) {
      fs::remove_all(path_);
      if (replaces) write_checkpoint(path_, tiny_checkpoint(1));
      killed = kill_at_operation(n, 300, [&] { write_checkpoint(path_, tiny_checkpoint(2)); });
      seen.insert(fs::exists(path_) ? read_checkpoint(path_).state : "none");
      remove_stale_temporaries(directory_.path());
      EXPECT_EQ(names_in(directory_.path()).size(), fs::exists(path_) ? 1u : 0u) << "operation " << n;
    }
    EXPECT_EQ(seen, (std::set<std::string>{replaces ? tiny_checkpoint(1).state : "none", tiny_checkpoint(2).state}));
  }
}

TEST_F(CheckpointDirectory, RealFileSizeLimitNamesTheFileAndKeepsTheOldCheckpoint) {
  write_checkpoint(path_, tiny_checkpoint(1));
  Checkpoint large = tiny_checkpoint(2);
  large.model["large"] = at::full({100000}, 1.0f);
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit;
  getrlimit(RLIMIT_FSIZE, &limit);
  const rlimit small{50000, limit.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  std::string message = "written";
  try {
    write_checkpoint(path_, large);
  } catch (const CheckpointError& error) {
    message = error.what();
  }
  setrlimit(RLIMIT_FSIZE, &limit);
  EXPECT_THAT(message, HasSubstr("model.safetensors: cannot write: File too large; needed "));
  EXPECT_EQ(read_checkpoint(path_).state, tiny_checkpoint(1).state);
  EXPECT_EQ(names_in(directory_.path()).size(), 1u);
}

}  // namespace
}  // namespace heed
