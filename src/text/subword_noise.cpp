#include "text/subword_noise.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/utf8.h"
#include "text/byte_piece.h"
#include "text/space_mark.h"

namespace heed {
namespace {

constexpr double kUnknownPenalty = 10;  // sentencepiece, unigram_model.cc
constexpr double kImpossible = -std::numeric_limits<double>::infinity();

double log_add(double a, double b) {
  const double high = std::max(a, b);
  return high == kImpossible ? kImpossible : high + std::log1p(std::exp(std::min(a, b) - high));
}

// "<0xE4>" -> 0xE4. Such are the names of byte pieces.
int byte_of(const std::string& piece) { return static_cast<int>(std::stoul(piece.substr(3, 2), nullptr, 16)); }

}  // namespace

struct SubwordNoise::Symbol {
  std::string_view text;
  const Entry* merged = nullptr;  // what this and the next symbol make together
};

struct SubwordNoise::Edge {
  size_t begin = 0;
  std::string_view text;
  const Entry* entry = nullptr;  // null: unknown
  double score = 0;
};

SubwordNoise::SubwordNoise(const SentencepieceModel& model) : type_(model.type) {
  double lowest = 0;
  std::vector<int32_t> bytes(256, -1);
  for (size_t i = 0; i < model.pieces.size(); ++i) {
    const ModelPiece& piece = model.pieces[i];
    const auto id = static_cast<int32_t>(i);
    if (piece.type == PieceType::kUnknown) unk_id_ = id;
    if (piece.type == PieceType::kByte && is_byte_name(piece.text))
      bytes[static_cast<size_t>(byte_of(piece.text))] = id;
    if (piece.type != PieceType::kNormal && piece.type != PieceType::kUserDefined) continue;
    const bool user_defined = piece.type == PieceType::kUserDefined;
    entries_.emplace(piece.text, Entry{id, piece.score, user_defined});
    if (user_defined) user_symbols_.push_back(piece.text);
    longest_piece_ = std::max(longest_piece_, piece.text.size());
    lowest = std::min(lowest, static_cast<double>(piece.score));
    if (!user_defined && piece.text.find(kSpaceMark, 1) != std::string::npos) words_are_apart_ = false;
  }
  unk_score_ = lowest - kUnknownPenalty;
  if (std::count(bytes.begin(), bytes.end(), -1) == 0) byte_ids_ = bytes;
  for (const int32_t id : byte_ids_) byte_names_.push_back(model.pieces[static_cast<size_t>(id)].text);
  std::sort(user_symbols_.begin(), user_symbols_.end(),
            [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
}

std::vector<SubwordNoise::Piece> SubwordNoise::sample(std::string_view normalized, double strength,
                                                      RandomStream stream) const {
  std::vector<Piece> pieces;
  size_t begin = 0, offset = 0;  // the run from `begin` is free of user symbols and, for bpe, one word
  const auto finish_run = [&] {
    if (offset > begin) sample_run(normalized.substr(begin, offset - begin), strength, stream, pieces);
    begin = offset;
  };
  while (offset < normalized.size()) {
    if (const size_t length = user_symbol_length(normalized, offset); length > 0) {
      finish_run();
      const std::string_view symbol = normalized.substr(offset, length);
      append(symbol, find(symbol), pieces);
      begin = offset += length;
      continue;
    }
    if (type_ == ModelType::kBpe && word_starts_at(normalized, offset)) finish_run();
    offset += utf8_character_length(normalized, offset);
  }
  finish_run();
  return pieces;
}

const SubwordNoise::Entry* SubwordNoise::find(std::string_view text) const {
  const auto found = entries_.find(text);
  return found == entries_.end() ? nullptr : &found->second;
}

size_t SubwordNoise::user_symbol_length(std::string_view text, size_t offset) const {
  for (const std::string& symbol : user_symbols_) {
    if (text.compare(offset, symbol.size(), symbol) == 0) return symbol.size();
  }
  return 0;
}

bool SubwordNoise::word_starts_at(std::string_view text, size_t offset) const {
  return words_are_apart_ && text.compare(offset, kSpaceMark.size(), kSpaceMark) == 0;
}

// As sentencepiece does: a run of unknown characters is one unknown piece, or the bytes where the model has those.
void SubwordNoise::append(std::string_view text, const Entry* entry, std::vector<Piece>& pieces) const {
  if (entry) {
    pieces.push_back({text, entry->id});
  } else if (!byte_ids_.empty()) {
    for (const char byte : text)
      pieces.push_back({byte_names_[static_cast<uint8_t>(byte)], byte_ids_[static_cast<uint8_t>(byte)]});
  } else if (pieces.empty() || pieces.back().id != unk_id_) {
    pieces.push_back({text, unk_id_});
  } else {
    Piece& run = pieces.back();
    run.text = {run.text.data(), run.text.size() + text.size()};
  }
}

void SubwordNoise::sample_run(std::string_view run, double strength, RandomStream& stream,
                              std::vector<Piece>& pieces) const {
  if (type_ == ModelType::kBpe) {
    sample_bpe(run, strength, stream, pieces);
  } else {
    sample_unigram(run, strength, stream, pieces);
  }
}

void SubwordNoise::sample_bpe(std::string_view word, double dropout, RandomStream& stream,
                              std::vector<Piece>& pieces) const {
  std::vector<Symbol> symbols;
  for (size_t offset = 0; offset < word.size(); offset += symbols.back().text.size()) {
    symbols.push_back({word.substr(offset, utf8_character_length(word, offset))});
  }
  const auto look_up = [&](size_t i) {
    const bool last = i + 1 >= symbols.size();
    const std::string_view text = symbols[i].text;
    symbols[i].merged = last ? nullptr : find({text.data(), text.size() + symbols[i + 1].text.size()});
  };
  for (size_t i = 0; i < symbols.size(); ++i) look_up(i);

  while (true) {
    size_t best = symbols.size();
    for (size_t i = 0; i < symbols.size(); ++i) {
      if (!symbols[i].merged || (dropout > 0 && stream.uniform() < dropout)) continue;
      if (best == symbols.size() || symbols[i].merged->score > symbols[best].merged->score) best = i;
    }
    if (best == symbols.size()) break;
    symbols[best].text = {symbols[best].text.data(), symbols[best].text.size() + symbols[best + 1].text.size()};
    symbols.erase(symbols.begin() + static_cast<std::ptrdiff_t>(best) + 1);
    look_up(best);
    if (best > 0) look_up(best - 1);
  }
  for (const Symbol& symbol : symbols) append(symbol.text, find(symbol.text), pieces);
}

// Every piece in the run, by the offset at which it ends.
std::vector<std::vector<SubwordNoise::Edge>> SubwordNoise::lattice(std::string_view run) const {
  std::vector<std::vector<Edge>> ending(run.size() + 1);
  for (size_t begin = 0; begin < run.size(); begin += utf8_character_length(run, begin)) {
    const size_t character = utf8_character_length(run, begin);
    const size_t limit = std::min(run.size(), begin + std::max(longest_piece_, character));
    for (size_t end = begin + character; end <= limit;) {
      const std::string_view text = run.substr(begin, end - begin);
      const Entry* entry = find(text);
      if (entry) ending[end].push_back({begin, text, entry, entry->score});
      if (!entry && end == begin + character) ending[end].push_back({begin, text, nullptr, unk_score_});
      if (end == run.size()) break;
      end += utf8_character_length(run, end);
    }
  }
  return ending;
}

void SubwordNoise::sample_unigram(std::string_view run, double alpha, RandomStream& stream,
                                  std::vector<Piece>& pieces) const {
  const std::vector<std::vector<Edge>> ending = lattice(run);
  std::vector<double> forward(run.size() + 1, kImpossible);  // log of the summed weights of all ways to get here
  forward[0] = 0;
  for (size_t end = 1; end <= run.size(); ++end) {
    for (const Edge& edge : ending[end]) forward[end] = log_add(forward[end], forward[edge.begin] + alpha * edge.score);
  }
  std::vector<const Edge*> path;
  for (size_t end = run.size(); end > 0; end = path.back()->begin) {
    double left = stream.uniform();
    const Edge* chosen = nullptr;
    for (const Edge& edge : ending[end]) {
      if (forward[edge.begin] == kImpossible) continue;
      chosen = &edge;
      left -= std::exp(forward[edge.begin] + alpha * edge.score - forward[end]);
      if (left < 0) break;
    }
    path.push_back(chosen);
  }
  for (auto edge = path.rbegin(); edge != path.rend(); ++edge) append((*edge)->text, (*edge)->entry, pieces);
}

}  // namespace heed
