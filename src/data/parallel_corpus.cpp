#include "data/parallel_corpus.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <utility>

#include "core/error.h"
#include "core/file_bytes.h"
#include "core/logging.h"
#include "core/sha256.h"
#include "core/temporary.h"
#include "data/corpus_builder.h"
#include "data/corpus_report.h"
#include "data/pair_reader.h"

namespace heed {
namespace {

constexpr const char* kCacheVersion = "heed corpus 2";  // to be changed when equal keys would mean other content

std::string content_hash(const std::string& path) {
  Sha256 content;
  read_file_pieces(path, Symlinks::kFollow, [&](std::string_view piece) { content.update(piece); });
  return content.hex();
}

std::string fingerprint_of(const CorpusConfig& files, const DataConfig& options, const Tokenizers& tokenizers,
                           const CorpusUse& use) {
  std::string key = kCacheVersion;
  const auto add = [&](const std::string& name, const std::string& value) { key += "\n" + name + " " + value; };
  for (const std::string& path : files.source) add("source", content_hash(path));
  for (const std::string& path : files.target) add("target", content_hash(path));
  add("tokenizers", tokenizers.fingerprint());
  add("max_source_length", std::to_string(options.max_source_length));
  add("max_target_length", std::to_string(options.max_target_length));
  if (options.max_characters != DataConfig().max_characters)  // younger than some runs, whose corpora stay the same
    add("max_characters", std::to_string(options.max_characters));
  add("too_long", std::string(name_of(options.too_long)));
  add("invalid_utf8", std::string(name_of(options.invalid_utf8)));
  add("text", use.keeps_text() ? "kept" : "not kept");
  add("pairs", use.pairs == PairRule::kTraining ? "for training" : "every line");
  return sha256_hex(key);
}

void prepare_directory(const std::filesystem::path& directory) {
  try {
    make_directories(directory);
  } catch (const Error& error) {
    throw Error(std::string(error.what()) + "; set data.cache_directory to a directory that can be written");
  }
}

}  // namespace

ParallelCorpus ParallelCorpus::open(const CorpusConfig& files, const DataConfig& options, const Tokenizers& tokenizers,
                                    const CorpusUse& use) {
  if (files.empty()) throw DataError("no corpus given: expected a source and a target file");
  const std::string fingerprint = fingerprint_of(files, options, tokenizers, use);
  const std::filesystem::path directory = corpus_cache_directory(options);
  const std::filesystem::path path = directory / corpus_cache_name(fingerprint);
  remove_stale_temporaries(directory, is_corpus_cache_name);
  std::optional<CorpusCache> cache = CorpusCache::open(path, cache_limits(files, tokenizers));
  if (!cache) {
    if (std::filesystem::exists(path))
      log_info(path.string() + ": damaged cache, or of another version of heed: made anew");
    prepare_directory(directory);
    cache = build_corpus_cache(path, files, options, tokenizers, use);
  }
  report_corpus(files, options, *cache, tokenizers, use.copies_words);
  return ParallelCorpus(std::move(*cache), files, fingerprint);
}

ParallelCorpus::ParallelCorpus(CorpusCache cache, CorpusConfig files, std::string fingerprint)
    : cache_(std::move(cache)), files_(std::move(files)), fingerprint_(std::move(fingerprint)) {}

std::string ParallelCorpus::place(int64_t i) const {
  const CachedPair pair = cache_.pair(i);
  return files_.source[pair.file] + ":" + std::to_string(pair.line);
}

CacheLimits cache_limits(const CorpusConfig& files, const Tokenizers& tokenizers) {
  return {tokenizers.source->vocabulary().size(), tokenizers.target->vocabulary().size(),
          static_cast<int64_t>(files.source.size())};
}

TrainingTexts training_texts(const DataConfig& options) {
  return {options.train.source, options.train.target, utf8_policy(options.invalid_utf8)};
}

std::filesystem::path corpus_cache_directory(const DataConfig& options) {
  if (!options.cache_directory.empty()) return options.cache_directory;
  const auto variable = [](const char* name) {
    const char* const value = std::getenv(name);
    return std::filesystem::path(value ? value : "");
  };
  if (const auto cache = variable("XDG_CACHE_HOME"); !cache.empty()) return cache / "heed" / "corpora";
  std::filesystem::path home = variable("HOME");
  const passwd* const user = home.empty() ? getpwuid(getuid()) : nullptr;
  if (user != nullptr) home = user->pw_dir;
  if (home.empty())
    throw ConfigError("data.cache_directory: expected a directory, since neither XDG_CACHE_HOME nor HOME names one");
  return home / ".cache" / "heed" / "corpora";
}

}  // namespace heed
