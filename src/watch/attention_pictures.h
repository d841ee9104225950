#pragma once

#include <filesystem>

#include "train/train_observer.h"

namespace heed {

// attention/step-00001000.svg of a run: at each validation, what the model looked at in its first sample, by words,
// averaged over all cross-attention heads. A picture that cannot be written gives one warning and training goes on.
class AttentionPictures : public TrainObserver {
 public:
  explicit AttentionPictures(std::filesystem::path directory) : directory_(std::move(directory)) {}

  void on_validation(const ValidationReport& report) override;

 private:
  std::filesystem::path directory_;
  bool warned_ = false;
};

}  // namespace heed
