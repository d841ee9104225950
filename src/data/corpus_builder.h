#pragma once

#include <filesystem>

#include "config/data_config.h"
#include "data/parallel_corpus.h"
#include "text/tokenizers.h"

namespace heed {

// Reads, checks and tokenises a corpus, commits its cache file at `path` and returns it. The bytes do not depend on the
// number of threads. Memory: a window of lines, and 24 bytes for every pair. Throws as ParallelCorpus::open.
CorpusCache build_corpus_cache(const std::filesystem::path& path, const CorpusConfig& files, const DataConfig& options,
                               const Tokenizers& tokenizers, const CorpusUse& use);

}  // namespace heed
