#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "report/curves.h"
#include "train/train_observer.h"

namespace heed {

// curves.svg of a run: training and validation loss and the validation scores over the updates, drawn anew at every
// validation and at the end. A resumed run takes what came before from metrics.jsonl. A picture that cannot be written
// gives one warning and training goes on.
class CurvesFile : public TrainObserver {
 public:
  CurvesFile(std::filesystem::path picture, std::filesystem::path metrics)
      : picture_(std::move(picture)), metrics_(std::move(metrics)) {}

  void on_start(int64_t step, bool resumed) override;
  void on_update(const UpdateReport& report) override;
  void on_validation(const ValidationReport& report) override;
  void on_end(int64_t step, const std::string& why) override;

 private:
  void read(int64_t step);
  void drop_after(int64_t step);
  void draw();

  std::filesystem::path picture_, metrics_;
  Curve training_{"training", {}}, validation_{"validation", {}};
  std::map<std::string, Curve> scores_;
  bool warned_ = false;
};

}  // namespace heed
