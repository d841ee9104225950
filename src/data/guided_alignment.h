#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "config/data_config.h"
#include "core/sha256.h"
#include "data/parallel_corpus.h"
#include "tensor/batch.h"
#include "text/tokenizers.h"

namespace heed {

// Which words of a training corpus belong together, as somebody else has aligned them: the files of
// train.guided_alignment, a line for each pair in Pharaoh's form, "0-0 1-2" (source word - target word, from 0; words
// are what white space separates). Immutable and safe to read from several threads.
class GuidedAlignment {
 public:
  // Of a corpus of these files, whose sides are cut at these limits. DataError: other numbers of files or lines, a line
  // in another form, a word that its pair does not have.
  static GuidedAlignment read(const std::vector<std::string>& files, const ParallelCorpus& corpus,
                              const Tokenizers& tokenizers, const DataConfig& limits);

  // Of the pieces of a pair, without those beyond a cut.
  std::vector<PieceLink> links(const CachedPair& pair, std::span<const int32_t> source,
                               std::span<const int32_t> target) const;

  const std::string& fingerprint() const { return fingerprint_; }  // SHA-256 of their lines

 private:
  struct WordLink {
    int32_t source, target;
  };
  struct File {
    std::vector<WordLink> links;
    std::vector<size_t> ends;  // of each line's links
  };

  explicit GuidedAlignment(const Tokenizers& tokenizers) : tokenizers_(&tokenizers) {}
  static File read_file(const std::string& path, Sha256& content);
  std::span<const WordLink> of_line(uint32_t file, uint32_t line) const;
  void check(const std::vector<std::string>& files, const ParallelCorpus& corpus, const DataConfig& limits) const;

  const Tokenizers* tokenizers_;
  std::vector<File> files_;
  std::string fingerprint_;
};

// SHA-256 of all that a corpus and its alignment (null: none) decide of training.
std::string training_fingerprint(const ParallelCorpus& corpus, const GuidedAlignment* guide);

// The number of the word that each piece belongs to, from 0: a sentencepiece model marks those that begin one; without
// a model each piece is a word.
std::vector<int32_t> words_of_pieces(std::span<const int32_t> ids, const Tokenizer& tokenizer);

}  // namespace heed
