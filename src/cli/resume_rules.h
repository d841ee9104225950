#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "train/train_observer.h"
#include "train/trainer.h"

namespace heed {

// Whether a key of the model decides the shapes or the meaning of weights: those of another value are of no use.
bool fixes_weights(std::string_view key);

// What becomes of a value that is not the run's (--allow-changes).
enum class Changes { kRefuse, kAllow };

// What a continuation brings into a run, and what of the run's progress it ends.
struct RunChanges {
  std::vector<ConfigChange> list;
  Continuation continuation;
};

// Makes `config` that of a continuation of the run whose resolved config is `run` (of the checkpoint `origin`): takes
// over what it leaves automatic and, of a run that began with another model's tokenizer, that. Limits, logging,
// directories, devices and the names of corpora may differ. ConfigError, with both values of each key, where something
// else does and `changes` are refused, or where it cannot change: shapes, vocabulary and the optimizer's kind.
RunChanges continue_config(Config& config, const Config& run, const std::string& origin, Changes changes);

// The same for what the corpora hold, known by their fingerprints ("" before: not known); adds to `found`.
struct CorpusComparison {
  std::string name;  // "data.train"
  std::string before, now;
  std::string what = "other lines, or cut otherwise";  // has another fingerprint
};
void continue_corpora(const std::vector<CorpusComparison>& corpora, const std::string& origin, Changes changes,
                      RunChanges& found);

}  // namespace heed
