#include "data/corpus_check.h"

#include <filesystem>
#include <system_error>

#include "core/count_text.h"
#include "core/error.h"
#include "core/line_reader.h"
#include "core/utf8.h"
#include "core/work.h"
#include "data/pair_reader.h"

namespace heed {
namespace {

constexpr int64_t kPairsOfAStep = 10000;  // between two reports

struct PairCounts {
  int64_t read = 0;
  int64_t with_text = 0;  // on both sides
};

PairCounts read_pairs(const CorpusConfig& files, InvalidUtf8 invalid_utf8, Work& work) {
  LineReaderOptions options = corpus_reading(invalid_utf8);
  options.notices = false;  // the corpus reads the same files later and reports then
  PairReader reader(files, options);
  PairCounts counts;
  for (TextPair pair; reader.next(pair);) {
    counts.with_text += !pair.invalid && !is_blank(pair.source) && !is_blank(pair.target);
    if (++counts.read % kPairsOfAStep == 0) work.advance(kPairsOfAStep);
  }
  return counts;
}

}  // namespace

void check_corpora(const DataConfig& options) {
  Work work("checking the corpus", "pairs");
  const PairCounts train = read_pairs(options.train, options.invalid_utf8, work);
  if (train.with_text == 0)
    throw DataError(options.train.source.front() + ": none of its " + count_text(train.read) +
                    " pairs has text on both sides: nothing to train on");
  if (!options.validation.empty() && read_pairs(options.validation, options.invalid_utf8, work).read == 0)
    throw DataError(options.validation.source.front() + ": no lines to validate on");
  for (const auto* files : {&options.test.source, &options.test.target})
    for (const std::string& file : *files)
      if (std::error_code none; !std::filesystem::is_fifo(file, none))  // which would be waited for
        LineReader opened(file, {.notices = false});
}

}  // namespace heed
