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
  void write(const std::string& name) {
    fs::create_directories((scratch_ / name).parent_path());
    put(scratch_ / name, "x");
  }

  std::string place(const std::string& name, bool force, const std::vector<fs::path>& inputs = {}) {
    return new_model_directory((scratch_ / name).string(), force, inputs).string();
  }

  // Why it is refused, with --force as without.
  std::string refusal(const std::string& name, const std::vector<fs::path>& inputs = {}) {
    std::string said;
    for (const bool force : {false, true}) {
      try {
        place(name, force, inputs);
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
  EXPECT_EQ(place("new", false), (scratch_ / "new").string());
  EXPECT_EQ(place("a/../new/", false), (scratch_ / "new").string());
  fs::create_directory(scratch_ / "empty");
  EXPECT_EQ(place("empty/", false), (scratch_ / "empty").string());
  for (const char* name : {"ct2/model.bin", "ct2/config.json", "hf/model.safetensors"}) write(name);
  for (const char* name : {"ct2", "hf"}) {
    EXPECT_THROW(place(name, false), ConfigError);
    EXPECT_EQ(place(name, true), (scratch_ / name).string());
  }
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
  EXPECT_THROW(new_model_directory("", false, {}), ConfigError);
  EXPECT_THROW(new_model_directory(".", false, {}), ConfigError);
  EXPECT_THROW(new_model_directory("/proc", true, {}), ConfigError);  // a mount point wherever there is Linux
}

}  // namespace
}  // namespace heed
