#pragma once

#include <cstdint>
#include <map>
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
// are those of text/word_numbers.h, and so of the alignments that Heed writes). Borrows the tokenizers. Immutable and
// safe to read from several threads.
class GuidedAlignment {
 public:
  // Of the corpus that was opened with `data`, whose text is read and cut once more, to tell its words. DataError:
  // other numbers of files or lines, a line in another form, a word that its pair does not have.
  static GuidedAlignment read(const std::vector<std::string>& files, const ParallelCorpus& corpus,
                              const Tokenizers& tokenizers, const DataConfig& data);

  // Of the pieces of the corpus's pair `sentence`, without those beyond a cut. is_noisy: `pair` is cut with noise;
  // words are then told from the pieces alone (words_of_pieces).
  std::vector<PieceLink> links(int64_t sentence, const CachedPair& pair, bool is_noisy) const;

  int64_t count() const;                                           // links in all the files
  const std::string& fingerprint() const { return fingerprint_; }  // SHA-256 of their lines

 private:
  struct WordLink {
    int32_t source, target;
  };
  struct File {
    std::vector<WordLink> links;
    std::vector<size_t> ends;  // of each line's links
  };
  struct PairWords {
    std::vector<int32_t> source, target;  // of each piece; -1: of none
  };
  struct TextOfPair;
  class TextOfCorpus;

  explicit GuidedAlignment(const Tokenizers& tokenizers) : tokenizers_(&tokenizers) {}
  static File read_file(const std::string& path, Sha256& content);
  std::span<const WordLink> of_line(uint32_t file, uint32_t line) const;
  void tell_words(TextOfPair& pair, const DataConfig& data) const;
  void keep_words(const std::string& file, TextOfPair& pair);
  void look_at(const std::vector<std::string>& files, const ParallelCorpus& corpus, const DataConfig& data);
  void check(const std::string& file, const TextOfPair& text) const;
  PairWords told_by_pieces(const CachedPair& pair) const;

  const Tokenizers* tokenizers_;
  std::vector<File> files_;
  std::map<int64_t, PairWords> words_;  // of the sentences whose pieces tell others
  std::string fingerprint_;
};

// SHA-256 of an alignment's lines; "none" for null.
std::string fingerprint_of(const GuidedAlignment* guide);

// The number of the word that each piece belongs to, from 0, told by the pieces alone: a sentencepiece model marks
// those that begin one, in a script without spaces each is one, as is each token of a tokenizer of words. They differ
// from those of the line (text/word_numbers.h) where normalisation makes or removes spaces or words, and where unknown
// words beside each other became one piece.
std::vector<int32_t> words_of_pieces(std::span<const int32_t> ids, const Tokenizer& tokenizer);

}  // namespace heed
