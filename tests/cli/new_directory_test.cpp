#include "cli/new_directory.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "support/scratch_directory.h"

namespace heed {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class NewModelDirectory : public ::testing::Test {
 protected:
  void write(const std::string& name) { put(scratch_ / name, "x"); }

  fs::path place(const std::string& name, bool force) {
    return new_model_directory((scratch_ / name).string(), force, {});
  }

  std::string refusal(const std::string& name, const std::vector<fs::path>& inputs = {}) {
    return refusal_of((scratch_ / name).string(), inputs);
  }

  // Why it is refused, with --force as without.
  static std::string refusal_of(const std::string& output, const std::vector<fs::path>& inputs = {}) {
    std::string said;
    for (const bool force : {false, true}) {
      try {
        new_model_directory(output, force, inputs);
        return "not refused";
      } catch (const ConfigError& error) {
        said = error.what();
      }
    }
    return said;
  }

  ScratchDirectory scratch_;
};

TEST_F(NewModelDirectory, IsNewOrEmptyOrWithForceAModel) {
  const fs::path here = fs::canonical(scratch_.path());
  EXPECT_EQ(place("new", false), here / "new");
  EXPECT_EQ(place("a/../new/", false), here / "new");
  fs::create_directory(scratch_ / "empty");
  EXPECT_EQ(place("empty/", false), here / "empty");
  EXPECT_EQ(place("empty/.", false), here / "empty");
  for (const char* name : {"ct2/model.bin", "ct2/config.json", "hf/model.safetensors"}) write(name);
  for (const char* name : {"ct2", "hf"}) {
    EXPECT_THROW(place(name, false), ConfigError);
    EXPECT_EQ(place(name, true), here / name);
  }
}

TEST_F(NewModelDirectory, LinksBeforeItsNameAreFollowed) {
  fs::create_directories(scratch_ / "run/checkpoints/step-1");
  fs::create_symlink("run/checkpoints/step-1", scratch_ / "best");
  EXPECT_EQ(place("best/../export", false), fs::canonical(scratch_ / "run/checkpoints") / "export");
}

TEST_F(NewModelDirectory, NothingElseIsReplaced) {
  for (const char* name :
       {"thesis/thesis.tex", "run/model.safetensors", "run/checkpoints/step-1/model.safetensors", "file",
        "checkpoint/model.safetensors", "checkpoint/training.safetensors", "model/model.safetensors"})
    write(name);
  fs::create_symlink("model", scratch_ / "link");
  EXPECT_THAT(refusal("thesis"), HasSubstr("holds more than a model"));
  EXPECT_THAT(refusal("run"), HasSubstr("holds more than a model"));
  EXPECT_THAT(refusal("checkpoint"), HasSubstr("is a checkpoint of a training"));
  EXPECT_THAT(refusal("file"), HasSubstr("is no directory"));
  EXPECT_THAT(refusal("link"), HasSubstr("is no directory"));
  EXPECT_THAT(refusal("link/"), HasSubstr("is no directory"));
  EXPECT_THAT(refusal("model", {scratch_ / "thesis", scratch_ / "link"}), HasSubstr("is what is read"));
}

TEST_F(NewModelDirectory, WhatCannotBeSwappedIsRefusedBeforeTheWork) {
  EXPECT_THAT(refusal_of(""), HasSubstr("--output is empty"));
  EXPECT_THAT(refusal_of("."), HasSubstr("is a mount point or the working directory"));
  EXPECT_THAT(refusal_of("/proc"), HasSubstr("is a mount point or the working directory"));
}

}  // namespace
}  // namespace heed
