#pragma once

#include <optional>
#include <string>
#include <vector>

#include "audit/corpus_audit.h"
#include "audit/duplicates.h"
#include "cli/update_timing.h"
#include "config/config.h"
#include "data/corpus_cache.h"
#include "text/tokenizers.h"

namespace heed {

// All that `heed audit` found: the one source of its text, page and JSON.
struct AuditResult {
  struct Split {
    std::string name;  // train, validation, test
    CorpusAudit audit;
    std::optional<CorpusCounts> counts;  // what training makes of it; none of data.test, which it does not read
    std::string first_changed;  // the place of the first target that does not come back from the tokenizer; or ""
  };
  struct Overlap {  // pairs of splits[of] that splits[in] has, too
    size_t of = 0, in = 0;
    Repeats repeats;
  };

  std::string config_name;  // as it was called
  Config config;            // resolved
  Tokenizers tokenizers;
  std::vector<Split> splits;  // train first
  std::vector<Overlap> overlaps;
  std::optional<UpdateTiming> timing;  // none: --no-timing
};

}  // namespace heed
