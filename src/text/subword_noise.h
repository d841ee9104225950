#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/random.h"
#include "text/sentencepiece_model.h"

namespace heed {

// Random segmentations of one text with a model's own pieces, so that a translator sees a word cut in several ways.
//   bpe      BPE-dropout (Provilkov et al. 2020, algorithm 1): in every merge step every possible merge is dropped with
//            probability `strength`, the best one left is done, and a word is finished once none is left.
//            0 is the ordinary segmentation, 1 gives single characters.
//   unigram  Subword regularisation (Kudo 2018, section 3.1, l = infinity): a segmentation x is drawn with probability
//            proportional to P(x)^strength, by forward filtering and backward sampling over the whole lattice.
// Symbols defined by the user are never split. The result is a pure function of the arguments. Thread safe.
class SubwordNoise {
 public:
  // A piece as the model spells it and its id there. What has none is unk with the text that it stands for, runs of it
  // joined, as sentencepiece's own pieces are: a vocabulary that is not the model's may know it.
  struct Piece {
    std::string_view text;  // of the sampled text, or of this object
    int32_t id = 0;
  };

  // REQUIRES: a bpe or unigram model with an unknown piece.
  explicit SubwordNoise(const SentencepieceModel& model);

  // `normalized` is the text as sentencepiece sees it: its pieces joined.
  std::vector<Piece> sample(std::string_view normalized, double strength, RandomStream stream) const;

 private:
  struct Entry {
    int32_t id = 0;
    double score = 0;
    bool user_defined = false;
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  struct Symbol;
  struct Edge;

  const Entry* find(std::string_view text) const;
  size_t user_symbol_length(std::string_view text, size_t offset) const;
  void append(std::string_view text, const Entry* entry, std::vector<Piece>& pieces) const;
  bool word_starts_at(std::string_view text, size_t offset) const;
  void sample_run(std::string_view run, double strength, RandomStream& stream, std::vector<Piece>& pieces) const;
  void sample_bpe(std::string_view word, double dropout, RandomStream& stream, std::vector<Piece>& pieces) const;
  void sample_unigram(std::string_view run, double alpha, RandomStream& stream, std::vector<Piece>& pieces) const;
  std::vector<std::vector<Edge>> lattice(std::string_view run) const;

  ModelType type_;
  std::unordered_map<std::string, Entry, Hash, std::equal_to<>> entries_;
  std::vector<std::string> user_symbols_;  // longest first
  std::vector<int32_t> byte_ids_;          // 256 of them, or none: then what has no piece is unknown
  std::vector<std::string> byte_names_;    // of those pieces
  int32_t unk_id_ = 0;
  double unk_score_ = 0;
  size_t longest_piece_ = 0;     // bytes
  bool words_are_apart_ = true;  // no piece reaches over the start of a word
};

}  // namespace heed
