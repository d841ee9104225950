#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "report/curves.h"
#include "train/train_observer.h"

namespace heed {

// curves.svg of a run, drawn anew at every validation and at the end: perplexity in training and in validation, both of
// the unsmoothed loss, on one logarithmic scale; each validation score; the best step marked. A resumed run takes what
// came before from metrics.jsonl, whose lines may be damaged: what one lacks is not drawn. A picture that cannot be
// written gives one warning and training goes on.
class CurvesFile : public TrainObserver {
 public:
  CurvesFile(std::filesystem::path picture, std::filesystem::path metrics)
      : picture_(std::move(picture)), metrics_(std::move(metrics)) {}

  void on_start(int64_t step, bool resumed) override;
  void on_update(const UpdateReport& report) override;
  void on_validation(const ValidationReport& report) override;
  void on_end(int64_t step, const std::string& why) override;

 private:
  void read(double step);
  void read_validation(const nlohmann::json& object, double step);
  void drop_after(double step);
  void draw();

  std::filesystem::path picture_, metrics_;
  Curve training_{"training", {}}, validation_{"validation", {}};
  std::map<std::string, Curve> scores_;
  std::vector<double> best_steps_;  // each was the best so far
  bool warned_ = false;
};

}  // namespace heed
