#include "toy/phrase.h"

#include <map>

namespace heed {
namespace {

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  size_t start = 0;
  while (start < text.size()) {
    const size_t end = std::min(text.find(' ', start), text.size());
    if (end > start) words.emplace_back(text.substr(start, end - start));
    start = end + 1;
  }
  return words;
}

Words numbered(Draws& draws, std::string_view text, std::map<std::string, int>& links) {
  Words words;
  for (const std::string& item : split_words(text)) {
    const size_t slash = item.find('/');
    if (slash == std::string::npos) {
      words.push_back({item, Word::kInserted});
      continue;
    }
    const auto [entry, is_new] = links.try_emplace(item.substr(slash + 1), 0);
    if (is_new) entry->second = draws.new_link();
    words.push_back({item.substr(0, slash), entry->second});
  }
  return words;
}

}  // namespace

Words linked(std::string_view text, int link) {
  Words words;
  for (std::string& word : split_words(text)) words.push_back({std::move(word), link});
  return words;
}

Phrase parallel(Draws& draws, std::string_view english, std::string_view german) {
  std::map<std::string, int> links;
  Phrase phrase;
  phrase.english = numbered(draws, english, links);
  phrase.german = numbered(draws, german, links);
  return phrase;
}

void append(Words& words, const Words& more) { words.insert(words.end(), more.begin(), more.end()); }

void append(Phrase& phrase, const Phrase& more) {
  append(phrase.english, more.english);
  append(phrase.german, more.german);
}

void add_comma(Words& words) {
  if (words.back().text.back() != ',') words.back().text += ',';
}

void finish_sentence(Words& words, char mark) {
  std::string& first = words.front().text;
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(first[i]); };
  if (first[0] >= 'a' && first[0] <= 'z') {
    first[0] = static_cast<char>(first[0] - 'a' + 'A');
  } else if (first.size() > 1 && byte(0) == 0xC3 && byte(1) >= 0xA0) {  // Latin-1 small letters in UTF-8
    first[1] = static_cast<char>(byte(1) - 0x20);
  }
  std::string& last = words.back().text;
  if (last.back() == ',') last.pop_back();
  last += mark;
}

std::string joined(const Words& words) {
  std::string text;
  for (const Word& word : words) {
    if (!text.empty()) text += ' ';
    text += word.text;
  }
  return text;
}

std::vector<std::pair<int, int>> alignment(const Phrase& phrase) {
  std::vector<std::pair<int, int>> pairs;
  for (size_t i = 0; i < phrase.english.size(); ++i) {
    for (size_t j = 0; j < phrase.german.size(); ++j) {
      const int link = phrase.english[i].link;
      if (link != Word::kInserted && link == phrase.german[j].link) pairs.emplace_back(i, j);
    }
  }
  return pairs;
}

}  // namespace heed
