#include "decode/line_encoder.h"

#include <algorithm>

#include "core/utf8.h"
#include "decode/batches.h"

namespace heed {

std::string_view LineEncoder::readable(const std::string& line) const {
  return first_characters(line, limits_.characters);
}

std::string_view LineEncoder::counted(const std::string& line, TextLosses& losses) const {
  const std::string_view read = readable(line);
  if (read.size() < line.size()) ++losses.long_lines;
  return read;
}

std::vector<LineEncoder::Ids> LineEncoder::sources(const std::vector<std::string>& lines, TextLosses& losses) const {
  std::vector<std::string_view> texts;
  for (const std::string& line : lines) texts.push_back(counted(line, losses));
  std::vector<Ids> sources(lines.size());
  for_each_line(lines.size(), [&](size_t i) { sources[i] = tokenizers_.source->encode(texts[i]); });
  const auto limit = static_cast<size_t>(limits_.source_pieces);
  for (Ids& source : sources) {
    if (source.size() <= limit) continue;
    source.resize(limit);
    ++losses.cut_sources;
  }
  losses.sources += static_cast<int64_t>(lines.size());
  return sources;
}

LineEncoder::Ids LineEncoder::target(const std::string& line, TextLosses& losses) const {
  return tokenizers_.target->encode(counted(line, losses));
}

// For OutsideWords, which reads no more of a text without unknown words than its ids.
std::string LineEncoder::normalized(const Tokenizer& tokenizer, const std::string& line, const Ids& ids) const {
  const auto unk = static_cast<int32_t>(tokenizer.vocabulary().special().unk);
  const bool is_known = std::find(ids.begin(), ids.end(), unk) == ids.end();
  return is_known ? std::string() : tokenizer.normalized(readable(line));
}

CopiedIds LineEncoder::copied(const std::string& line, const Ids& source, OutsideWords& outside) const {
  return {outside.take_source(source, normalized(*tokenizers_.source, line, source)), {}};
}

CopiedIds LineEncoder::copied(const std::string& line, const Ids& source, const std::string& target_line,
                              const Ids& target) const {
  OutsideWords outside(*tokenizers_.target);
  CopiedIds ids = copied(line, source, outside);
  ids.target = outside.target(target, normalized(*tokenizers_.target, target_line, target));
  return ids;
}

}  // namespace heed
