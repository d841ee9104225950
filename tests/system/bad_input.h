#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "support/toy_run.h"

namespace heed {

// Bad input to the real binary: one clear line on stderr, the documented exit code, nothing on stdout, nothing left.
// Each area has its rows in a file of its own, which instantiates EveryBadInput with them.
struct BadInput {
  std::string name;
  std::string file, bytes;           // written before the run, relative to the scratch directory
  std::vector<std::string> command;  // @ stands for the scratch directory, followed by a slash
  int exit_code;
  std::string message;  // a part of it
};

inline void PrintTo(const BadInput& bad, std::ostream* out) { *out << bad.name; }

inline std::string name_of_row(const ::testing::TestParamInfo<BadInput>& row) { return row.param.name; }

class EveryBadInput : public ::testing::TestWithParam<BadInput> {
 protected:
  static void SetUpTestSuite() { toy_ = std::make_unique<testing::ToyRun>(); }
  static void TearDownTestSuite() { toy_.reset(); }
  const testing::ToyRun& toy() const { return *toy_; }

 private:
  static inline std::unique_ptr<testing::ToyRun> toy_;
};

// heed train on the toy's config.
inline std::vector<std::string> train_with(const std::vector<std::string>& options) {
  std::vector<std::string> words = {"train", "@config.yaml", "--quiet"};
  words.insert(words.end(), options.begin(), options.end());
  return words;
}

}  // namespace heed
