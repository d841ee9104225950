#include "report/attention_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

#include "core/error.h"

namespace heed {

namespace {

constexpr std::string_view kSpaceMark = "\u2581";

// words[i]: the place of token i's word among the words.
std::vector<int64_t> word_places(const AttentionAxis& axis) {
  std::vector<int64_t> places;
  for (size_t i = 0; i < axis.tokens.size(); ++i) {
    const bool continues = i > 0 && axis.words[i] >= 0 && axis.words[i] == axis.words[i - 1];
    places.push_back(i == 0 ? 0 : places.back() + (continues ? 0 : 1));
  }
  return places;
}

std::string without_space_marks(const std::string& text) {
  std::string bare = text;
  for (size_t at = 0; (at = bare.find(kSpaceMark, at)) != std::string::npos;) bare.erase(at, kSpaceMark.size());
  return bare;
}

AttentionAxis merged_axis(const AttentionAxis& axis) {
  const std::vector<int64_t> places = word_places(axis);
  AttentionAxis merged;
  for (size_t i = 0; i < places.size(); ++i) {
    if (static_cast<size_t>(places[i]) == merged.tokens.size()) {
      merged.tokens.emplace_back();
      merged.words.push_back(axis.words[i]);
    }
    merged.tokens.back() += axis.tokens[i];
  }
  for (std::string& token : merged.tokens) {
    std::string bare = without_space_marks(token);
    if (!bare.empty()) token = std::move(bare);  // a mark alone is still something to see
  }
  return merged;
}

AttentionMap merged_map(const AttentionMap& map, const AttentionAxis& queries, const AttentionAxis& keys) {
  const std::vector<int64_t> row_places = word_places(queries), column_places = word_places(keys);
  AttentionMap merged{
      map, row_places.empty() ? 0 : row_places.back() + 1, column_places.empty() ? 0 : column_places.back() + 1, {}};
  std::vector<double> sums(static_cast<size_t>(merged.rows * merged.columns));
  std::vector<double> pieces(static_cast<size_t>(merged.rows));
  for (int64_t row = 0; row < map.rows; ++row) {
    const int64_t place = row_places[static_cast<size_t>(row)];
    ++pieces[static_cast<size_t>(place)];
    for (int64_t column = 0; column < map.columns; ++column)
      sums[static_cast<size_t>(place * merged.columns + column_places[static_cast<size_t>(column)])] +=
          map.weights[static_cast<size_t>(row * map.columns + column)];
  }
  merged.weights.reserve(sums.size());
  for (size_t i = 0; i < sums.size(); ++i)
    merged.weights.push_back(static_cast<float>(sums[i] / pieces[i / static_cast<size_t>(merged.columns)]));
  return merged;
}

// "cross: 3 layers of 4 heads", for each kind.
std::string maps_there_are(const AttentionView& view) {
  std::map<AttentionKind, std::pair<int, int>> known;  // the last layer and head
  for (const AttentionMap& map : view.maps) {
    auto& [layers, heads] = known[map.kind];
    layers = std::max(layers, map.layer);
    heads = std::max(heads, map.head);
  }
  std::string text;
  for (const auto& [kind, last] : known)
    text += fmt::format("{}{}: {} layers of {} heads", text.empty() ? "" : ", ", attention_kind_name(kind), last.first,
                        last.second);
  return text.empty() ? "none" : text;
}

void check_axis(const AttentionAxis& axis, std::string_view name) {
  if (axis.tokens.size() != axis.words.size())
    throw std::invalid_argument(fmt::format("attention view: {} has {} tokens but {} word numbers", name,
                                            axis.tokens.size(), axis.words.size()));
}

}  // namespace

std::string_view attention_kind_name(AttentionKind kind) {
  switch (kind) {
    case AttentionKind::kEncoderSelf:
      return "encoder_self";
    case AttentionKind::kDecoderSelf:
      return "decoder_self";
    case AttentionKind::kCross:
      break;
  }
  return "cross";
}

std::string_view query_axis_name(AttentionKind kind) {
  return kind == AttentionKind::kEncoderSelf ? "source" : "target";
}

std::string_view key_axis_name(AttentionKind kind) {
  return kind == AttentionKind::kDecoderSelf ? "target_input" : "source";
}

const AttentionAxis& query_axis(const AttentionView& view, AttentionKind kind) {
  return kind == AttentionKind::kEncoderSelf ? view.source : view.target;
}

const AttentionAxis& key_axis(const AttentionView& view, AttentionKind kind) {
  return kind == AttentionKind::kDecoderSelf ? view.target_input : view.source;
}

void check_attention(const AttentionView& view) {
  check_axis(view.source, "source");
  check_axis(view.target, "target");
  check_axis(view.target_input, "target_input");
  for (const AttentionMap& map : view.maps) {
    const size_t rows = query_axis(view, map.kind).tokens.size(), columns = key_axis(view, map.kind).tokens.size();
    if (map.rows != static_cast<int64_t>(rows) || map.columns != static_cast<int64_t>(columns) ||
        map.weights.size() != rows * columns)
      throw std::invalid_argument(
          fmt::format("attention view: {} layer {} head {} should be {} x {}, found {} x {} with {} weights",
                      attention_kind_name(map.kind), map.layer, map.head, rows, columns, map.rows, map.columns,
                      map.weights.size()));
  }
}

AttentionView merge_to_words(const AttentionView& view) {
  check_attention(view);
  AttentionView merged{merged_axis(view.source), merged_axis(view.target), merged_axis(view.target_input), {}};
  for (const AttentionMap& map : view.maps)
    merged.maps.push_back(merged_map(map, query_axis(view, map.kind), key_axis(view, map.kind)));
  return merged;
}

AttentionMap choose_attention(const AttentionView& view, const AttentionChoice& choice) {
  check_attention(view);
  std::vector<double> sums;
  AttentionMap chosen{choice, 0, 0, {}};
  double maps = 0;
  for (const AttentionMap& map : view.maps) {
    if (map.kind != choice.kind || (choice.layer != 0 && map.layer != choice.layer) ||
        (choice.head != 0 && map.head != choice.head))
      continue;
    ++maps;
    chosen.rows = map.rows;
    chosen.columns = map.columns;
    sums.resize(map.weights.size());
    for (size_t i = 0; i < sums.size(); ++i) sums[i] += map.weights[i];
  }
  if (maps == 0)
    throw ConfigError(fmt::format("no attention map {} layer {} head {} (0: the average); there are: {}",
                                  attention_kind_name(choice.kind), choice.layer, choice.head, maps_there_are(view)));
  for (const double sum : sums) chosen.weights.push_back(static_cast<float>(sum / maps));
  return chosen;
}

}  // namespace heed
