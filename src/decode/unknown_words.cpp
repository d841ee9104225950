#include "decode/unknown_words.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "text/word_numbers.h"

namespace heed {
namespace {

// White space at the ends, and marks where something is left without them: the model writes its own.
std::string_view without_marks(std::string_view word) {
  const auto trimmed = [](std::string_view text, std::string_view ends) {
    const size_t first = text.find_first_not_of(ends);
    if (first == std::string_view::npos) return std::string_view();
    return text.substr(first, text.find_last_not_of(ends) - first + 1);
  };
  const std::string_view whole = trimmed(word, " \t"), bare = trimmed(whole, " \t.,;:!?()[]{}\"'");
  return bare.empty() ? whole : bare;
}

// The words of a line by its pieces.
class PieceWords {
 public:
  PieceWords(std::string_view line, const Tokenizer& tokenizer)
      : line_(line), pieces_(tokenizer.cut(line)), words_(word_numbers(line, pieces_)) {}

  size_t size() const { return pieces_.size(); }

  // Nothing for a piece that lies in no word.
  std::string_view of(size_t piece) const {
    if (words_[piece] < 0) return {};
    size_t begin = line_.size(), end = 0;
    for (size_t i = 0; i < pieces_.size(); ++i) {
      if (words_[i] != words_[piece]) continue;
      begin = std::min(begin, pieces_[i].begin);
      end = std::max(end, pieces_[i].end);
    }
    return without_marks(line_.substr(begin, end - begin));
  }

 private:
  std::string_view line_;
  std::vector<TextPiece> pieces_;
  std::vector<int> words_;
};

// The text of `ids` with word_of(t) in the place of each piece t that has one, and of the blanks around it: one before
// it where the piece has one, none after it, since what follows brings its own.
template <class WordOf>
std::string with_words(const std::vector<int64_t>& ids, const Tokenizer& tokenizer, WordOf word_of) {
  const std::vector<TextPiece> pieces = tokenizer.decoded_pieces(ids);
  const std::string text = tokenizer.decode(ids);
  std::string result;
  size_t end = 0;  // of what has been written of the text
  for (size_t t = 0; t < pieces.size(); ++t) {
    const std::string_view word = word_of(t);
    if (word.empty() || pieces[t].begin < end) continue;
    result += text.substr(end, pieces[t].begin - end);
    const bool wants_space = pieces[t].begin > 0 && text[pieces[t].begin] == ' ' && !result.ends_with(' ');
    result += (wants_space ? " " : "") + std::string(word);
    end = pieces[t].end;
  }
  return on_one_line(result + text.substr(end));
}

}  // namespace

std::string with_source_words(const TranslationHypothesis& translation, const Tokenizer& target,
                              const torch::Tensor& seen, std::string_view line, const Tokenizer& source) {
  const PieceWords words(line, source);
  const auto weights = seen.accessor<float, 2>();
  const size_t readable = std::min(words.size(), static_cast<size_t>(seen.size(1)) - 1);  // the rest was left unread
  return with_words(translation.ids, target, [&](size_t t) {
    const bool unknown = translation.ids[t] == target.vocabulary().special().unk;
    if (!unknown || readable == 0 || static_cast<int64_t>(t) >= seen.size(0)) return std::string_view();
    const float* row = weights[static_cast<int64_t>(t)].data();
    return words.of(static_cast<size_t>(std::max_element(row, row + readable) - row));
  });
}

std::string with_copied_words(const std::vector<int64_t>& ids, const Tokenizer& target,
                              const std::vector<std::string>& words) {
  const int64_t size = target.vocabulary().size();
  return with_words(known_ids(ids, target.vocabulary()), target, [&](size_t t) {
    return ids[t] < size ? std::string_view() : std::string_view(words.at(static_cast<size_t>(ids[t] - size)));
  });
}

std::vector<int64_t> known_ids(std::vector<int64_t> ids, const Vocabulary& vocabulary) {
  std::replace_if(
      ids.begin(), ids.end(), [&](int64_t id) { return id >= vocabulary.size(); }, vocabulary.special().unk);
  return ids;
}

}  // namespace heed
