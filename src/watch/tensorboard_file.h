#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "train/train_observer.h"
#include "watch/append_file.h"

namespace heed {

// Event files that TensorBoard reads: train/{loss, perplexity, learning_rate, gradient_norm, tokens_per_second},
// validation/{loss, perplexity, <metric>...} and, in the text tab, validation/samples.
// Every start of training opens a new file DIRECTORY/events.out.tfevents.<seconds since 1970>.<host>, which begins with
// the step it continues from, so that TensorBoard forgets the points that a resumed run computes again.
// Errors as AppendFile's; the directory is made where it is missing.
class TensorBoardFile : public TrainObserver {
 public:
  explicit TensorBoardFile(std::filesystem::path directory) : directory_(std::move(directory)) {}

  void on_start(int64_t step, bool resumed) override;
  void on_update(const UpdateReport& report) override;
  void on_validation(const ValidationReport& report) override;

 private:
  void write(const std::string& event);

  std::filesystem::path directory_;
  std::unique_ptr<AppendFile> file_;  // from on_start on
};

}  // namespace heed
