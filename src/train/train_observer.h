#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace heed {

struct SentenceAttention;  // decode/sentence_attention.h: only who draws it needs tensors

// What training tells whoever watches: progress bar, metrics.jsonl, TensorBoard, pictures. Training itself knows none
// of them. All calls come from the training thread.

// The mean over the updates since the last report (every train.log_every updates).
struct UpdateReport {
  int64_t step = 0;              // updates done
  int64_t epoch = 0;             // the first is 1
  double loss = 0;               // smoothed, per target token
  double perplexity = 0;         // exp of the unsmoothed loss per target token
  double learning_rate = 0;      // of the last update
  double gradient_norm = 0;      // of the last update, before clipping
  double tokens_per_second = 0;  // real target tokens, eos included, validation and saving left out
  int64_t target_tokens = 0;     // seen since the start of training
  int64_t bad_updates = 0;       // skipped since the start of training
  double seconds = 0;            // wall time of this process's training so far
};

struct ValidationReport {
  int64_t step = 0, epoch = 0;
  double loss = 0, perplexity = 0;                     // unsmoothed, per target token
  std::vector<std::pair<std::string, double>> scores;  // eval.metrics, of the translated validation set
  int64_t unfinished = 0;                              // translations cut at a limit of their length
  bool best = false;                                   // best so far by train.early_stopping_metric
  double seconds = 0;                                  // it took
  struct Sample {
    std::string source, reference, hypothesis;
  };
  std::vector<Sample> samples;
  std::shared_ptr<const SentenceAttention> attention;  // null, or of the first sample and its hypothesis
};

// A key of the config whose value is not the one that the run had before, in YAML.
struct ConfigChange {
  std::string key, before, after;
};

class TrainObserver {
 public:
  virtual ~TrainObserver() = default;
  virtual void on_start(int64_t /*step*/, bool /*resumed*/) {}
  virtual void on_change(int64_t /*step*/, const ConfigChange&) {}  // after on_start, for each
  virtual void on_progress(const UpdateReport&) {}  // after every update, cheap: a live display may redraw
  virtual void on_update(const UpdateReport&) {}    // every train.log_every updates
  virtual void on_validation(const ValidationReport&) {}
  virtual void on_checkpoint(int64_t /*step*/, const std::string& /*directory*/) {}
  virtual void on_end(int64_t /*step*/, const std::string& /*why*/) {}
};

}  // namespace heed
