#pragma once

#include <memory>
#include <string>
#include <vector>

#include "checkpoint/run_directory.h"
#include "config/config.h"
#include "train/train_observer.h"
#include "watch/live_line.h"

namespace heed {

// Everything that watches a run: progress in `line` (null: none), train.log, metrics.jsonl, validations.tsv,
// TensorBoard, curves.svg and attention/ in the run directory.
class TrainObservers {
 public:
  // `earlier`: log lines that train.log begins with.
  TrainObservers(const Config& config, const RunDirectory& run, LiveLine* line,
                 const std::vector<std::string>& earlier);

  std::vector<TrainObserver*> list() const;

 private:
  std::vector<std::unique_ptr<TrainObserver>> observers_;
};

}  // namespace heed
