#include "watch/train_observers.h"

#include "watch/attention_pictures.h"
#include "watch/curves_file.h"
#include "watch/metrics_file.h"
#include "watch/progress_bar.h"
#include "watch/tensorboard_file.h"
#include "watch/train_log.h"
#include "watch/validations_file.h"

namespace heed {

TrainObservers::TrainObservers(const Config& config, const RunDirectory& run, LiveLine* line,
                               const std::vector<std::string>& earlier) {
  const TrainLimits limits{config.train.max_steps, config.train.max_epochs, config.train.max_minutes};
  if (line != nullptr) observers_.push_back(std::make_unique<ProgressBar>(limits, *line));
  observers_.push_back(std::make_unique<TrainLog>(run.log_file(), limits, earlier));
  observers_.push_back(std::make_unique<CurvesFile>(run.curves_file(), run.metrics_file()));  // reads what the next one
  observers_.push_back(std::make_unique<MetricsFile>(run.metrics_file()));
  observers_.push_back(std::make_unique<ValidationsFile>(run.validations_file()));
  observers_.push_back(std::make_unique<TensorBoardFile>(run.tensorboard()));
  observers_.push_back(std::make_unique<AttentionPictures>(run.attention()));
}

std::vector<TrainObserver*> TrainObservers::list() const {
  std::vector<TrainObserver*> all;
  for (const auto& observer : observers_) all.push_back(observer.get());
  return all;
}

}  // namespace heed
